-- writes: work.block_member
-- reads: work.current_version, work.version_drug, work.version_event, work.version_product,
--   work.version_span, work.text_rank
-- params: $largest_block
-- grain: block, version in it and stretch of looks at which its cases are compared
-- Cases with something rare in common, that a change of one or two fields leaves in common. Of many
-- products or events the three with the lowest ranks: two like lists then have the same ones.
-- A block is compared at the looks at which it has few cases.
with product as (
    select p.version_no, list_sort(list(r.text_rank))[1:3] as products
    from version_product p
    join text_rank r on r.text = p.product
    group by p.version_no
),
event as (
    select e.version_no, list_sort(list(r.text_rank))[1:3] as events
    from version_event e
    join text_rank r on r.text = e.event
    group by e.version_no
),
administered as (
    select version_no, min(start_date) as start_day, list(distinct lot_hmac) as lots
    from version_drug
    where role in ('primary_suspect', 'suspect', 'interacting')
        and (lot_hmac is not null or start_date_precision = 'day')
    group by version_no
),
described as (
    select
        d.version_no, d.case_id, d.sex, floor(d.age_years)::integer as age, d.country,
        if(d.event_date_precision = 'day', datediff('day', date '1900-01-01', d.event_date), null)
            as day,
        a.start_day, list_filter(coalesce(a.lots, []), lambda x: x is not null) as lots,
        coalesce(p.products, []) as products, coalesce(e.events, []) as events
    from current_version d
    left join product p using (version_no)
    left join event e using (version_no)
    left join administered a using (version_no)
),
pair as (
    select
        *,
        flatten(list_transform(products[1:2], lambda p:
            list_transform(events[1:2], lambda e: hash(p, e)))) as pairs,
        if(array_length(events) < 2, [], [hash(events[1], events[2]), hash(events[1], events[3]),
            hash(events[2], events[3])])[1:if(array_length(events) = 2, 1, 3)] as twos,
        day // 16 as half, (day + 8) // 16 as other_half
    from described
),
keyed as (
    -- Two days that are up to a week apart lie in one half month of either row of half months.
    select version_no, case_id, unnest(list_distinct(flatten([
        list_transform(lots, lambda x: hash(1, x)),
        flatten(list_transform(products[1:2], lambda p:
            list_transform(twos, lambda t: hash(14, t, p)))),
        if(day is null, [], list_transform(twos, lambda t: hash(15, t, day))),
        if(age is null, [], list_transform(twos, lambda t: hash(16, t, age, country))),
        if(day is null, [], flatten([
            list_transform(products, lambda p: hash(2, p, day)),
            list_transform(pairs, lambda x: hash(6, x, half)),
            list_transform(pairs, lambda x: hash(7, x, other_half))
        ])),
        if(day is null or sex is null, [], flatten([
            list_transform(products, lambda p: hash(3, p, day, sex)),
            list_transform(pairs, lambda x: hash(8, x, half, sex, country)),
            list_transform(pairs, lambda x: hash(9, x, other_half, sex, country))
        ])),
        if(day is null or age is null, [], flatten([
            list_transform(products, lambda p: hash(4, p, age, half)),
            list_transform(products, lambda p: hash(5, p, age, other_half)),
            list_transform(events, lambda e: hash(10, e, age, sex, day))
        ])),
        if(age is null, [], list_transform(pairs, lambda x: hash(11, x, age, sex, country))),
        if(start_day is null, [], flatten([
            list_transform(products, lambda p: hash(12, p, start_day, age)),
            list_transform(pairs, lambda x: hash(13, x, start_day))
        ]))
    ]))) as key_hash
    from pair
),
repeated as (
    select key_hash, count(*) > $largest_block as is_large
    from keyed
    group by key_hash
    having min(case_id) <> max(case_id)
),
span as (
    select k.key_hash, k.version_no, k.case_id, r.is_large, v.valid_from_look, v.valid_to_look
    from keyed k
    join repeated r using (key_hash)
    join version_span v using (version_no)
),
change as (
    select key_hash, valid_from_look as look_no, 1 as n
    from span
    where is_large
    union all
    select key_hash, valid_to_look, -1
    from span
    where is_large
),
stretch as (
    select
        key_hash, look_no as valid_from_look,
        lead(look_no) over by_look as valid_to_look, sum(sum(n)) over by_look as n
    from change
    group by key_hash, look_no
    window by_look as (partition by key_hash order by look_no)
),
final as (
    select key_hash as block, version_no, case_id, valid_from_look, valid_to_look
    from span
    where not is_large
    union all
    select
        hash(t.key_hash, t.valid_from_look), m.version_no, m.case_id, t.valid_from_look,
        t.valid_to_look
    from stretch t
    join span m
        on m.key_hash = t.key_hash and m.valid_from_look <= t.valid_from_look
        and m.valid_to_look > t.valid_from_look
    where t.n between 2 and $largest_block
)
select (block >> 1)::bigint as block, * exclude (block) from final
