-- audit. selects what must not be: each row is a reason not to publish. params: none
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
    <> (select count(*) from core.case where is_master);
