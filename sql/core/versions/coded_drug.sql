-- writes: work.coded_drug (view)
-- reads: work.reported_drug, work.drug_text, work.drug_coding, work.drug_start,
--   work.drug_indication
-- params: none
-- grain: version, drug, role and text
-- A view: its rows go to core.case_drug and to work.earlier_version_drug, once each.
select
    d.version_no, d.is_current, d.text_no, d.drug_seq, d.role, t.drug_verbatim,
    t.active_ingredient, c.substance, c.product_id, c.product,
    coalesce(d.start_date, s.start_date) as start_date,
    if(d.start_date is null, s.start_date_precision, d.start_date_precision)
        as start_date_precision,
    coalesce(d.end_date, s.end_date) as end_date,
    if(d.end_date is null, s.end_date_precision, d.end_date_precision) as end_date_precision,
    d.dose, d.dechallenge, d.rechallenge, d.lot_hmac, t.route,
    coalesce(d.indication, i.indication) as indication
from reported_drug d
join drug_text t using (text_no)
join drug_coding c using (text_no)
left join drug_start s using (version_no, drug_seq)
left join drug_indication i using (version_no, drug_seq)
