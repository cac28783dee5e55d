-- writes: work.version_completeness
-- reads: work.current_version, work.version_drug, work.version_event
-- params: none
-- grain: version
with drug as (
    select
        version_no,
        bool_or(role in ('primary_suspect', 'suspect', 'interacting')) as has_suspect,
        bool_or(start_date is not null) as has_start,
        bool_or(indication is not null) as has_indication
    from version_drug
    group by version_no
),
event as (
    select distinct version_no
    from version_event
)
select
    v.version_no,
    (
        (v.sex is not null)::int + (v.age_years is not null)::int
        + (v.event_date is not null)::int + (v.country is not null)::int
        + (v.reporter is not null)::int + (v.report_type is not null)::int
        + coalesce(d.has_suspect, false)::int + coalesce(d.has_start, false)::int
        + coalesce(d.has_indication, false)::int + (e.version_no is not null)::int
    ) / 10.0 as completeness
from current_version v
left join drug d using (version_no)
left join event e using (version_no)
