-- core.case. grain: one row per case that counts as of the run's date. params: none
-- Nothing is deleted: in a duplicate group the most complete case is the master and counts;
-- ties fall on the case number, never on the order of arrival.
insert into core.case
with suspect as (
    select
        case_id,
        count(*) filter (where role in ('primary_suspect', 'suspect', 'interacting')) as suspects,
        count(start_date) as starts,
        count(indication) as indications
    from core.case_drug
    group by case_id
),
event as (
    select case_id, count(*) as events
    from core.case_event
    group by case_id
),
described as (
    select
        d.*,
        (
            (d.sex is not null)::int + (d.age_years is not null)::int
            + (d.event_date is not null)::int + (d.country is not null)::int
            + (d.reporter is not null)::int + (d.report_type is not null)::int
            + (coalesce(s.suspects, 0) > 0)::int + (coalesce(s.starts, 0) > 0)::int
            + (coalesce(s.indications, 0) > 0)::int + (coalesce(e.events, 0) > 0)::int
        ) / 10.0 as completeness,
        coalesce(g.duplicate_group, d.case_id) as duplicate_group,
        g.match_rule
    from case_draft d
    left join suspect s using (case_id)
    left join event e using (case_id)
    left join duplicate_group g using (case_id)
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
    join case_draft c using (release_no, source_report_id)
    group by c.case_id
),
final as (
    select
        d.case_id, d.authority, d.source, d.source_case_id, d.source_report_id, d.release,
        d.worldwide_case_id, d.manufacturer_number, d.sender, d.version,
        coalesce(d.first_receipt_date, d.receipt_date) as first_receipt_date, d.receipt_date,
        d.country, d.country_basis, d.country_masked,
        case when d.country_masked then 'Europe' else k.region end as region,
        case
            when d.country is not null then d.country
            when d.country_masked then 'EU (masked)'
            else 'unknown'
        end as stratum,
        d.sex, d.age_years, d.reporter, d.report_type, d.event_date, d.event_date_precision,
        coalesce(d.serious, s.case_id is not null) as serious,
        coalesce(d.fatal, d.death, s.death, false) as fatal,
        coalesce(d.death, s.death, false) as death,
        coalesce(d.life_threatening, s.life_threatening, false) as life_threatening,
        coalesce(d.hospitalisation, s.hospitalisation, false) as hospitalisation,
        coalesce(d.disability, s.disability, false) as disability,
        coalesce(d.congenital_anomaly, s.congenital_anomaly, false) as congenital_anomaly,
        coalesce(d.other_serious, s.other_serious, false) as other_serious,
        d.duplicate_group,
        row_number() over (
            partition by d.duplicate_group
            order by d.completeness desc, d.receipt_date desc, d.authority, d.source_case_id
        ) = 1 as is_master,
        if(d.match_rule is null, null, 1.0) as match_probability,
        d.match_rule, d.completeness
    from described d
    left join core.country k using (country)
    left join seriousness s using (case_id)
)
select * from final
order by case_id;
