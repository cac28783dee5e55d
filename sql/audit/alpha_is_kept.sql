-- writes: nothing
-- reads: ops.alpha_ledger, ops.sequential_look
-- params: none
-- grain: reason not to publish; none is right
-- The alpha ledger spends no more than it says, and a test that has signalled is over. So it was in
-- each sequence that was taken back, which is whole and says why; one sequence of a key stands.
with test as (
    select
        *,
        product || ' / ' || event || ' (' || event_kind || ') / ' || latency_window || ' / ' || country || ', sequence '
            || sequence_no || ', test ' || chain_no as label
    from ops.alpha_ledger
),
pair as (
    select
        later.label,
        earlier.chain_status as earlier_status,
        earlier.alpha as earlier_alpha,
        earlier.alpha_spent as earlier_spent,
        later.alpha,
        later.alpha_spent
    from test as later
    join test as earlier
        on later.product = earlier.product and later.event = earlier.event
        and later.event_kind = earlier.event_kind
        and later.latency_window = earlier.latency_window and later.country = earlier.country
        and later.sequence_no = earlier.sequence_no
        and later.chain_no = earlier.chain_no + 1
),
watched as (
    select
        c.label,
        c.chain_status,
        c.closed_on,
        count(*) filter (where l.signal) as signals,
        max(l.as_of) filter (where l.signal) as signalled_on,
        max(l.as_of) as last_look
    from test as c
    left join ops.sequential_look as l
        on l.product = c.product and l.event = c.event and l.event_kind = c.event_kind
        and l.latency_window = c.latency_window and l.country = c.country
        and l.sequence_no = c.sequence_no and l.chain_no = c.chain_no
    group by c.label, c.chain_status, c.closed_on
),
late as (
    select
        product || ' / ' || event || ' (' || event_kind || ') / ' || country as label,
        min(late_alpha) as late_alpha,
        sum(alpha) filter (chain_no = 1) as alpha,
        count(distinct late_alpha) + count(distinct late_windows) as terms
    from test
    where late_windows is not null and taken_back_on is null
    group by product, event, event_kind, country
),
sequence as (
    select
        product, event, event_kind, latency_window, country, sequence_no,
        product || ' / ' || event || ' (' || event_kind || ') / ' || latency_window || ' / ' || country || ', sequence '
            || sequence_no as label,
        min(alpha) filter (chain_no = 1) as first_alpha,
        count(distinct taken_back_on) + count(distinct taken_back_why) as marks,
        bool_or(taken_back_on is null or taken_back_why is null) as is_unmarked,
        sequence_no = max(sequence_no) over (
            partition by product, event, event_kind, latency_window, country
        ) as is_last,
        row_number() over (
            partition by product, event, event_kind, latency_window, country order by sequence_no
        ) as place,
        lag(first_alpha) over (
            partition by product, event, event_kind, latency_window, country order by sequence_no
        ) as alpha_before
    from test
    group by product, event, event_kind, latency_window, country, sequence_no
)
select 'an extension without half the alpha before it: ' || label as failure
from pair
where alpha <> earlier_alpha / 2 or alpha_spent <> earlier_spent + alpha
union all
select 'a first test that has spent another alpha than its own: ' || label
from test
where chain_no = 1 and alpha_spent <> alpha
union all
select 'a test that follows one that has not ended: ' || label
from pair
where earlier_status <> 'ended'
union all
select 'a signal without the look that signalled, or the other way round: ' || label
from watched
where signals <> if(chain_status = 'signalled', 1, 0)
    or (chain_status = 'signalled' and (signalled_on <> closed_on or last_look <> closed_on))
union all
select 'a test without a look: ' || label
from watched
where last_look is null
union all
select 'late windows that spend more than they share: ' || label
from late
where terms = 2 and alpha > late_alpha + 1e-9
union all
select 'late windows that do not share one alpha: ' || label
from late
where terms <> 2
union all
select 'a sequence that is taken back in part, or without a day or a reason: ' || label
from sequence
where marks <> if(is_unmarked, 0, 2)
union all
select 'a sequence that stands beside a later one: ' || label
from sequence
where is_unmarked and not is_last
union all
select 'a sequence before it that is gone: ' || label
from sequence
where place <> sequence_no
union all
select 'a sequence with another alpha than the one before it: ' || label
from sequence
where first_alpha <> alpha_before
union all
select 'a look without its test: ' || l.product || ' / ' || l.event || ' / ' || l.latency_window || ' / ' || l.country
from ops.sequential_look as l
anti join test as c
    on l.product = c.product and l.event = c.event and l.event_kind = c.event_kind
    and l.latency_window = c.latency_window and l.country = c.country
    and l.sequence_no = c.sequence_no and l.chain_no = c.chain_no
