-- writes: mart.power
-- reads: work.window_power, work.window_count, work.exposed_place, work.window_event,
--   work.latency_window
-- params: none
-- grain: row of mart.rate_window
select
    p.product, e.event, e.event_kind, w.latency_window, p.country, c.person_years, c.expected,
    d.critical_n, d.detection_rr2, d.detection_rr5, d.detection_rr10, d.minimal_rr,
    d.person_years_needed, d.patients_needed
from window_power d
join window_count c using (row_no)
join exposed_place p using (place_no)
join window_event e using (window_event_no)
join latency_window w using (window_no)
order by d.row_no
