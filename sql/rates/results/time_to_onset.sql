-- writes: mart.time_to_onset
-- reads: work.onset_curve, work.product_code, work.window_event
-- params: none
-- grain: advanced therapy, event and day, where at least 5 cases have dates
-- Only onsets before the data lock point can be reported: the share is of onsets within tmax_days.
select
    p.product, e.event, e.event_kind, o.days, o.onset_share_low, o.onset_share_high,
    o.onset_share_lower, o.onset_share_upper, o.tmax_days, o.n_dated, o.n_used,
    o.reliable_from_days,
    format(
        'Of onsets within {} days of administration, the longest follow-up of a reported case, {} '
        || 'came by day {}. Later onsets cannot be known yet.',
        o.tmax_days,
        if(
            round(100 * o.onset_share_low) = round(100 * o.onset_share_high),
            format('{:.0f}%', 100 * o.onset_share_low),
            format('{:.0f} to {:.0f}%', 100 * o.onset_share_low, 100 * o.onset_share_high)
        ),
        o.days
    ) as statement
from onset_curve o
join product_code p using (product_no)
join window_event e using (window_event_no)
order by p.product, e.event, e.event_kind, o.days
