-- writes: main.quarantine (view)
-- reads: ops.quarantine
-- params: none
-- grain: row set aside and the rule it broke
-- Rows set aside, with the rule they broke
select *
from ops.quarantine
