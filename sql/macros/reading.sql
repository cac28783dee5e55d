-- Temporary macros of the staging SQL.
-- What is written, as typed values; what cannot be read is null. The staging SQL puts the names of
-- such values into `unparsed`.
create or replace temp macro written(t) as nullif(trim(t), '');

-- Copies that passed through pandas show whole numbers as 67.0.
create or replace temp macro whole(t) as
    if(ends_with(trim(t), '.0'), left(trim(t), length(trim(t)) - 2), nullif(trim(t), ''));

-- YYYYMMDD, YYYYMM or YYYY: the first day of the interval that is written. The years before 1900
-- in the files are slips of the keyboard.
create or replace temp macro first_day(t) as
    if(
        regexp_full_match(t, '(19|20)[0-9]{2}([0-9]{2}([0-9]{2})?)?'),
        try_strptime(t || right('0101', 8 - length(t)), '%Y%m%d')::date,
        null
    );
-- Of such a date, once it could be read.
create or replace temp macro digits_precision(t) as
    case length(t) when 8 then 'day' when 6 then 'month' when 4 then 'year' end;

create or replace temp macro number(t) as
    if(regexp_full_match(t, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?'),
        if(isfinite(try_cast(t as double)), try_cast(t as double), null), null);
-- In our own layouts: 1.200 may be twelve hundred or one and a fifth, and is neither. A rate with
-- three decimals is common, but for one that ends with 0, which only a person writes.
create or replace temp macro figure(t) as
    if(regexp_full_match(t, '[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+'), null, number(t));
create or replace temp macro rate_figure(t) as
    if(regexp_full_match(t, '[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})*\.[0-9]{2}0'), null, number(t));
create or replace temp macro iso_day(t) as
    if(regexp_full_match(t, '(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}'),
        try_strptime(t, '%Y-%m-%d')::date, null);

-- MM/DD/YYYY.
create or replace temp macro american_day(t) as
    if(regexp_full_match(t, '[0-9]{2}/[0-9]{2}/(19|20)[0-9]{2}'),
        try_strptime(t, '%m/%d/%Y')::date, null);

-- Units of FAERS, of UCUM (E2B R3) and of E2B R2.
create or replace temp macro years_of(unit) as
    case upper(unit)
        when 'DEC' then 10.0
        when '10.A' then 10.0
        when '800' then 10.0
        when 'YR' then 1.0
        when 'A' then 1.0
        when '801' then 1.0
        when 'MON' then 1 / 12.0
        when 'MTH' then 1 / 12.0
        when 'MO' then 1 / 12.0
        when '802' then 1 / 12.0
        when 'WK' then 7 / 365.25
        when 'WEEK' then 7 / 365.25
        when '803' then 7 / 365.25
        when 'DY' then 1 / 365.25
        when 'DAY' then 1 / 365.25
        when 'D' then 1 / 365.25
        when '804' then 1 / 365.25
        when 'HR' then 1 / 8766.0
        when 'H' then 1 / 8766.0
        when '805' then 1 / 8766.0
        when 'MIN' then 1 / 525960.0
        when 'SEC' then 1 / 31557600.0
    end;

-- -1 and 999 are FAERS's fillers for an unknown age. An age that no person can have is not read.
create or replace temp macro no_age(t) as t is null or t in ('-1', '999');
create or replace temp macro age_in_years(t, unit) as
    case
        when no_age(t) then null
        when number(t) * years_of(unit) between 0 and 130 then number(t) * years_of(unit)
    end;

create or replace temp macro kilograms_of(unit) as
    case upper(unit)
        when 'KG' then 1.0
        when 'KILOGRAM' then 1.0
        when 'LBS' then 0.45359237
        when 'LB' then 0.45359237
        when 'POUND' then 0.45359237
        when 'GMS' then 0.001
        when 'G' then 0.001
        when 'GRAM' then 0.001
    end;
-- A weight that no person has is not read.
create or replace temp macro weight_in_kg(t, unit) as
    case
        when number(t) * kilograms_of(unit) between 0.2 and 650 then number(t) * kilograms_of(unit)
    end;
-- An amount, its unit out of a list of codes and how often: 20 Gram, 1 every 3 weeks.
create or replace temp macro listed_dose(amount, unit, often) as
    if(number(amount) > 0, whole(amount) || ' ' || unit || coalesce(', ' || often, ''), null);
-- Of an administration only what is coded: an amount, a short unit and how often. Where one of them
-- is a text of another form it is a text about a person for all that is known, and is left out.
create or replace temp macro coded_dose(amount, unit, often) as
    listed_dose(
        amount,
        if(regexp_full_match(unit, '[^\s0-9][^\s]{0,19}'), unit, null),
        if(regexp_full_match(often, '[^\s]{1,12}|([0-9.]+ )?every [0-9.]+ [a-z]+'), often, null)
    );
-- FAERS: yes, no, unknown, does not apply.
create or replace temp macro challenge_of(code) as
    case upper(code)
        when 'Y' then 'positive'
        when 'N' then 'negative'
        when 'U' then 'unknown'
        when 'D' then 'not_applicable'
    end;
-- Where a publication is found; its reference names its authors and may tell of a patient.
create or replace temp macro literature_number(t) as
    coalesce(
        'doi:' || nullif(rtrim(lower(regexp_extract(
            t, '(?:^|[^0-9.])(10\.[0-9]{4,9}/[A-Za-z0-9._()/:;-]{1,100})', 1
        )), '.;:-()'), ''),
        'PMID:' || nullif(regexp_extract(upper(t), 'PMID[: ]{0,3}([0-9]{1,8})', 1), '')
    );

-- From [if(written and null, 'field'), ...] the names of the values that were not read.
create or replace temp macro not_read(names) as list_filter(names, lambda n: n is not null);

-- The dashboard's marks for nothing.
create or replace temp macro said(t) as
    if(trim(t) in ('', '-', 'Not Specified'), null, trim(t));
create or replace temp macro said_list(t, delimiter) as
    list_filter(
        list_transform(string_split(coalesce(said(t), ''), delimiter), lambda n: trim(n)),
        lambda n: n not in ('', '-', 'Not Specified')
    );
-- 22-APR-2018, APR-2018 or 2018 (and 2018-04-22, should the workbook have gone through Excel).
create or replace temp macro dashboard_day(t) as
    case
        when regexp_full_match(t, '[0-9]{1,2}-[A-Za-z]{3}-(19|20)[0-9]{2}')
            then try_strptime(t, '%d-%b-%Y')::date
        when regexp_full_match(t, '[A-Za-z]{3}-(19|20)[0-9]{2}')
            then try_strptime('01-' || t, '%d-%b-%Y')::date
        when regexp_full_match(t, '(19|20)[0-9]{2}')
            then try_strptime(t || '0101', '%Y%m%d')::date
        else iso_day(left(t, 10))
    end;
-- Of such a date, once it could be read.
create or replace temp macro dashboard_precision(t) as
    case length(t) when 4 then 'year' when 8 then 'month' else 'day' end;

-- Canada Vigilance writes 02-JAN-15 or 2015-01-02. Its first reports are of 1965.
create or replace temp macro extract_day(t) as
    case
        when regexp_full_match(t, '[0-9]{1,2}-[A-Za-z]{3}-[0-9]{2}')
            then try_strptime(
                left(t, length(t) - 2) || if(right(t, 2) >= '60', '19', '20') || right(t, 2),
                '%d-%b-%Y'
            )::date
        else dashboard_day(t)
    end;
-- Some files fill numbers up with zeros.
create or replace temp macro unpadded(t) as
    if(regexp_full_match(trim(t), '[0-9]+'), coalesce(nullif(ltrim(trim(t), '0'), ''), '0'),
        nullif(trim(t), ''));
-- Units of age in the words of agencies, English and Portuguese.
create or replace temp macro unit_of(word) as
    case
        when regexp_full_match(lower(word), 'decades?|décadas?') then 'DEC'
        when regexp_full_match(lower(word), 'years?|anos?') then 'YR'
        when regexp_full_match(lower(word), 'months?|m[eê]s(es)?') then 'MON'
        when regexp_full_match(lower(word), 'weeks?|semanas?') then 'WK'
        when regexp_full_match(lower(word), 'days?|dias?') then 'DY'
        when regexp_full_match(lower(word), 'hours?|horas?') then 'HR'
    end;
-- VigiMed: traces of a spreadsheet's line ends, and lists parted by |.
create or replace temp macro unbroken(t) as written(replace(t, '_x000D_', ' '));
create or replace temp macro bar_list(t) as
    list_filter(
        list_transform(string_split(coalesce(unbroken(t), ''), '|'), lambda n: trim(n)), lambda n: n <> ''
    );
-- Doses in a cell of text: those that are an amount and its unit, as they are written.
create or replace temp macro told_doses(t) as
    nullif(array_to_string(list_sort(list_distinct(list_filter(
        bar_list(t), lambda n: regexp_full_match(n, '[0-9]+([.,][0-9]+)?\s?[^\s0-9.,][^\s]{0,19}')
    ))), '; '), '');
-- The digits of a day that may have a time after it.
create or replace temp macro day_digits(t) as regexp_extract(t, '^[0-9]{1,8}');
-- EudraVigilance: items parted by ,<BR><BR>, and its words for nothing.
create or replace temp macro listing_items(t) as
    list_filter(
        list_transform(
            string_split(coalesce(written(t), ''), '<BR><BR>'), lambda n: trim(rtrim(trim(n), ','))
        ),
        lambda n: n <> '' and lower(n) not in ('not reported', '[not reported]', 'n/a', '-')
    );
create or replace temp macro listing_word(t) as
    if(lower(trim(t)) in ('', 'not reported', 'not available', 'n/a', '-'), null, trim(t));

-- Individual case safety reports (work.raw_icsr_report). A text that begins with chr(1) is a
-- null flavor, chr(2) a value that cannot be read.
create or replace temp macro written_value(t) as
    if(starts_with(t, chr(1)) or starts_with(t, chr(2)), null, nullif(trim(t), ''));
create or replace temp macro is_written(t) as
    coalesce(trim(t) <> '' and not starts_with(t, chr(1)), false);
create or replace temp macro null_reason(name, t) as
    if(starts_with(t, chr(1)), name || '=' || substr(t, 2), null);
-- CCYYMMDDHHMMSS.UUUU[+|-ZZzz], cut where the precision ends (E2B R3; R2 with the formats 602, 610,
-- 102, 203 and 204): the day as it is written, where it was written.
create or replace temp macro icsr_digits(t) as
    nullif(regexp_extract(
        trim(t), '^([0-9]{4}([0-9]{2}){0,5})([.][0-9]{1,6})?([+-][0-9]{2}([0-9]{2})?)?$', 1), '');
create or replace temp macro icsr_day(t) as first_day(left(icsr_digits(t), 8));
create or replace temp macro icsr_precision(t) as digits_precision(left(icsr_digits(t), 8));
-- Seriousness: R3 writes true or NI (the criterion is not met), R2 1 or 2.
create or replace temp macro icsr_flag(t) as
    case when t in ('1', 'true') then true when t in ('2', 'false', chr(1) || 'NI') then false end;
