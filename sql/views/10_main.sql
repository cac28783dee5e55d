-- main views of the snapshot: what an analyst would guess. params: none
-- blind is the former column of what detectable says.
create or replace view main.signals as
select *, not detectable as blind from mart.signal where verdict <> 'not_flagged' order by rank;
comment on view main.signals is
    'Every flagged product and event with its verdict, best first; all verdicts: mart.signal';

create or replace view main.cases as
select * from core.case where is_master;
comment on view main.cases is
    'Cases that count (one per duplicate group); with the duplicates: core.case';

create or replace view main.case_drugs as
select c.country, c.receipt_date, d.*
from core.case_drug d
join core.case c using (case_id)
where c.is_master;
comment on view main.case_drugs is 'Drugs of the cases that count';

create or replace view main.case_events as
select c.country, c.receipt_date, e.*
from core.case_event e
join core.case c using (case_id)
where c.is_master;
comment on view main.case_events is 'Events of the cases that count';

create or replace view main.pairs as
select * from mart.pair;
comment on view main.pairs is
    'Product and event with at least one case of both: stratified statistics, crude beside them';

create or replace view main.pairs_by_country as
select * from mart.pair_country;
comment on view main.pairs_by_country is
    'The 2x2 table and statistics of each pair in each country with at least one case of both';

create or replace view main.pairs_by_country_with_zeros as
select
    p.product, e.event, e.event_kind, k.stratum as country, k.is_country, k.region,
    coalesce(c.a, 0) as a,
    p.n_product - coalesce(c.a, 0) as b,
    e.n_event - coalesce(c.a, 0) as c,
    k.n_cases - p.n_product - e.n_event + coalesce(c.a, 0) as d,
    p.n_product * e.n_event / k.n_cases as expected,
    c.ic, c.ic025, c.ic975, c.ror, c.ror025, c.ror975, coalesce(c.flagged, false) as flagged
from mart.pair q
join mart.product_margin p on p.product = q.product
join mart.event_margin e
    on e.event = q.event and e.event_kind = q.event_kind and e.stratum = p.stratum
join mart.country_margin k on k.stratum = p.stratum
left join mart.pair_country c
    on c.product = q.product and c.event = q.event and c.event_kind = q.event_kind
    and c.country = p.stratum;
comment on view main.pairs_by_country_with_zeros is
    'As pairs_by_country, with the countries where both occur but never in one case: these add '
    'expectation. Filter by product and event';

create or replace view main.pairs_by_region as
select * from mart.pair_region;
comment on view main.pairs_by_region is 'Each pair in each region, stratified by its countries';

create or replace view main.rates as
select * from mart.rate;
comment on view main.rates is
    'Reports per 1,000 patients treated where exposure is known: a lower bound of the risk';

create or replace view main.products as
select * from core.product;
comment on view main.products is 'Advanced therapies that are recognised';

create or replace view main.files as
select * from ops.source_file;
comment on view main.files is
    'Every file received: rows_read = rows_kept + rows_quarantined, and what was wrong';

create or replace view main.quarantine as
select * from ops.quarantine;
comment on view main.quarantine is 'Rows set aside, with the rule they broke';

create or replace view main.runs as
select * from ops.run;
comment on view main.runs is 'What made this snapshot: inputs, versions, settings, seed';
