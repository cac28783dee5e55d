-- writes: work.version_trait
-- reads: work.current_version, work.version_drug, work.version_event, work.version_product,
--   work.version_span, work.month_end, work.candidate_pair, work.trait_prior
-- params: $pseudo_cases
-- grain: version that is compared, trait and value
-- How common a value was among the cases of the product when the month before the report ended: what
-- all patients of a product share tells no two of them apart.
with one_of_two as (
    select version_no
    from candidate_pair
    union
    select other_version_no
    from candidate_pair
),
drug as (
    select version_no, lot_hmac, start_date, start_date_precision
    from version_drug
    where role in ('primary_suspect', 'suspect', 'interacting')
),
main as (
    select d.*, coalesce(p.product, '') as product
    from current_version d
    left join version_product p on p.version_no = d.version_no and p.rarity = 1
),
trait as (
    select version_no, 'event' as trait, event as value
    from version_event
    union all
    select version_no, 'age', floor(age_years)::integer::varchar
    from main
    where age_years is not null
    union all
    select version_no, 'country', country
    from main
    where country is not null
    union all
    select version_no, 'day', event_date::varchar
    from main
    where event_date_precision = 'day'
    union all
    select version_no, 'start', min(start_date)::varchar
    from drug
    where start_date_precision = 'day'
    group by version_no
    union all
    select distinct version_no, 'lot', lot_hmac
    from drug
    where lot_hmac is not null
    union all
    select version_no, 'any', ''
    from main
),
stated as (
    select t.version_no, m.product, t.trait, t.value, hash(m.product, t.trait, t.value) as place
    from trait t
    join main m using (version_no)
),
-- What one report alone states is never stated by another case.
shared as (
    select place, bool_or(trait = 'any') as is_all
    from stated
    group by place
    having count(*) > 1
),
shown as (
    select s.place, h.is_all, v.valid_from_look, v.valid_to_look
    from stated s
    join shared h using (place)
    join version_span v using (version_no)
),
change as (
    select place, is_all, valid_from_look as look_no, count(*) as n
    from shown
    group by place, is_all, valid_from_look
    union all
    select place, is_all, valid_to_look, -count(*)
    from shown
    where valid_to_look < 2147483647
    group by place, is_all, valid_to_look
),
running as (
    select place, is_all, look_no, sum(sum(n)) over (partition by place order by look_no) as n
    from change
    group by place, is_all, look_no
),
running_value as (
    select place, look_no, n
    from running
    where not is_all
),
running_all as (
    select place, look_no, n
    from running
    where is_all
),
asked as (
    select
        s.version_no, s.trait, s.value, s.place, hash(s.product, 'any', '') as all_place,
        coalesce(e.look_no, -1) as look_no
    from stated s
    semi join one_of_two c on c.version_no = s.version_no
    join current_version d using (version_no)
    left join month_end e on e.as_of = date_trunc('month', d.receipt_date)::date - 1
    where s.trait <> 'any'
),
counted as (
    select a.*, coalesce(r.n, 0) as n
    from asked a
    asof left join running_value r on r.place = a.place and r.look_no <= a.look_no
),
final as (
    select c.*, coalesce(r.n, 0) as cases_known
    from counted c
    asof left join running_all r on r.place = c.all_place and r.look_no <= c.look_no
)
select
    f.version_no, f.trait, f.value as trait_value,
    -- Without one: the case that it is compared with.
    least(($pseudo_cases * p.u + greatest(f.n - 1, 0))
        / ($pseudo_cases + greatest(f.cases_known - 1, 0)), 1.0)::double as frequency
from final f
join trait_prior p using (trait)
