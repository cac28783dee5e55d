-- writes: work.receipt_change
-- reads: core.case, core.earlier_case, core.case_validity, core.look, work.valid_stratum
-- params: none
-- grain: stratum, quarter of receipt, and quarter from whose end on so many more cases are known
-- What was known at the end of each quarter closes periods of receipt (pv.counts.periods).
with version as (
    select case_id as validity_id, stratum, least(first_receipt_date, receipt_date) as received
    from core.case
    union all
    select validity_id, stratum, least(first_receipt_date, receipt_date)
    from core.earlier_case
),
quarter_of_look as (
    select look_no, (year(as_of) * 4 + quarter(as_of) - 1)::integer as quarter_no
    from core.look
),
known as (
    select
        t.stratum_no, (year(v.received) * 4 + quarter(v.received) - 1)::integer as quarter_no,
        s.valid_from_look, s.valid_to_look, count(*) as n
    from core.case_validity s
    join version v using (validity_id)
    join valid_stratum t using (stratum)
    group by all
),
change as (
    select stratum_no, quarter_no, valid_from_look as look_no, n
    from known
    union all
    select stratum_no, quarter_no, valid_to_look, -n
    from known
    where valid_to_look < 2147483647
)
select
    c.stratum_no, c.quarter_no, q.quarter_no as known_quarter_no, sum(c.n)::integer as delta
from change c
join quarter_of_look q using (look_no)
group by all
order by all
