-- writes: work.sequential_state
-- reads: work.tested, ops.alpha_ledger, ops.sequential_look
-- params: $alpha, $late_windows, $as_of
-- grain: row of work.tested: its last test and look, and the alpha with which a first test opens
-- $late_windows are those of the plan that share one alpha. The first of them to open fixes the
-- alpha of all of its product, event and country, and the equal parts of the windows that are
-- planned then. A window that is planned later has what is left beside the parts of those that are
-- still to open, and counts nothing that was seen before. A sequence that follows one that was taken
-- back is the same test of corrected data: it has that one's alpha, and counts what that one might.
with last_test as (
    select *
    from ops.alpha_ledger
    where taken_back_on is null
    qualify chain_no = max(chain_no) over (
        partition by product, event, event_kind, latency_window, country
    )
),
first_test as (
    -- Of the last sequence of the key, whether it stands or not.
    select
        product, event, event_kind, latency_window, country, sequence_no, opened_on, alpha,
        late_alpha, late_windows
    from ops.alpha_ledger
    where chain_no = 1
    qualify sequence_no = max(sequence_no) over (
        partition by product, event, event_kind, latency_window, country
    )
),
last_seen as (
    select
        product, event, event_kind, latency_window, country, sequence_no,
        max(as_of) as as_of,
        arg_max(n_seen, as_of) as n_seen,
        arg_max(expected_seen, as_of) as expected_seen
    from ops.sequential_look
    group by product, event, event_kind, latency_window, country, sequence_no
),
registered as (
    select
        product, event, event_kind, country,
        any_value(late_alpha) as late_alpha,
        any_value(late_windows) as late_windows,
        sum(alpha) filter (late_windows is not null) as given,
        list(latency_window) as opened
    from first_test
    group by product, event, event_kind, country
),
shared as (
    select
        product, event, event_kind, country, late_alpha, late_windows,
        late_alpha / len(late_windows) as part,
        -- Below the rounding of a sum nothing is left.
        if(late_alpha - given > 1e-9, late_alpha - given, 0) as unspent,
        len(list_filter(
            late_windows,
            lambda w: list_contains($late_windows, w) and not list_contains(opened, w)
        )) as awaited,
        len(list_filter(
            $late_windows::varchar[],
            lambda w: not list_contains(late_windows, w) and not list_contains(opened, w)
        )) as added
    from registered
    where late_windows is not null
),
known as (
    select
        k.*,
        t.* exclude (product, event, event_kind, latency_window, country, sequence_no, late_alpha,
            late_windows),
        f.alpha as given_alpha, f.late_alpha as given_late_alpha,
        f.late_windows as given_late_windows, f.opened_on as first_opened_on,
        coalesce(t.sequence_no, f.sequence_no + 1, 1) as sequence_no,
        l.as_of, l.n_seen, l.expected_seen, s.late_alpha as shared_alpha,
        s.late_windows as shared_windows, s.part, s.unspent, s.awaited, s.added,
        list_contains($late_windows::varchar[], k.latency_window) as is_late,
        coalesce(is_late and not list_contains(s.late_windows, k.latency_window), false) as is_added
    from tested as k
    left join last_test as t using (product, event, event_kind, latency_window, country)
    left join first_test as f using (product, event, event_kind, latency_window, country)
    left join last_seen as l
        on l.product = t.product and l.event = t.event and l.event_kind = t.event_kind
        and l.latency_window = t.latency_window and l.country = t.country
        and l.sequence_no = t.sequence_no
    left join shared as s using (product, event, event_kind, country)
)
select
    tested_no,
    sequence_no,
    coalesce(chain_no, 0) as chain_no,
    coalesce(chain_status, 'none') as chain_status,
    coalesce(opened_on, date '0001-01-01') as opened_on,
    coalesce(horizon, 0) as horizon,
    coalesce(minimum_events, 0) as minimum_events,
    coalesce(delay, 0) as delay,
    coalesce(alpha, 0) as alpha,
    coalesce(alpha_spent, 0) as alpha_spent,
    coalesce(critical_value, 0) as critical_value,
    coalesce(n_start, 0) as n_start,
    coalesce(expected_start, 0) as expected_start,
    design,
    design_version,
    coalesce(n_seen, 0) as n_seen,
    coalesce(expected_seen, 0) as expected_seen,
    is_added,
    coalesce(
        as_of,
        if(
            is_added,
            least(first_opened_on - 1, (
                select max(as_of)
                from ops.sequential_look
                where as_of <= $as_of::date
            )),
            null
        ),
        date '0001-01-01'
    ) as seen_until,
    case
        when given_alpha is not null then given_alpha
        when not is_late then $alpha
        when part is null then $alpha / len($late_windows)
        when is_added
            then if(unspent - awaited * part > 1e-9, unspent - awaited * part, 0) / added
        else least(part, unspent / awaited)
    end as first_alpha,
    case
        when given_alpha is not null then given_late_alpha
        when is_late then coalesce(shared_alpha, $alpha)
    end as late_alpha,
    case
        when given_alpha is not null then given_late_windows
        when is_late then coalesce(shared_windows, $late_windows::varchar[])
    end as late_windows
from known
order by tested_no
