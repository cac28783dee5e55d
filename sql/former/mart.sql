-- Tables of mart under the names that they had before, as views of the snapshot for one version.
create view mart.suspected_duplicate as
from mart.possible_duplicate;

create view mart.placebo as
select permutation as placebo_kind, * exclude (permutation)
from mart.permutation_null;

comment on view mart.suspected_duplicate is
    'Former name, for one version, of mart.possible_duplicate';
comment on view mart.placebo is
    'Former name, for one version, of mart.permutation_null';
