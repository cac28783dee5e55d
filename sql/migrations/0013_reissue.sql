-- Why: what changed in a delivery that came again under the same name is known in the night that
-- takes it in only: no file says it afterwards.
create table ops.reissue (
    source varchar not null,
    name varchar not null,
    release varchar,
    staging_table varchar,
    old_file_id bigint not null,
    new_file_id bigint not null,
    compared_by varchar not null,
    rows_before bigint not null,
    rows_after bigint not null,
    n_added bigint,
    n_withdrawn bigint,
    n_changed bigint,
    run_id varchar
);
