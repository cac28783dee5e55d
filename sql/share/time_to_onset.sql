-- writes: nothing
-- reads: mart.time_to_onset
-- params: none
-- grain: advanced therapy, event and day
-- Share of onsets that came by each day, of all countries together
select *
from mart.time_to_onset
