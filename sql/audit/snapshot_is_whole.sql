-- writes: nothing
-- reads: mart.signal, mart.pair, mart.possible_duplicate, core.case, mart.country_margin,
--   core.exposure, core.product
-- params: none
-- grain: reason not to publish; none is right
-- What a state says of its pairs was audited when it was judged (state_is_whole).
select 'mart.signal has another number of rows than mart.pair' as failure
where (select count(*) from mart.signal) <> (select count(*) from mart.pair)
union all
select 'a possible duplicate that does not count: ' || s.case_id || ' / ' || s.other_case_id
from mart.possible_duplicate s
left join core.case x on x.case_id = s.case_id and x.is_master
left join core.case y on y.case_id = s.other_case_id and y.is_master
where x.case_id is null or y.case_id is null
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
select 'exposure under hospital exemption: ' || e.product
from core.exposure e
join core.product p using (product_id)
where p.authorisation = 'hospital_exemption'
union all
select 'margins do not add up to the counted cases'
where (select coalesce(sum(n_cases), 0) from mart.country_margin)
    <> (select count(*) from core.case where is_master)
