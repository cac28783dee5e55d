-- Why: exposure may be given as a total from the first authorisation on (column cumulative).
alter table staging.exposure add column cumulative double;
