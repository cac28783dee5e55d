-- Why: a person says of two cases whether they are one; no file says it again.
create table ops.duplicate_decision (
    decision_no bigint not null,
    authority varchar not null,
    source_case_id varchar not null,
    other_authority varchar not null,
    other_source_case_id varchar not null,
    decision varchar not null,
    decided_by varchar not null,
    decided_at timestamp not null,
    reason varchar not null
);
