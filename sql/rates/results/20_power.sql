-- mart.power. grain: that of mart.rate_window. params: none
insert into mart.power
select
    s.product, e.event, e.event_kind, w.latency_window, s.country, c.person_years, c.expected,
    p.critical_n::bigint as critical_n, p.detection_rr2, p.detection_rr5, p.detection_rr10,
    p.minimal_rr, p.person_years_needed, p.patients_needed
from window_power_columns p
join window_columns c using (row_no)
join window_scope s using (scope_key)
join window_event e using (event_key)
join latency_window w using (window_key)
order by p.row_no;
