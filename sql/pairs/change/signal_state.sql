-- writes: mart.signal_state
-- reads: mart.signal_state
-- params: $state_id, $as_of, $rule_name
-- grain: state that was ever computed
-- Only to be run for a state that is not there yet.
select
    coalesce(max(state_no), 0) + 1 as state_no, $as_of::date as as_of,
    $state_id as state_id, $rule_name as rule_name
from mart.signal_state
