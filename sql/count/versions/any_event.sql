-- writes: work.any_event (view)
-- reads: core.case_event, core.earlier_event
-- params: none
-- grain: event of a version that counts at some look
select
    case_id as validity_id,
    event_seq, term_verbatim, event, event_code, onset_date, onset_date_precision, outcome,
    time_to_onset_days_low, time_to_onset_days_high
from core.case_event
union all
select
    validity_id,
    event_seq, term_verbatim, event, event_code, onset_date, onset_date_precision, outcome,
    time_to_onset_days_low, time_to_onset_days_high
from core.earlier_event
