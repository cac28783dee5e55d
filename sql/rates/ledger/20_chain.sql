-- ops.alpha_ledger. grain: one row per chain of a key. params: $design, $design_version
-- reads look_key, chain_state and walked_chain (chains that were opened or closed, by key_no). A chain that
-- closes replaces its open row; its design stays that of the night that opened it.
create or replace temp table ledger_row as
select
    k.product,
    k.event,
    k.event_kind,
    k.latency_window,
    k.country,
    w.chain_no::integer as chain_no,
    w.opened_on::date as opened_on,
    w.horizon,
    w.minimum_events::integer as minimum_events,
    w.delay,
    w.alpha,
    w.alpha_spent,
    w.critical_value,
    w.chain_status,
    w.closed_on::date as closed_on,
    w.n_at_signal::bigint as n_at_signal,
    w.expected_at_signal,
    w.n_start::bigint as n_start,
    w.expected_start,
    coalesce(l.design, $design) as design,
    coalesce(l.design_version, $design_version) as design_version,
    s.late_alpha,
    s.late_windows
from walked_chain as w
join look_key as k using (key_no)
join chain_state as s using (key_no)
left join ops.alpha_ledger as l
    on l.product = k.product and l.event = k.event and l.event_kind = k.event_kind
    and l.latency_window = k.latency_window and l.country = k.country
    and l.chain_no = w.chain_no;

delete from ops.alpha_ledger as l
using ledger_row as r
where l.product = r.product and l.event = r.event and l.event_kind = r.event_kind
    and l.latency_window = r.latency_window and l.country = r.country
    and l.chain_no = r.chain_no;

insert into ops.alpha_ledger by name
select *
from ledger_row
order by product, event, event_kind, latency_window, country, chain_no
