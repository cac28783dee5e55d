-- Why: a person takes a file's rows out for good; the ledger and history stay, and so does who said it.
create table ops.forgotten (
    source varchar not null,
    name varchar not null,
    sha256 varchar not null,
    rows_kept bigint not null,
    decided_by varchar not null,
    decided_at timestamp not null,
    reason varchar not null
);
