-- mart.time_to_onset. grain: one row per advanced therapy, event and day. params: none
-- Only onsets before the data lock point can be reported: the share is of onsets within tmax_days.
insert into mart.time_to_onset
select
    p.product, e.event, e.event_kind, o.days::integer as days, o.onset_share_low,
    o.onset_share_high, o.onset_share_lower, o.onset_share_upper, o.tmax_days::integer as tmax_days,
    o.n_dated::bigint as n_dated, o.n_used::bigint as n_used,
    o.reliable_from_days::integer as reliable_from_days,
    format(
        'Of onsets within {} days of administration, the longest follow-up of a reported case, {} '
        || 'came by day {}. Later onsets cannot be known yet.',
        o.tmax_days::integer,
        if(
            round(100 * o.onset_share_low) = round(100 * o.onset_share_high),
            format('{:.0f}%', 100 * o.onset_share_low),
            format('{:.0f} to {:.0f}%', 100 * o.onset_share_low, 100 * o.onset_share_high)
        ),
        o.days::integer
    ) as statement
from onset_columns o
join product_code p on p.product_no = o.product_key
join window_event e using (event_key)
order by p.product, e.event, e.event_kind, o.days;
