-- main views of the rate arm. params: none
create or replace view main.rate_windows as
select * from mart.rate_window;
comment on view main.rate_windows is
    'Cases against person-time and background by latency window, with the state of each: signal, '
    'excluded, inconclusive or not yet observable';

create or replace view main.power as
select * from mart.power;
comment on view main.power is
    'What each latency window can show: probability of detection, detectable rate ratio, patients '
    'and person-years needed';

create or replace view main.time_to_onset as
select * from mart.time_to_onset;
comment on view main.time_to_onset is
    'Share of onsets by day since administration, corrected for onsets still to come';
