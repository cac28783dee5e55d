-- Why: a person lets in a file that is held because it would take much away; nothing gives that back.
create table ops.acceptance (
    source varchar not null,
    name varchar not null,
    sha256 varchar not null
);
