-- core.case_drug, earlier_drug_draft (temporary). grain: one row per drug of a current case; of an
-- earlier version of a case. params: none
-- Doses repeat a drug in FAERS since 2024Q4: distinct drugs remain, with their first start.
create or replace temp table drug_start as
select
    c.draft_no, t.drug_seq,
    min(t.start_date) as start_date,
    arg_min(t.start_date_precision, (t.start_date, t.start_date_precision))
        as start_date_precision
from staging.report_therapy t
join file_release f using (file_id)
join case_draft c using (release_no, source_report_id)
group by c.draft_no, t.drug_seq;

create or replace temp table drug_indication as
select c.draft_no, i.drug_seq, min(i.indication) as indication
from staging.report_indication i
join file_release f using (file_id)
join case_draft c using (release_no, source_report_id)
group by c.draft_no, i.drug_seq;

create or replace temp table drug_draft as
select
    c.draft_no, c.is_current, d.drug_seq, d.role, v.text_no,
    min(d.lot_hmac) as lot_hmac,
    min(d.indication) as indication,
    min(d.start_date) as start_date,
    arg_min(d.start_date_precision, (d.start_date, d.start_date_precision))
        as start_date_precision
from staging.report_drug d
join file_release f using (file_id)
join case_draft c using (release_no, source_report_id)
join vocab_drug v
    on v.drug_verbatim is not distinct from d.drug_verbatim
    and v.active_ingredient is not distinct from d.active_ingredient
    and v.route is not distinct from d.route
group by c.draft_no, c.is_current, d.drug_seq, d.role, v.text_no;

create or replace temp view drug_drafted as
select
    d.draft_no, d.is_current, d.text_no, d.drug_seq, d.role, v.drug_verbatim, v.active_ingredient,
    v.substance, v.product_id, v.product,
    coalesce(d.start_date, t.start_date) as start_date,
    if(d.start_date is null, t.start_date_precision, d.start_date_precision)
        as start_date_precision,
    d.lot_hmac, v.route,
    coalesce(d.indication, i.indication) as indication
from drug_draft d
join vocab_drug v using (text_no)
left join drug_start t using (draft_no, drug_seq)
left join drug_indication i using (draft_no, drug_seq);

insert into core.case_drug
select draft_no as case_id, * exclude (draft_no, is_current, text_no)
from drug_drafted
where is_current
order by draft_no, drug_seq, role, text_no;

create or replace temp table earlier_drug_draft as
select * exclude (is_current, text_no)
from drug_drafted
where not is_current;

create or replace temp view drug_of_draft as
select * rename (case_id as draft_no) from core.case_drug
union all
select * from earlier_drug_draft;
