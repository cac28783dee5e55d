-- writes: work.issued_version
-- reads: work.telling, work.issue, staging.report
-- params: none
-- grain: version of a case that the issues of a source tell
-- What was known when: a case is received on the day in the file, unless an issue of that day or
-- later did not have it; what changed, vanished or came back is received on the day of the issue
-- that says so. A case that another series of the source still has is not withdrawn. turn is the
-- order of the versions of a case.
with happening as (
    select
        case_id, source, series, release, issued_on, issue_no, issued_before, file_id, line,
        content_hash, false as vanishes,
        (lag(issue_no) over (partition by case_id, source, series order by issue_no)
            is distinct from issue_no - 1)::integer as step
    from telling
    union all
    select
        t.case_id, t.source, t.series, n.release, n.issued_on, n.issue_no, null, t.file_id, t.line,
        null, true, -1
    from telling t
    join issue n
        on n.source = t.source and n.series = t.series and n.issue_no = t.issue_no + 1
    anti join telling o
        on o.case_id = t.case_id and o.source = t.source and o.release = n.release
),
ordered as (
    select
        *,
        (row_number() over same)::integer as turn,
        sum(step) over same as series_with_it,
        count(*) filter (where not vanishes and file_id is not null) over same as times_told,
        last_value(file_id ignore nulls) over same as last_file_id,
        last_value(line ignore nulls) over same as last_line,
        lag(content_hash ignore nulls) over same as content_before
    from happening
    window same as (
        partition by case_id, source
        order by issued_on, vanishes, series, issue_no
        rows between unbounded preceding and current row
    )
),
new as (
    select *
    from ordered
    qualify case
        when vanishes then series_with_it = 0 and times_told > 0
        when file_id is null then false
        else times_told = 1
            or content_hash is distinct from content_before
            or lag(series_with_it) over (partition by case_id, source order by turn) = 0
    end
)
select
    n.case_id, n.source, r.source_report_id, n.release, r.version,
    if(n.vanishes, 'withdraw', r.action) as action,
    r.first_receipt_date,
    case
        when not n.vanishes and n.times_told = 1
            and (n.issued_before is null or r.receipt_date > n.issued_before)
            then r.receipt_date
        else n.issued_on
    end as receipt_date,
    n.last_file_id as file_id, n.last_line as line, r.authority_rank, n.turn
from new n
join staging.report r on r.file_id = n.last_file_id and r.line = n.last_line
