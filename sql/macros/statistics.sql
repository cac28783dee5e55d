-- main.pv_*. The closed-form statistics as macros, for analysts to compute on any subset.
-- Cells: a = cases with product and event, b = product only, c = event only, d = neither.
-- They are the same numbers as pv.stats (a test holds the two together). An undefined value is
-- null where Python has nan. Cells that are null give null. Limits are two-sided 95%. None calls
-- another: a macro of an attached snapshot (pv.pv_ic) would look for it in the reader's database.
-- Aggregate distinct cases before use: select pv_prr(sum(a), sum(b), sum(c), sum(d)) collapses
-- strata, which can make a signal out of nothing; prefer sum(pv_expected(...)) and pv_ic_of.

-- Cases expected with both, were product and event unrelated: (a+b)(a+c)/N.
create or replace macro main.pv_expected(a, b, c, d) as
    (a::double + b) * (a::double + c) / nullif(a::double + b + c + d, 0);

-- Proportional reporting ratio [a/(a+b)]/[c/(c+d)] (Evans 2001). Infinite when c = 0 < a.
create or replace macro main.pv_prr(a, b, c, d) as
    case
        when a + b = 0 or c + d = 0 or (a = 0 and c = 0) then null
        when c = 0 then 'infinity'::double
        else (a::double / (a + b)) / (c::double / (c + d))
    end;

-- Variance of ln PRR, 1/a - 1/(a+b) + 1/c - 1/(c+d) without the subtractions. Null when a or c is 0.
create or replace macro main.pv_prr_log_variance(a, b, c, d) as
    b::double / nullif(a::double * (a + b), 0) + d::double / nullif(c::double * (c + d), 0);

-- Lower 95% limit of the PRR.
create or replace macro main.pv_prr_lower(a, b, c, d) as
    (a::double / nullif(a + b, 0)) / nullif(c::double / nullif(c + d, 0), 0)
    / exp(1.959963984540054 * sqrt(
        b::double / nullif(a::double * (a + b), 0) + d::double / nullif(c::double * (c + d), 0)
    ));

-- Upper 95% limit of the PRR.
create or replace macro main.pv_prr_upper(a, b, c, d) as
    (a::double / nullif(a + b, 0)) / nullif(c::double / nullif(c + d, 0), 0)
    * exp(1.959963984540054 * sqrt(
        b::double / nullif(a::double * (a + b), 0) + d::double / nullif(c::double * (c + d), 0)
    ));

-- Reporting odds ratio ad/(bc) (van Puijenbroek 2002). Null when any cell is 0.
create or replace macro main.pv_ror(a, b, c, d) as
    nullif(a::double * d, 0) / nullif(b::double * c, 0);

-- Variance of ln ROR (Woolf): 1/a + 1/b + 1/c + 1/d.
create or replace macro main.pv_ror_log_variance(a, b, c, d) as
    1 / nullif(a::double, 0) + 1 / nullif(b::double, 0)
    + 1 / nullif(c::double, 0) + 1 / nullif(d::double, 0);

-- Lower 95% limit of the ROR (ROR025).
create or replace macro main.pv_ror_lower(a, b, c, d) as
    nullif(a::double * d, 0) / nullif(b::double * c, 0)
    / exp(1.959963984540054 * sqrt(
        1 / nullif(a::double, 0) + 1 / nullif(b::double, 0)
        + 1 / nullif(c::double, 0) + 1 / nullif(d::double, 0)
    ));

-- Upper 95% limit of the ROR (ROR975).
create or replace macro main.pv_ror_upper(a, b, c, d) as
    nullif(a::double * d, 0) / nullif(b::double * c, 0)
    * exp(1.959963984540054 * sqrt(
        1 / nullif(a::double, 0) + 1 / nullif(b::double, 0)
        + 1 / nullif(c::double, 0) + 1 / nullif(d::double, 0)
    ));

-- Pearson's chi-squared, one degree of freedom. Null when a margin is 0.
create or replace macro main.pv_chi2(a, b, c, d) as
    (a::double + b + c + d) * pow(a::double * d - b::double * c, 2)
    / nullif((a::double + b) * (c::double + d) * (a::double + c) * (b::double + d), 0);

-- Chi-squared with Yates's continuity correction. Null when a margin is 0.
create or replace macro main.pv_chi2_yates(a, b, c, d) as
    (a::double + b + c + d)
    * pow(greatest(abs(a::double * d - b::double * c) - (a::double + b + c + d) / 2, 0), 2)
    / nullif((a::double + b) * (c::double + d) * (a::double + c) * (b::double + d), 0);

-- Relative reporting ratio a/E: observed over expected, not the PRR. Null when E = 0.
create or replace macro main.pv_rrr(a, b, c, d) as
    a::double * (a::double + b + c + d) / nullif((a::double + b) * (a::double + c), 0);

-- Information component log2[(n+1/2)/(E+1/2)] of n cases against E expected (Noren 2013). Use it
-- with a stratified expectation: pv_ic_of(sum(a), sum(expected)).
create or replace macro main.pv_ic_of(n, e) as
    log2((n::double + 0.5) / (e::double + 0.5));

