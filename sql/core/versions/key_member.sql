-- writes: work.key_member
-- reads: work.shared_key, work.current_version, work.version_validity
-- params: none
-- grain: shared key, stretch of looks at which it links, and case it then links
-- A key that more than ten cases share is a habit of reporting ("UNKNOWN", one date for a whole
-- series), not a duplicate, and links nobody. A key that links few cases at one look may be shared
-- by many at the next, and the reverse.
with span as (
    select k.key_no, k.match_rule, k.case_id, k.links, v.valid_from_look, v.valid_to_look
    from shared_key k
    join current_version d using (version_no)
    join version_validity v on v.file_id = d.file_id and v.line = d.line
),
change as (
    select key_no, valid_from_look as look_no, 1 as cases, links::int as links
    from span
    union all
    select key_no, valid_to_look, -1, -links::int
    from span
    where valid_to_look < 2147483647
),
stretch as (
    select
        key_no, look_no as valid_from_look, lead(look_no, 1, 2147483647) over by_look as valid_to_look,
        sum(sum(cases)) over by_look as cases, sum(sum(links)) over by_look as links
    from change
    group by key_no, look_no
    window by_look as (partition by key_no order by look_no)
),
final as (
    select
        s.key_no, m.match_rule, m.case_id, s.valid_from_look, s.valid_to_look,
        min(m.case_id) over (partition by s.key_no, s.valid_from_look) as first_case_id
    from stretch s
    join span m
        on m.key_no = s.key_no and m.valid_from_look <= s.valid_from_look and m.valid_to_look > s.valid_from_look
    where s.cases between 2 and 10 and s.links > 0
)
select * from final
order by key_no, valid_from_look, case_id
