-- writes: nothing
-- reads: mart.signal, mart.pair, mart.pair_country, mart.suspected_duplicate, core.case,
--   mart.country_margin
-- params: none
-- grain: reason not to publish; none is right
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
select 'a pooled-only verdict with a flagged country: ' || product || ' / ' || event
from mart.signal
where verdict = 'pooled_only' and len(countries_flagged) > 0
union all
-- Conditions 4 to 6 were asked of whatever passed the first three.
select 'a verdict without its conditions: ' || product || ' / ' || event
from mart.signal
where verdict in ('pooled_only', 'duplicate_sensitive', 'pooled_heterogeneous', 'stimulated')
    and (n_joined is null or homogeneity_p is null)
union all
select 'joined or early cases that cannot be: ' || product || ' / ' || event
from mart.signal
where n_joined > n or n_before_notice > n
    or (verdict = 'duplicate_sensitive' and n_joined = n)
    or (verdict = 'stimulated' and not coalesce(n_before_notice < n, false))
    or (notice_date is null) <> (n_before_notice is null)
    or notice_date > as_of
union all
select 'a suspected duplicate that does not count: ' || s.case_id || ' / ' || s.other_case_id
from mart.suspected_duplicate s
left join core.case x on x.case_id = s.case_id and x.is_master
left join core.case y on y.case_id = s.other_case_id and y.is_master
where x.case_id is null or y.case_id is null or s.case_id >= s.other_case_id
union all
select 'a duplicate group without exactly one master: ' || duplicate_group
from core.case
group by duplicate_group
having count(*) filter (where is_master) <> 1
union all
select 'a case twice: ' || case_id
from core.case
group by case_id
having count(*) > 1
union all
select 'margins do not add up to the counted cases'
where (select coalesce(sum(n_cases), 0) from mart.country_margin)
    <> (select count(*) from core.case where is_master)
