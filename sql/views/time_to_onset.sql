-- writes: main.time_to_onset (view)
-- reads: mart.time_to_onset
-- params: none
-- grain: advanced therapy, event and day
-- Share of onsets by day since administration, corrected for onsets still to come
select *
from mart.time_to_onset
