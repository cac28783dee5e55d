-- writes: work.placed_case
-- reads: work.window_case, work.valid_stratum, work.exposed_place, work.place_cover
-- params: none
-- grain: row of work.window_case and place whose exposure may count its patient
-- A case counts if its patient is among those that the exposure counts: treated on a day that it
-- covers, by the start date; without one, first received on such a day (as in mart.rate).
-- Person-years given directly are nobody's: there the onset lies on a covered day, in place of the
-- start.
with placed as (
    select c.*, p.place_no
    from window_case c
    join valid_stratum s using (stratum_no)
    join exposed_place p
        on p.product = c.product and not p.is_sum and (p.is_world or p.country = s.country)
),
held as (
    select
        c.validity_id, c.place_no, c.window_event_no, c.valid_from_look, c.valid_to_look, c.delay_low,
        c.delay_high, c.first_receipt_date, d.covered_from, d.covered_until,
        if(d.of_patients, c.start_low, c.onset_low) as day_low,
        if(d.of_patients, c.start_high, c.onset_high) as day_high
    from placed c
    join place_cover d using (place_no)
),
judged as (
    select
        validity_id, place_no, window_event_no, valid_from_look, valid_to_look, delay_low, delay_high,
        bool_or(if(
            day_low is null, first_receipt_date between covered_from and covered_until,
            day_low >= covered_from and day_high <= covered_until
        )) as surely_exposed,
        bool_or(if(
            day_low is null, first_receipt_date >= covered_from,
            day_high >= covered_from and day_low <= covered_until
        )) as maybe_exposed
    from held
    group by validity_id, place_no, window_event_no, valid_from_look, valid_to_look, delay_low, delay_high
)
select * exclude (maybe_exposed)
from judged
where maybe_exposed
