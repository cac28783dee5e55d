-- writes: work.onset_before
-- reads: work.placed_case, work.look, work.place_total
-- params: none
-- grain: place and event with cases whose onset came before the product was given
select t.total_no as place_no, c.window_event_no, count(*) as n_before
from placed_case c
join place_total t using (place_no)
where c.delay_high < 0 and c.valid_to_look > (select max(look_no) from look)
group by t.total_no, c.window_event_no
order by t.total_no, c.window_event_no
