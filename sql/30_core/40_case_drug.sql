-- core.case_drug. grain: one row per drug of a current case. params: none
-- Doses repeat a drug in FAERS since 2024Q4: distinct drugs remain, with their first start.
delete from core.case_drug;
insert into core.case_drug
with released as (
    select file_id, source, release
    from ops.source_file
),
therapy as (
    select
        f.source, f.release, t.source_report_id, t.drug_seq,
        min(t.start_date) as start_date,
        arg_min(t.start_date_precision, t.start_date) as start_date_precision
    from staging.report_therapy t
    join released f using (file_id)
    group by all
),
indication as (
    select f.source, f.release, i.source_report_id, i.drug_seq, min(i.indication) as indication
    from staging.report_indication i
    join released f using (file_id)
    group by all
),
drug as (
    select distinct on (c.case_id, d.drug_seq, d.role, d.drug_verbatim, d.active_ingredient)
        c.case_id, c.source, c.release, c.source_report_id,
        d.drug_seq, d.role, d.drug_verbatim, d.active_ingredient, d.lot_hmac, d.route,
        d.indication, d.start_date, d.start_date_precision
    from case_draft c
    join released f on f.source = c.source and f.release = c.release
    join staging.report_drug d on d.file_id = f.file_id and d.source_report_id = c.source_report_id
    order by
        c.case_id, d.drug_seq, d.role, d.drug_verbatim, d.active_ingredient,
        d.start_date nulls last, d.file_id, d.line
),
final as (
    select
        d.case_id, d.drug_seq, d.role, d.drug_verbatim, d.active_ingredient,
        v.substance, v.product_id, v.product,
        coalesce(d.start_date, t.start_date) as start_date,
        if(d.start_date is null, t.start_date_precision, d.start_date_precision)
            as start_date_precision,
        d.lot_hmac, d.route,
        coalesce(d.indication, i.indication) as indication
    from drug d
    left join vocab_drug v
        on v.drug_verbatim is not distinct from d.drug_verbatim
        and v.active_ingredient is not distinct from d.active_ingredient
        and v.route is not distinct from d.route
    left join therapy t using (source, release, source_report_id, drug_seq)
    left join indication i using (source, release, source_report_id, drug_seq)
)
select * from final
order by case_id, drug_seq, role, drug_verbatim;
