-- writes: work.current_version
-- reads: work.version_validity, work.received_version, work.file_release, work.place,
--   staging.report, core.case_key, core.case_version, core.country
-- params: none
-- grain: version of a case that was current at some look
-- version_no is the case_id for the version that is current as of the run's date, and a number
-- above every case_id for an earlier one: earlier looks count these.
-- Country: of occurrence, else the reporter's, else the prefix of the worldwide case id (FAERS
-- carries that id as manufacturer number: two letters, sender, number). FAERS masks members of
-- the European Union since 2025Q3: an earlier version of the same case may still tell. The public
-- listings of EudraVigilance say no more than whether it is one of the European Economic Area.
with chosen as (
    select case_id, file_id, line, max(valid_to_look) = 2147483647 as is_current
    from version_validity
    group by case_id, file_id, line
),
numbered as (
    select case_id as version_no, case_id, file_id, line, is_current
    from chosen
    where is_current
    union all
    select
        (select coalesce(max(case_id), 0) from core.case_key)
            + row_number() over (order by case_id, file_id, line),
        case_id, file_id, line, is_current
    from chosen
    where not is_current
),
reported as (
    select
        v.version_no, v.case_id, v.is_current, f.release_no,
        r.* replace (w.receipt_date as receipt_date),
        regexp_extract(
            upper(coalesce(r.worldwide_case_id, r.manufacturer_number)), '^([A-Z]{2})-[^-]+-', 1
        ) as id_prefix
    from numbered v
    join staging.report r using (file_id, line)
    join received_version w
        on w.file_id = v.file_id and w.line = v.line and w.action <> 'withdraw'
    join file_release f using (file_id)
),
placed as (
    select
        c.*,
        o.country as occurrence, coalesce(o.masked, false) as occurrence_masked,
        p.country as reporter_place, coalesce(p.masked, false) as reporter_masked,
        w.country as id_place, coalesce(w.masked, false) as id_masked,
        case when o.masked then o.region when p.masked then p.region else w.region end
            as masked_region,
        case when o.masked then o.stratum when p.masked then p.stratum else w.stratum end
            as masked_stratum
    from reported c
    left join place o on o.written_place = upper(trim(c.occurrence_country))
    left join place p on p.written_place = upper(trim(c.reporter_country))
    left join place w on w.written_place = c.id_prefix
),
earlier as (
    select
        p.version_no,
        arg_max(
            coalesce(o.country, q.country),
            (v.receipt_date, v.source_report_id, v.release, v.file_id, v.line)
        ) as country
    from core.case_version v
    join staging.report r using (file_id, line)
    left join place o on o.written_place = upper(trim(r.occurrence_country))
    left join place q
        on q.written_place = upper(trim(r.reporter_country)) and not coalesce(o.masked, false)
    join placed p on p.case_id = v.case_id
    where coalesce(o.country, q.country) is not null
        and v.action = 'report'
        and v.receipt_date <= p.receipt_date
        and (p.occurrence_masked or p.reporter_masked or p.id_masked)
    group by p.version_no
),
resolved as (
    select
        p.*,
        case
            when p.occurrence is not null then 'occurrence'
            when p.occurrence_masked then if(e.country is null, 'none', 'earlier_version')
            when p.reporter_place is not null then 'reporter'
            when p.id_place is not null then 'worldwide_id'
            when e.country is not null then 'earlier_version'
            else 'none'
        end as country_basis,
        e.country as earlier_place
    from placed p
    left join earlier e using (version_no)
),
located as (
    select
        r.*,
        case r.country_basis
            when 'occurrence' then r.occurrence
            when 'reporter' then r.reporter_place
            when 'worldwide_id' then r.id_place
            when 'earlier_version' then r.earlier_place
        end as country,
        r.country_basis = 'none' and (r.occurrence_masked or r.reporter_masked or r.id_masked)
            as country_masked
    from resolved r
)
select
    l.version_no, l.case_id, l.is_current, l.file_id, l.line, l.release_no, l.source,
    l.source_report_id, l.release, l.authority, l.source_case_id, l.version, l.worldwide_case_id,
    l.manufacturer_number, l.sender, l.first_receipt_date, l.receipt_date, l.report_type,
    l.literature, l.literature_id, l.reporter, l.sex, l.age_years, l.weight_kg, l.event_date, l.event_date_precision, l.serious, l.fatal,
    l.death, l.life_threatening, l.hospitalisation, l.disability, l.congenital_anomaly,
    l.other_serious, l.country, l.country_basis, l.country_masked,
    if(l.country_masked, l.masked_region, k.region) as region,
    case
        when l.country is not null then l.country
        when l.country_masked then l.masked_stratum
        else 'unknown'
    end as stratum
from located l
left join core.country k using (country)
