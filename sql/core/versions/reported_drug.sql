-- writes: work.reported_drug
-- reads: staging.report_drug, work.file_release, work.current_version, work.drug_text
-- params: none
-- grain: version, drug, role and text
-- Doses repeat a drug in FAERS since 2024Q4: distinct drugs remain, with their first start and last
-- end, their doses, and what tells most of a dechallenge and a rechallenge.
select
    c.version_no, c.is_current, d.drug_seq, d.role, t.text_no,
    min(d.lot_hmac) as lot_hmac,
    min(d.indication) as indication,
    min(d.start_date) as start_date,
    arg_min(d.start_date_precision, (d.start_date, d.start_date_precision))
        as start_date_precision,
    max(d.end_date) as end_date,
    arg_max(d.end_date_precision, (d.end_date, d.end_date_precision)) as end_date_precision,
    array_to_string(list_sort(list_distinct(list(d.dose) filter (d.dose is not null))), '; ') as dose,
    arg_min(d.dechallenge, list_position(['positive', 'negative', 'not_applicable', 'unknown'], d.dechallenge)) as dechallenge,
    arg_min(d.rechallenge, list_position(['positive', 'negative', 'not_applicable', 'unknown'], d.rechallenge)) as rechallenge
from staging.report_drug d
join file_release f using (file_id)
join current_version c using (release_no, source_report_id)
join drug_text t
    on t.drug_verbatim is not distinct from d.drug_verbatim
    and t.active_ingredient is not distinct from d.active_ingredient
    and t.route is not distinct from d.route
group by c.version_no, c.is_current, d.drug_seq, d.role, t.text_no
