-- draft_completeness (temporary). grain: one row per version of a case that was current at some
-- look. params: none
create or replace temp table draft_completeness as
with drug as (
    select
        draft_no,
        bool_or(role in ('primary_suspect', 'suspect', 'interacting')) as has_suspect,
        bool_or(start_date is not null) as has_start,
        bool_or(indication is not null) as has_indication
    from drug_of_draft
    group by draft_no
),
event as (
    select distinct draft_no
    from event_of_draft
),
final as (
    select
        d.draft_no,
        (
            (d.sex is not null)::int + (d.age_years is not null)::int
            + (d.event_date is not null)::int + (d.country is not null)::int
            + (d.reporter is not null)::int + (d.report_type is not null)::int
            + coalesce(s.has_suspect, false)::int + coalesce(s.has_start, false)::int
            + coalesce(s.has_indication, false)::int + (e.draft_no is not null)::int
        ) / 10.0 as completeness
    from case_draft d
    left join drug s using (draft_no)
    left join event e using (draft_no)
)
select * from final;
