-- Why: reports tell whether the reaction abated and came back, dose and end of a therapy, weight and
-- publication. Files that were read before have them when they are read again. FDA's types of report
-- became words.
alter table staging.report add column literature boolean;
alter table staging.report add column literature_id varchar;
alter table staging.report add column weight_kg double;
alter table staging.report_drug add column end_date date;
alter table staging.report_drug add column end_date_precision varchar;
alter table staging.report_drug add column dose varchar;
alter table staging.report_drug add column dechallenge varchar;
alter table staging.report_drug add column rechallenge varchar;
alter table staging.report_therapy add column end_date date;
alter table staging.report_therapy add column end_date_precision varchar;
update staging.report
set report_type = case report_type
    when 'EXP' then 'expedited'
    when 'PER' then 'periodic'
    when 'DIR' then 'direct'
    when '5DAY' then '5-day'
    else '30-day'
end
where source = 'faers' and report_type in ('EXP', 'PER', 'DIR', '5DAY', '30DAY');
