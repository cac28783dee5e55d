-- writes: core.earlier_event
-- reads: work.counted_version, work.version_event
-- params: none
-- grain: event of a version that counted at an earlier look only
select c.validity_id, e.* exclude (version_no)
from counted_version c
join version_event e using (version_no)
where not c.is_own
order by c.validity_id, e.event_seq
