-- main views of the evidence beside a verdict. params: none
create or replace view main.country_power as
select * from mart.country_power;
comment on view main.country_power is
    'What each country could have seen of a pair that the pool flags: cases, expected, cases needed '
    'for the rule and the probability of that many; also where no case has both';

create or replace view main.region_power as
select * from mart.region_power;
comment on view main.region_power is
    'What each region could have seen of a pair that the pool flags, stratified by its countries';

create or replace view main.permutation_null as
select * from mart.permutation_null;
comment on view main.permutation_null is
    'How many pairs of advanced therapies are called pooled only when the countries or the links '
    'between products and events are permuted, beside the number observed: an upper bound of '
    'what chance alone would give';
