-- main.pv_subgroup*. The night's counts and statistics of any subgroup of cases, as tables:
-- from pv_subgroup('Carvykti', 'Pancreatitis', age_years >= 65). Where the snapshot is attached, use
-- it first: these read its tables.

-- The 2x2 table of product and event in each stratum and period of receipt, among the cases that
-- the condition holds for: any columns of core.case. Products count in the roles of the run's rule;
-- kind is 'event' or 'event_group'. Strata without product or event are here too.
create or replace macro main.pv_subgroup_strata(product_name, event_name, condition := true, kind := 'event') as table
with chosen as materialized (
    select case_id, stratum, least(first_receipt_date, receipt_date) as received
    from core.case
    where is_master and (condition)
),
given as (
    select distinct d.case_id
    from core.case_drug d
    where d.product = product_name
        and list_contains((select json_extract_string(rules, '$.roles[*]') from ops.run), d.role)
),
happened as (
    select e.case_id
    from core.case_event e
    where kind = 'event' and e.event = event_name
    union
    select e.case_id
    from core.case_event e
    join core.event_group_member m on lower(m.event) = lower(e.event)
    join core.event_group g on g.event_group = m.event_group and g.label = event_name
    where kind = 'event_group'
),
counted as (
    select
        c.stratum, p.receipt_period, count(*) as n_cases, count(g.case_id) as n_product,
        count(h.case_id) as n_event, count(g.case_id) filter (where h.case_id is not null) as a
    from chosen c
    join mart.period_margin p
        on p.stratum = c.stratum
        and coalesce(c.received >= p.received_from, true)
        and coalesce(c.received <= p.received_to, true)
    left join given g using (case_id)
    left join happened h using (case_id)
    group by c.stratum, p.receipt_period
)
select
    stratum, receipt_period, a, n_product - a as b, n_event - a as c,
    n_cases - n_product - n_event + a as d
from counted
order by stratum, receipt_period;

-- One row: what mart.pair says of product and event, among the cases that the condition holds for
-- and against each other. pv_subgroup(product, event) is mart.pair's own row.
create or replace macro main.pv_subgroup(product_name, event_name, condition := true, kind := 'event') as table
select
    product_name as product, event_name as event, kind as event_kind,
    coalesce(sum(a), 0)::bigint as n, coalesce(sum(a + b), 0)::bigint as n_product,
    coalesce(sum(a + c), 0)::bigint as n_event, coalesce(sum(a + b + c + d), 0)::bigint as n_cases,
    coalesce(pv_pooled_expected(a, b, c, d), 0) as expected,
    pv_ic_of(coalesce(sum(a), 0), coalesce(pv_pooled_expected(a, b, c, d), 0)) as ic,
    pv_ic_lower(coalesce(sum(a), 0), coalesce(pv_pooled_expected(a, b, c, d), 0)) as ic025,
    pv_ic_upper(coalesce(sum(a), 0), coalesce(pv_pooled_expected(a, b, c, d), 0)) as ic975,
    pv_mh_ror(a, b, c, d) as ror,
    pv_limit(pv_mh_ror(a, b, c, d), pv_mh_ror_log_variance(a, b, c, d), -1.959963984540054) as ror025,
    pv_limit(pv_mh_ror(a, b, c, d), pv_mh_ror_log_variance(a, b, c, d), 1.959963984540054) as ror975,
    pv_mh_prr(a, b, c, d) as prr, pv_mh_chi2_yates(a, b, c, d) as chi2_yates,
    sum(a) / nullif(pv_pooled_expected(a, b, c, d), 0) as rrr,
    pv_ic_of(
        coalesce(sum(a), 0), coalesce(pv_expected(sum(a), sum(b), sum(c), sum(d)), 0)
    ) as crude_ic
from pv_subgroup_strata(product_name, event_name, condition, kind);

-- The same for each stratum where product and event both occur among these cases, pooled over its
-- periods of receipt: what pairs_by_country says, zeros included.
create or replace macro main.pv_subgroup_by_country(product_name, event_name, condition := true, kind := 'event') as table
select
    product_name as product, event_name as event, kind as event_kind, stratum as country,
    sum(a)::bigint as a, sum(b)::bigint as b, sum(c)::bigint as c, sum(d)::bigint as d,
    pv_pooled_expected(a, b, c, d) as expected,
    pv_pooled_ic(a, b, c, d) as ic,
    pv_ic_lower(sum(a), pv_pooled_expected(a, b, c, d)) as ic025,
    pv_ic_upper(sum(a), pv_pooled_expected(a, b, c, d)) as ic975,
    pv_mh_ror(a, b, c, d) as ror,
    pv_limit(pv_mh_ror(a, b, c, d), pv_mh_ror_log_variance(a, b, c, d), -1.959963984540054) as ror025,
    pv_limit(pv_mh_ror(a, b, c, d), pv_mh_ror_log_variance(a, b, c, d), 1.959963984540054) as ror975,
    pv_mh_prr(a, b, c, d) as prr
from pv_subgroup_strata(product_name, event_name, condition, kind)
group by stratum
having sum(a + b) > 0 and sum(a + c) > 0
order by a desc, country;
