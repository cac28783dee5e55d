-- writes: work.version_validity
-- reads: work.received_version
-- params: none
-- grain: version of a case and stretch of looks at which it was the current one
-- One case, one current version. Inside a source the highest version, then the latest receipt and
-- the highest report id; a report published twice counts as published last; of a source that is
-- re-issued whole, what its latest issue says. Of an authority's sources the one that received last:
-- the dashboard has no version numbers, but may be newer. A source that withdrew has none.
-- Each look knows what was received by its date, deletions too.
with known as (
    select *
    from received_version
    where look_no is not null
),
several as (
    select case_id
    from known
    group by case_id
    having count(*) > 1
),
placed as (
    select
        k.*,
        row_number() over (
            partition by k.case_id, k.action = 'delete', k.authority_rank
            order by
                k.turn desc,
                k.version desc nulls last,
                k.receipt_date desc,
                try_cast(k.source_report_id as hugeint) desc nulls last,
                k.source_report_id desc,
                k.release desc,
                k.file_id desc,
                k.line desc
        ) as place_in_source
    from known k
    semi join several using (case_id)
),
point as (
    select distinct case_id, look_no
    from placed
),
deleted as (
    select case_id, min(look_no) as look_no
    from placed
    where action = 'delete'
    group by case_id
),
of_source as (
    select p.case_id, p.look_no, v.authority_rank, min(v.place_in_source) as place_in_source
    from point p
    join placed v on v.case_id = p.case_id and v.look_no <= p.look_no
    where v.action <> 'delete'
    group by p.case_id, p.look_no, v.authority_rank
),
best as (
    select s.case_id, s.look_no, v.file_id, v.line, v.action
    from of_source s
    join placed v using (case_id, authority_rank, place_in_source)
    where v.action not in ('delete', 'withdraw')
    qualify row_number() over (
        partition by s.case_id, s.look_no order by v.receipt_date desc, v.authority_rank
    ) = 1
),
winner as (
    -- A look without a current version has nulls here.
    select
        p.case_id, p.look_no,
        if(d.case_id is null, b.file_id, null) as file_id,
        if(d.case_id is null, b.line, null) as line
    from point p
    left join deleted d on d.case_id = p.case_id and d.look_no <= p.look_no
    left join (select * from best where action = 'report') b
        on b.case_id = p.case_id and b.look_no = p.look_no
),
turn as (
    select *
    from winner
    qualify (file_id, line) is distinct from
        lag((file_id, line)) over (partition by case_id order by look_no)
),
lasting as (
    select
        case_id, file_id, line, look_no as valid_from_look,
        lead(look_no, 1, 2147483647) over (partition by case_id order by look_no) as valid_to_look
    from turn
)
select case_id, file_id, line, look_no as valid_from_look, 2147483647 as valid_to_look
from known
anti join several using (case_id)
where action = 'report'
union all
select case_id, file_id, line, valid_from_look, valid_to_look
from lasting
where file_id is not null
