-- writes: work.term_text
-- reads: staging.report_event
-- params: none
-- grain: distinct term of a reaction, as written
-- Terms are coded once each, not once per row.
select distinct term_verbatim
from staging.report_event
