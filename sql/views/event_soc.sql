-- writes: main.event_soc (view)
-- reads: core.event_soc
-- params: none
-- grain: event and its primary system organ class
-- The organ class of each event, where the licensee's own MedDRA is there
select *
from core.event_soc
