-- views of tables and columns under the names that they had before. They stay for one version.
-- params: none
create or replace view mart.suspected_duplicate as
select * from mart.possible_duplicate;

create or replace view mart.placebo as
select permutation as placebo_kind, * exclude (permutation)
from mart.permutation_null;

create or replace view main.placebo as
select * from mart.placebo;
comment on view main.placebo is 'Former name of permutation_null';
