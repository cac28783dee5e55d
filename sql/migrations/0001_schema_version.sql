-- Why: a warehouse must say which tables it has, so that a later program can bring them up to its
-- own. One without this table is from before: version 0.
create table ops.schema_version (
    schema_version integer not null,
    migration varchar not null
);
