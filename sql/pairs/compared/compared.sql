-- writes: work.compared
-- reads: work.joint_case, work.joint_detail, work.any_drug, work.any_event
-- params: $compare_all
-- grain: product and two of its joint cases that may be the same one
-- Each field is 0 where a value is missing, -1 where the two disagree, else the level of agreement
-- (src/pv/spec/linkage.toml). In pairs with more than $compare_all cases, which a few
-- duplicates do not carry, only cases with the same day of the event or the same lot are compared.
-- Two of sex, age and day of the event that disagree are two persons, unless the lot is the same;
-- and two cases that agree neither in age nor in the event's date nor in a lot are not compared
-- further. As common as a value is the mean of the two cases' values: which case arrived first must
-- not matter.
with candidate as (
    select x.product_no, x.case_id, y.case_id as other_case_id
    from joint_case x
    join joint_case y on y.pair_no = x.pair_no and y.case_id > x.case_id
    where x.n <= $compare_all
    union
    select x.product_no, x.case_id, y.case_id
    from joint_case j
    join joint_detail x on x.product_no = j.product_no and x.case_id = j.case_id
    join joint_detail y
        on y.product_no = x.product_no and y.event_date = x.event_date
        and y.event_date_precision = x.event_date_precision and y.case_id > x.case_id
    join joint_case o on o.pair_no = j.pair_no and o.case_id = y.case_id
    where j.n > $compare_all and x.event_date_precision = 'day'
    union
    select x.product_no, x.case_id, y.case_id
    from joint_case j
    join (select product_no, case_id, unnest(lots) as lot from joint_detail) x
        on x.product_no = j.product_no and x.case_id = j.case_id
    join (select product_no, case_id, unnest(lots) as lot from joint_detail) y
        on y.product_no = x.product_no and y.lot = x.lot and y.case_id > x.case_id
    join joint_case o on o.pair_no = j.pair_no and o.case_id = y.case_id
    where j.n > $compare_all
),
levelled as (
    select
        c.product_no, c.case_id, c.other_case_id, x.validity_id, y.validity_id as other_draft_id,
        case
            when x.sex_no is null or y.sex_no is null then 0
            when x.sex_no = y.sex_no then 1
            else -1
        end as sex_level,
        (x.sex_alike + y.sex_alike) / 2 as sex_alike_1, x.sex_known,
        case
            when x.age_years is null or y.age_years is null then 0
            when abs(x.age_years - y.age_years) <= 1 then 1
            when abs(x.age_years - y.age_years) <= greatest(x.age_years, y.age_years) / 10 then 2
            else -1
        end as age_level,
        (x.age_alike_year + y.age_alike_year) / 2 as age_alike_1,
        (x.age_alike_tenth + y.age_alike_tenth) / 2 as age_alike_2, x.age_known,
        case
            when x.event_date_precision = 'day' and y.event_date_precision = 'day' then case
                when x.event_date = y.event_date then 1
                when abs(datediff('day', x.event_date, y.event_date)) <= 7 then 2
                else -1
            end
            else 0
        end as day_level,
        -- Within a month one day is like another.
        (x.event_alike + y.event_alike) / 2 as month_alike_1, x.event_known as month_known,
        month_alike_1 / 30.4 as day_alike_1, month_alike_1 * 14 / 30.4 as day_alike_2,
        x.event_known as day_known,
        case
            when x.event_month is null or y.event_month is null or day_level <> 0 then 0
            when x.event_month = y.event_month then 1
            else -1
        end as month_level,
        case
            when len(x.lots) = 0 or len(y.lots) = 0 then 0
            when list_has_any(x.lots, y.lots) then 1
            else -1
        end as lot_level,
        (x.lot_alike + y.lot_alike) / 2 as lot_alike_1, x.lot_known,
        case
            when x.country = y.country then 1
            when x.country is not null and y.country is not null then -1
            -- Masked to a region: known not to be of another one.
            when x.region <> y.region then -1
            else 0
        end as country_level,
        (x.country_alike + y.country_alike) / 2 as country_alike_1, x.country_known,
        if(abs(datediff('day', x.received, y.received)) <= 90, 1, -1) as receipt_level,
        (x.receipt_alike + y.receipt_alike) / 2 as receipt_alike_1, x.receipt_known
    from candidate c
    join joint_detail x on x.product_no = c.product_no and x.case_id = c.case_id
    join joint_detail y on y.product_no = c.product_no and y.case_id = c.other_case_id
),
possible as (
    select *
    from levelled
    where
        lot_level = 1
        or ((sex_level = -1)::int + (age_level = -1)::int + (day_level = -1)::int < 2
            and greatest(age_level, day_level, month_level) > 0)
),
drug as (
    select distinct validity_id, product as item
    from any_drug
    where product is not null and validity_id in (select validity_id from joint_detail)
),
event as (
    select distinct validity_id, event as item
    from any_event
    where validity_id in (select validity_id from joint_detail)
),
drugs as (
    select validity_id, count(*) as n
    from drug
    group by validity_id
),
events as (
    select validity_id, count(*) as n
    from event
    group by validity_id
),
two as (
    select distinct validity_id, other_draft_id
    from possible
),
drugs_shared as (
    select t.validity_id, t.other_draft_id, count(*) as n
    from two t
    join drug x on x.validity_id = t.validity_id
    join drug y on y.validity_id = t.other_draft_id and y.item = x.item
    group by t.validity_id, t.other_draft_id
),
events_shared as (
    select t.validity_id, t.other_draft_id, count(*) as n
    from two t
    join event x on x.validity_id = t.validity_id
    join event y on y.validity_id = t.other_draft_id and y.item = x.item
    group by t.validity_id, t.other_draft_id
),
beside as (
    -- Beside the product and the event that make the two cases of one pair.
    select
        p.*,
        dx.n - 1 as drugs_x, dy.n - 1 as drugs_y, greatest(coalesce(ds.n, 0) - 1, 0) as drugs_both,
        ex.n - 1 as events_x, ey.n - 1 as events_y,
        greatest(coalesce(es.n, 0) - 1, 0) as events_both
    from possible p
    join drugs dx on dx.validity_id = p.validity_id
    join drugs dy on dy.validity_id = p.other_draft_id
    join events ex on ex.validity_id = p.validity_id
    join events ey on ey.validity_id = p.other_draft_id
    left join drugs_shared ds
        on ds.validity_id = p.validity_id and ds.other_draft_id = p.other_draft_id
    left join events_shared es
        on es.validity_id = p.validity_id and es.other_draft_id = p.other_draft_id
),
beside_level as (
    select
        * exclude (validity_id, other_draft_id, drugs_x, drugs_y, drugs_both, events_x, events_y,
            events_both),
        case
            when least(drugs_x, drugs_y) = 0 then 0
            when 2 * drugs_both >= drugs_x + drugs_y - drugs_both then 1
            when drugs_both > 0 then 2
            else -1
        end as drugs_level,
        case
            when least(events_x, events_y) = 0 then 0
            when 2 * events_both >= events_x + events_y - events_both then 1
            when events_both > 0 then 2
            else -1
        end as events_level
    from beside
)
select * from beside_level
order by product_no, case_id, other_case_id
