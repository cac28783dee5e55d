-- Why: what persons decide of signals is kept, and what they do is chained, so that a change shows.
create table ops.decision (
    decision_no bigint not null,
    product varchar not null,
    event varchar not null,
    event_kind varchar not null,
    signal_status varchar not null,
    signal_outcome varchar,
    reason varchar not null,
    evaluation_method varchar,
    action_taken varchar,
    next_review date,
    decided_on date not null,
    decided_by varchar not null,
    decided_from varchar,
    run_id varchar not null,
    as_of date not null,
    verdict varchar not null,
    n_decided bigint not null,
    fatal_cases json not null,
    countries varchar[] not null,
    previous_hash varchar not null,
    row_hash varchar not null
);
create table ops.audit_event (
    audit_no bigint not null,
    audited_at timestamp not null,
    audited_by varchar not null,
    audit_action varchar not null,
    audit_subject varchar not null,
    audit_detail varchar not null,
    previous_hash varchar not null,
    row_hash varchar not null
);
alter table ops.duplicate_decision add column previous_hash varchar;
alter table ops.duplicate_decision add column row_hash varchar;
-- What was decided before is chained as the next decision will be.
create temp table chained as
with recursive line as (
    select
        decision_no, row_number() over (order by decision_no) as place,
        concat(
            'authority:', strlen(authority), ':', authority, chr(10),
            'decided_at:', strlen(decided_at::varchar), ':', decided_at::varchar, chr(10),
            'decided_by:', strlen(decided_by), ':', decided_by, chr(10),
            'decision:', strlen(decision), ':', decision, chr(10),
            'decision_no:', strlen(decision_no::varchar), ':', decision_no::varchar, chr(10),
            'other_authority:', strlen(other_authority), ':', other_authority, chr(10),
            'other_source_case_id:', strlen(other_source_case_id), ':', other_source_case_id, chr(10),
            'previous_hash:64:'
        ) as head,
        concat(
            chr(10), 'reason:', strlen(reason), ':', reason, chr(10),
            'source_case_id:', strlen(source_case_id), ':', source_case_id, chr(10)
        ) as tail
    from ops.duplicate_decision
),
chain as (
    select 0::bigint as place, 0::bigint as decision_no, '' as previous_hash, repeat('0', 64) as row_hash
    union all
    select
        l.place, l.decision_no, c.row_hash as previous_hash,
        sha256(concat(l.head, c.row_hash, l.tail)) as row_hash
    from chain c
    join line l on l.place = c.place + 1
)
select decision_no, previous_hash, row_hash
from chain
where place > 0;
update ops.duplicate_decision as d
set previous_hash = c.previous_hash, row_hash = c.row_hash
from chained c
where c.decision_no = d.decision_no;
drop table chained;
