-- Why: a case of a designated late event is told once, from the night it arrives, and stays on the
-- list when its source takes it back; no file says which night told it.
create table ops.case_alert (
    case_id bigint not null,
    product varchar not null,
    event varchar not null,
    terms varchar[] not null,
    country varchar,
    region varchar,
    first_receipt_date date not null,
    receipt_date date not null,
    serious boolean,
    fatal boolean,
    time_to_onset_days_low integer,
    time_to_onset_days_high integer,
    latency_window varchar,
    alerted_on date not null,
    alerted_by varchar
);
