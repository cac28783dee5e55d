-- writes: main.runs (view)
-- reads: ops.run
-- params: none
-- grain: published run
-- What made this snapshot: inputs, versions, settings, seed
select *
from ops.run
