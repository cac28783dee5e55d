-- writes: core.case
-- reads: work.current_version, work.version_completeness, work.duplicate_group, core.case_validity,
--   staging.report_outcome, staging.report_source, work.file_release
-- params: none
-- grain: case that counts as of the run's date: latest version, nullified and deleted out
-- A report to FDA by the reporter (direct) is voluntary. Of those that companies send on, expedited or
-- periodic, FDA does not say whether they are spontaneous, but for those from studies.
with described as (
    select
        d.*,
        k.completeness,
        coalesce(g.duplicate_group, d.case_id) as duplicate_group,
        coalesce(g.possible_group, d.case_id) as possible_group,
        g.match_rule, g.match_probability,
        s.case_id is not null as is_master
    from current_version d
    join version_completeness k using (version_no)
    left join duplicate_group g on g.case_id = d.case_id
    left join core.case_validity s on s.validity_id = d.version_no and s.valid_to_look = 2147483647
    where d.is_current
),
seriousness as (
    select
        c.case_id,
        bool_or(o.outcome = 'death') as death,
        bool_or(o.outcome = 'life_threatening') as life_threatening,
        bool_or(o.outcome = 'hospitalisation') as hospitalisation,
        bool_or(o.outcome = 'disability') as disability,
        bool_or(o.outcome = 'congenital_anomaly') as congenital_anomaly,
        bool_or(o.outcome = 'other_serious') as other_serious
    from staging.report_outcome o
    join file_release f using (file_id)
    join current_version c using (release_no, source_report_id)
    where c.is_current
    group by c.case_id
),
origin as (
    select
        c.case_id,
        bool_or(lower(o.report_source) in ('lit', 'literature')) as is_literature,
        min(o.literature_id) as literature_id,
        bool_or(lower(o.report_source) in ('sdy', 'study')) as is_study
    from staging.report_source o
    join file_release f using (file_id)
    join current_version c using (release_no, source_report_id)
    where c.is_current
    group by c.case_id
)
select
    d.case_id, d.authority, d.source, d.source_case_id, d.source_report_id, d.release,
    d.worldwide_case_id, d.manufacturer_number, d.sender, d.version,
    coalesce(d.first_receipt_date, d.receipt_date) as first_receipt_date, d.receipt_date,
    d.country, d.country_basis, d.country_masked, d.region, d.stratum,
    d.sex, d.age_years, d.weight_kg, d.reporter, d.report_type,
    case
        when o.is_study then false
        when regexp_matches(lower(d.report_type), 'spont|espont|自発|^direct$') then true
        when regexp_matches(lower(d.report_type), 'stud|estudo|試験|trial|^(other|その他)$') then false
    end as spontaneous,
    if(o.is_literature, true, d.literature) as literature,
    coalesce(d.literature_id, o.literature_id) as literature_id,
    d.event_date, d.event_date_precision,
    coalesce(d.serious, s.case_id is not null) as serious,
    coalesce(d.fatal, d.death, s.death, false) as fatal,
    coalesce(d.death, s.death, false) as death,
    coalesce(d.life_threatening, s.life_threatening, false) as life_threatening,
    coalesce(d.hospitalisation, s.hospitalisation, false) as hospitalisation,
    coalesce(d.disability, s.disability, false) as disability,
    coalesce(d.congenital_anomaly, s.congenital_anomaly, false) as congenital_anomaly,
    coalesce(d.other_serious, s.other_serious, false) as other_serious,
    d.duplicate_group, d.possible_group, d.is_master, d.match_probability, d.match_rule,
    d.completeness
from described d
left join seriousness s using (case_id)
left join origin o using (case_id)
order by d.case_id
