-- writes: main.terms (view)
-- reads: core.term
-- params: none
-- grain: term of a reaction as written
-- What each term as written is counted as, and by what
select *
from core.term