-- Information component of one table, with E = (a+b)(a+c)/N.
create or replace macro main.pv_ic(a, b, c, d) as
    log2(
        (a::double + 0.5)
        / ((a::double + b) * (a::double + c) / nullif(a::double + b + c + d, 0) + 0.5)
    );

-- Exact lower 95% limit of the IC (IC025), log2 of the 2.5% quantile of Gamma(n + 1/2, rate E + 1/2), to
-- 1e-8 bits. n must be a whole number. pv_ic_lower(sum(a), sum(expected)) of strata.
create or replace macro main.pv_ic_lower(n, e) as
    -- The quantiles of up to 49 cases; from 50 on the expansion of Cornish and Fisher (Abramowitz
    -- and Stegun 26.4.14, with the terms of Fisher and Cornish 1960) at z = -1.959963984540054.
    log2(
        if(
            n < 50,
            [
            0.0004910345585876278, 0.10789764131194893, 0.41560580674333125, 0.8449345903386775,
            1.3501947499901792, 1.9078741261180496, 2.504375255905165, 3.1310688975216263,
            3.7820932247887833, 4.453258240993986, 5.141448891261431, 5.844275961226219,
            6.55986001246889, 7.2866913654108565, 8.023535847682446, 8.76936929073775,
            9.523330751587554, 10.284688315372495, 11.052813580584758, 11.82716227879651,
            12.607259319056254, 13.392687082768164, 14.183076145929924, 14.978097840956044,
            15.777458231333563, 16.580893184563468, 17.388164308345313, 18.19905557215765,
            19.01337047810872, 19.830929675757826, 20.651568938653238, 21.47513743774951,
            22.30149626016464, 23.130517131985016, 23.962081311793447, 24.79607862784032,
            25.632406636710915, 26.470969885266427, 27.311679260779517, 28.154451416719834,
            28.999208263699717, 29.84587651676692, 30.694387291605764, 31.544675743341298,
            32.39668074257954, 33.25034458409799, 34.10561272425319, 34.96243354372013,
            35.8207581326398, 36.68054009564184
            ][if(n >= 0, n::bigint + 1, null)],
            n::double + 0.5
            - 1.959963984540054 * sqrt(n::double + 0.5)
            + 0.9471529402313751
            + 0.17196185986461623 / sqrt(n::double + 0.5)
            - 0.06809954241743825 / (n::double + 0.5)
            - 0.03444176509221394 / pow(n::double + 0.5, 1.5)
            - 0.024394073942926014 / pow(n::double + 0.5, 2)
            - 0.015001812870610524 / pow(n::double + 0.5, 2.5)
        ) / (e::double + 0.5)
    );

-- Exact upper 95% limit of the IC (IC975), log2 of the 97.5% quantile of Gamma(n + 1/2, rate E + 1/2), to
-- 1e-8 bits. n must be a whole number. pv_ic_upper(sum(a), sum(expected)) of strata.
create or replace macro main.pv_ic_upper(n, e) as
    -- The quantiles of up to 49 cases; from 50 on the expansion of Cornish and Fisher (Abramowitz
    -- and Stegun 26.4.14, with the terms of Fisher and Cornish 1960) at z = 1.959963984540054.
    log2(
        if(
            n < 50,
            [
            2.511943093657444, 4.674201802248074, 6.4162509970150134, 8.006382137314663,
            9.511383899320816, 10.9600246305106, 12.367802442465774, 13.744196431721488,
            15.09550456081991, 16.426163430864847, 17.739437952863632, 19.0378136251779,
            20.3232345601376, 21.59725548307802, 22.86114290208726, 24.115944797225985,
            25.362540033140615, 26.60167427102822, 27.83398663213055, 29.060029867343165,
            30.28028586742186, 31.495177765551002, 32.70507950499977, 33.910323492126224,
            35.111206783217256, 36.307996134542925, 37.5009321609643, 38.690232788209585,
            39.87609614014518, 41.05870297011915, 42.23821872140453, 43.41479528364306,
            44.588572498378085, 45.75967945614476, 46.92823561934269, 48.09435179866661,
            49.25813100578389, 50.41966920090668, 51.579055950673286, 52.73637500915151,
            53.89170483266725, 55.04511903744439, 56.196686807634066, 57.346473260153054,
            58.49453977179071, 59.640944273247825, 60.78574151410339, 61.92898330214752,
            63.07071872004799, 64.21099432192015
            ][if(n >= 0, n::bigint + 1, null)],
            n::double + 0.5
            + 1.959963984540054 * sqrt(n::double + 0.5)
            + 0.9471529402313751
            - 0.17196185986461623 / sqrt(n::double + 0.5)
            - 0.06809954241743825 / (n::double + 0.5)
            + 0.03444176509221394 / pow(n::double + 0.5, 1.5)
            - 0.024394073942926014 / pow(n::double + 0.5, 2)
            + 0.015001812870610524 / pow(n::double + 0.5, 2.5)
        ) / (e::double + 0.5)
    );
