-- writes: nothing
-- reads: mart.signal, mart.pair, mart.pair_country, mart.signal_condition,
--   mart.possible_duplicate, work.counted_case
-- params: none
-- grain: reason not to keep the state that stands in mart; none is right
-- Of a night and of a replayed look alike.
select 'mart.signal has another number of rows than mart.pair' as failure
where (select count(*) from mart.signal) <> (select count(*) from mart.pair)
union all
select 'pooled n is not the sum over strata: ' || product || ' / ' || event
from mart.pair p
join (
    select product, event, event_kind, sum(a) as a
    from mart.pair_country
    group by all
) c using (product, event, event_kind)
where c.a <> p.n
union all
select 'a cell of a 2x2 table is negative: ' || product || ' / ' || event || ' / ' || country
from mart.pair_country
where a < 1 or b < 0 or c < 0 or d < 0
union all
select 'a case counts twice: ' || case_id
from counted_case
group by case_id
having count(*) > 1
union all
-- What is flagged anywhere is asked, and nothing else is.
select 'a verdict that does not fit what is flagged: ' || s.product || ' / ' || s.event
from mart.signal s
join mart.pair p using (product, event, event_kind)
left join (
    select distinct product, event, event_kind, true as flagged
    from mart.pair_country
    where is_country and flagged
) c using (product, event, event_kind)
where (s.verdict = 'not_flagged')
    <> not (p.flagged or p.time_flagged or p.crude_flagged or coalesce(c.flagged, false))
    or (s.verdict = 'pooled_only' and (not p.flagged or len(s.countries_flagged) > 0))
union all
select 'a verdict that chance does not bear out: ' || product || ' / ' || event
from mart.signal
where (verdict in ('pooled_only', 'country_signal') and not coalesce(confirmed, false))
    or (verdict = 'pooled_only' and first_confirmed is null)
    or (verdict = 'pooled_first' and not coalesce(first_confirmed < first_country, false))
    or (verdict = 'watch' and coalesce(confirmed, true))
    or (confirmed and family is null)
    or (family is null) <> (q_value is null)
    or (listed and family is not null)
    or (listed and verdict not in ('listed', 'not_flagged'))
    or (verdict = 'listed' and not listed)
union all
-- Every node stands under a headline, and a headline under itself.
select 'a folded pair without a headline: ' || s.product || ' / ' || s.event
from mart.signal s
left join mart.signal h
    on h.product = s.headline_product and h.event = s.headline_event
    and h.event_kind = s.headline_event_kind
where s.headline is not null and (not coalesce(h.headline, false)
    or s.headline <> (
        h.product = s.product and h.event = s.event and h.event_kind = s.event_kind))
union all
select 'a verdict without a reason: ' || product || ' / ' || event
from mart.signal
where verdict <> 'not_flagged' and len(reasons) = 0
union all
select 'a condition that is answered twice: ' || product || ' / ' || event || ' / ' || condition
from mart.signal_condition
group by product, event, event_kind, condition
having count(*) > 1
union all
select 'a condition that fails without a reason: ' || product || ' / ' || event || ' / ' || condition
from mart.signal_condition
where not holds and reason is null
union all
select 'joined or early cases that cannot be: ' || product || ' / ' || event
from mart.signal
where n_joined > n or n_before_notice > n
    or (verdict = 'duplicate_sensitive' and n_joined = n)
    or (verdict = 'stimulated' and not coalesce(n_before_notice < n, false))
    or (notice_date is null) <> (n_before_notice is null)
    or notice_date > as_of
union all
select 'a possible duplicate that does not count: ' || s.case_id || ' / ' || s.other_case_id
from mart.possible_duplicate s
left join counted_case x on x.case_id = s.case_id
left join counted_case y on y.case_id = s.other_case_id
where x.case_id is null or y.case_id is null or s.case_id >= s.other_case_id
