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

-- APPROXIMATE lower 95% limit of the IC: off by about 0.05, since there is no gamma quantile in SQL.
-- Decisions use the exact ic025 column of the tables, never this.
create or replace macro main.pv_ic_lower_approx(n, e) as
    log2((n::double + 0.5) / (e::double + 0.5)) - 3.3 * pow(n::double + 0.5, -0.5) - 2 * pow(n::double + 0.5, -1.5);

-- APPROXIMATE upper 95% limit of the IC: off by about 0.05. Not for decisions.
create or replace macro main.pv_ic_upper_approx(n, e) as
    log2((n::double + 0.5) / (e::double + 0.5)) + 2.4 * pow(n::double + 0.5, -0.5) - 0.5 * pow(n::double + 0.5, -1.5);
