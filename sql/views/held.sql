-- writes: main.held (view)
-- reads: ops.held
-- params: none
-- grain: thing that waits for a person's word, while what was before stays in use
-- What is held for a person, why, and what to do about it
select *
from ops.held
