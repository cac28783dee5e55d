-- writes: main.listed_reactions (view)
-- reads: mart.listed_reaction
-- params: none
-- grain: listed product and event (or event group) with a case
-- Reactions that a public label lists: their cases, those of the last year and of the year before,
-- and what the month before did not know
select *
from mart.listed_reaction
order by again desc, n desc, product, event
