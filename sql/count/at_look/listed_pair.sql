-- writes: work.listed_pair
-- reads: core.listed, core.event_group, core.event_group_member, work.product_code,
--   work.event_code, work.this_look
-- params: none
-- grain: product and event or event group that is on the list by this look
-- An event is on the list with a group that is; a group with all its events, each by its own date.
with known as (
    -- Rows known by the day of the look, with the events that each means: its own, or those of its
    -- group.
    select l.product_id, lower(coalesce(m.event, l.event)) as event, l.event_group, l.section,
        l.listed_since, l.checked
    from core.listed l
    left join core.event_group_member m using (event_group)
    where coalesce(l.event_group, l.event) is not null
        and (l.listed_since is null or l.listed_since <= (select as_of from this_look))
),
inside as (
    -- Event groups all of whose events are listed for the product.
    select k.product_id, m.event_group
    from core.event_group_member m
    join known k on k.event = lower(m.event) and k.checked
    group by k.product_id, m.event_group
    having count(distinct lower(m.event)) = (
        select count(*)
        from core.event_group_member a
        where a.event_group = m.event_group
    )
),
meant as (
    select k.product_id, e.event_no, k.section, k.listed_since, k.checked
    from known k
    join event_code e on lower(e.event) = k.event and e.event_kind = 'event'
    union
    select k.product_id, e.event_no, k.section, k.listed_since, k.checked
    from known k
    join core.event_group g using (event_group)
    join event_code e on e.event = g.label and e.event_kind = 'event_group'
    union
    select i.product_id, e.event_no, k.section, k.listed_since, k.checked
    from inside i
    join core.event_group g using (event_group)
    join event_code e on e.event = g.label and e.event_kind = 'event_group'
    join core.event_group_member m using (event_group)
    join known k on k.product_id = i.product_id and k.event = lower(m.event) and k.checked
),
said as (
    select distinct
        p.product_no, t.event_no, t.checked,
        concat_ws(
            ', ', if(t.checked, null, 'reported as listed, unchecked'), t.section,
            'since ' || t.listed_since
        ) as place
    from meant t
    join product_code p using (product_id)
)
select
    product_no, event_no, bool_or(checked) as listed,
    list_transform(
        list_sort(list({'unchecked': not checked, 'place': place})), lambda s: s.place
    ) as listing
from said
group by product_no, event_no
order by product_no, event_no
