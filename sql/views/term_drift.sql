-- writes: main.term_drift (view)
-- reads: core.term_drift
-- params: none
-- grain: source, event that stops and event that begins in its place
-- Terms that seem to have been renamed: to be confirmed by a person in term_alias.csv
select *
from core.term_drift
