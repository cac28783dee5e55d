-- writes: work.probable_pair
-- reads: work.weighed_pair, work.compared_version, work.candidate_pair, work.version_span
-- params: $linked_from, $possible_from, $remaining, $least_cases, $least_personal, $series_from,
--   $apart
-- grain: two versions of two cases that are possibly one, and stretch of looks at which they are
-- The prior odds are those of the database as it was when the later of the two came. A series holds
-- its own cases apart at the looks at which it is one.
with judged as (
    select
        w.version_no, w.other_version_no, x.case_id, y.case_id as other_case_id, w.match_bits,
        w.match_bits * ln(2) + ln($remaining)
            - ln(greatest(x.cases_known, y.cases_known, $least_cases) - 1) as log_odds,
        coalesce(list_contains($apart, 'country') and x.country <> y.country, false)
            or coalesce(list_contains($apart, 'sex') and x.sex <> y.sex, false)
            or coalesce(list_contains($apart, 'sender') and x.sender = y.sender
                and x.source = y.source and x.receipt_date = y.receipt_date, false)
            or list_contains($apart, 'unknown_sender') and x.source = y.source
                and (x.sender is null or y.sender is null) as is_apart,
        hash(x.source, x.sender, x.product_list, x.event_list, x.event_day, x.start_day, x.country)
            as contents,
        hash(y.source, y.sender, y.product_list, y.event_list, y.event_day, y.start_day, y.country)
            as other_contents
    from weighed_pair w
    join (select * replace (list_sort(product_list) as product_list, list_sort(event_list) as event_list)
        from compared_version) x on x.version_no = w.version_no
    join (select * replace (list_sort(product_list) as product_list, list_sort(event_list) as event_list)
        from compared_version) y on y.version_no = w.other_version_no
    where weight_age + weight_sex + weight_day + weight_month + weight_start + weight_lot
        >= $least_personal
),
probable as (
    select *, 1 / (1 + exp(-log_odds)) as match_probability
    from judged
    where 1 / (1 + exp(-log_odds)) >= $possible_from
),
spanned as (
    select p.*, c.valid_from_look, c.valid_to_look
    from probable p
    join candidate_pair c using (version_no, other_version_no)
),
reached as (
    select
        *,
        max(valid_to_look) over (
            partition by version_no, other_version_no order by valid_from_look, valid_to_look
            rows between unbounded preceding and 1 preceding
        ) as reach
    from spanned
),
island as (
    select
        *,
        count(*) filter (reach is null or reach < valid_from_look) over (
            partition by version_no, other_version_no order by valid_from_look, valid_to_look
        ) as island_no
    from reached
),
lasting as (
    select
        version_no, other_version_no, any_value(columns(* exclude (
            version_no, other_version_no, valid_from_look, valid_to_look, reach, island_no
        ))),
        min(valid_from_look) as valid_from_look, max(valid_to_look) as valid_to_look
    from island
    group by version_no, other_version_no, island_no
),
series_span as (
    -- Of one series, as far as it is compared at all.
    select
        hash(c.source, c.sender, list_sort(c.product_list), list_sort(c.event_list), c.event_day,
            c.start_day, c.country) as contents,
        s.valid_from_look, s.valid_to_look
    from compared_version c
    join version_span s using (version_no)
),
turn as (
    select contents, valid_from_look as look_no, 1 as n
    from series_span
    union all
    select contents, valid_to_look, -1
    from series_span
),
stretch as (
    select
        contents, look_no as valid_from_look,
        lead(look_no, 1, 2147483647) over by_look as valid_to_look, sum(sum(n)) over by_look as n
    from turn
    where contents in (select contents from lasting where contents = other_contents)
    group by contents, look_no
    window by_look as (partition by contents order by look_no)
),
final as (
    select * exclude (contents, other_contents)
    from lasting
    where contents <> other_contents
    union all by name
    select
        l.* exclude (contents, other_contents, valid_from_look, valid_to_look),
        greatest(l.valid_from_look, t.valid_from_look) as valid_from_look,
        least(l.valid_to_look, t.valid_to_look) as valid_to_look
    from lasting l
    join stretch t
        on t.contents = l.contents and t.valid_from_look < l.valid_to_look
        and t.valid_to_look > l.valid_from_look
    where l.contents = l.other_contents and t.n <= $series_from
)
select
    version_no, other_version_no, case_id, other_case_id, match_bits, match_probability,
    match_probability >= $linked_from and not is_apart as is_linked, valid_from_look, valid_to_look
from final
