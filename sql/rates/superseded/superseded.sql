-- writes: work.superseded
-- reads: work.tested, work.present_look, ops.alpha_ledger, ops.sequential_look
-- params: $as_of
-- grain: standing sequence of tests with a look that the data no longer bear out
-- A look stands as long as the data, asked about its date, say what it saw. It does not when
--   it lies after the data lock point: what it knew is in the data no more;
--   the reports of its day are others now, by themselves and in n: some came late, were corrected or
--   taken out, or the specification or vocabulary counts them otherwise. n alone may change when
--   exposure covers more days; that was nobody's error;
--   fewer events are expected by its day than it saw expected, or (of the first look) so many more
--   that the horizon, which was planned on the exposure known then, would have been passed already.
-- Exposure that is added to, and reports received later, take nothing back; nor does exposure that
-- is withdrawn, so that nothing is looked at any more: what was signalled there stays.
with standing as (
    select
        product, event, event_kind, latency_window, country, sequence_no,
        arg_min(horizon, chain_no) as horizon
    from ops.alpha_ledger
    where taken_back_on is null
    group by product, event, event_kind, latency_window, country, sequence_no
),
sequence as (
    select
        k.tested_no, s.*,
        row_number() over (
            order by s.product, s.event, s.event_kind, s.latency_window, s.country
        ) as row_no
    from standing s
    left join tested k using (product, event, event_kind, latency_window, country)
),
seen as (
    select s.row_no, s.tested_no, s.horizon, l.as_of, l.n_seen, l.n_reported, l.expected_seen
    from ops.sequential_look l
    join sequence s using (product, event, event_kind, latency_window, country, sequence_no)
),
compared_date as (
    select row_no, tested_no, as_of
    from seen
    union
    select s.row_no, p.tested_no, p.as_of
    from present_look p
    join (select row_no, tested_no, max(as_of) as as_of from seen group by row_no, tested_no) s
        on s.tested_no = p.tested_no and p.as_of <= s.as_of
    where p.is_due
),
counted as (
    select
        d.row_no,
        coalesce(s.n_seen, 0) <> coalesce(p.n_seen, 0) as n_differs,
        -- Null: an earlier version did not keep what was reported.
        if(s.row_no is null, 0, s.n_reported) is distinct from coalesce(p.n_reported, 0)
            as reported_differs
    from compared_date d
    asof left join seen s on s.row_no = d.row_no and s.as_of <= d.as_of
    asof left join present_look p on p.tested_no = d.tested_no and p.as_of <= d.as_of
    where d.tested_no is not null and d.as_of <= $as_of::date
),
less_expected as (
    -- What is expected by the next date that is told is no less than by the look's own.
    select s.row_no
    from seen s
    asof join present_look p on p.tested_no = s.tested_no and p.as_of >= s.as_of
    where s.expected_seen > p.expected_seen * (1 + 1e-6) + 1e-12
),
unplanned as (
    select s.row_no
    from (
        select row_no, tested_no, horizon, min(as_of) as as_of, min(expected_seen) as expected_seen
        from seen
        group by row_no, tested_no, horizon
    ) s
    asof join present_look p on p.tested_no = s.tested_no and p.as_of <= s.as_of
    where p.expected_seen > s.horizon and s.expected_seen <= s.horizon
),
found as (
    select row_no, 1 as preference, 'later_than_data' as why
    from seen
    where as_of > $as_of::date
    union all
    select row_no, 2, 'reports'
    from counted
    group by row_no
    having bool_or(n_differs) and bool_or(reported_differs)
    union all
    select row_no, 3, 'exposure'
    from less_expected
    union all
    select row_no, 3, 'exposure'
    from unplanned
)
select
    s.product, s.event, s.event_kind, s.latency_window, s.country, s.sequence_no,
    arg_min(f.why, f.preference) as taken_back_why
from found f
join sequence s using (row_no)
group by s.product, s.event, s.event_kind, s.latency_window, s.country, s.sequence_no
order by s.product, s.event, s.event_kind, s.latency_window, s.country
