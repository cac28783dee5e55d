-- main.pv_*. Statistics pooled over the rows of a group, a row a stratum: aggregates, so that
-- select pv_pooled_ic(a, b, c, d) ... group by product gives one value a product. They are the same
-- numbers as pv.stats (a test holds the two together). Take strata that hold the zeros too
-- (pairs_by_country_with_zeros): a country without a case of both adds what is expected there. An
-- empty stratum adds nothing. Undefined values and names are those of statistics.sql, and none
-- calls another.

-- Cases expected with both over the strata, sum of (a+b)(a+c)/N.
create or replace macro main.pv_pooled_expected(a, b, c, d) as
    sum((a::double + b) * (a::double + c) / nullif(a::double + b + c + d, 0));

-- Information component of the strata, log2[(sum a + 1/2)/(sum E + 1/2)]. For its limits: pv_ic_lower
-- and pv_ic_upper of sum(a) and pv_pooled_expected(a, b, c, d).
create or replace macro main.pv_pooled_ic(a, b, c, d) as
    log2(
        (sum(a::double) + 0.5)
        / (sum((a::double + b) * (a::double + c) / nullif(a::double + b + c + d, 0)) + 0.5)
    );

-- Mantel-Haenszel odds ratio, sum(ad/N) / sum(bc/N). Infinite when only the divisor is 0.
create or replace macro main.pv_mh_ror(a, b, c, d) as
    if(
        sum(b::double * c / nullif(a::double + b + c + d, 0)) = 0
            and sum(a::double * d / nullif(a::double + b + c + d, 0)) > 0,
        'infinity'::double,
        sum(a::double * d / nullif(a::double + b + c + d, 0))
        / nullif(sum(b::double * c / nullif(a::double + b + c + d, 0)), 0)
    );

-- Variance of the logarithm of pv_mh_ror (Robins, Breslow and Greenland 1986). Null when one of its
-- two sums is 0.
create or replace macro main.pv_mh_ror_log_variance(a, b, c, d) as
    sum((a::double + d) * a * d / nullif(pow(a::double + b + c + d, 2), 0))
    / nullif(2 * pow(sum(a::double * d / nullif(a::double + b + c + d, 0)), 2), 0)
    + sum(
        ((a::double + d) * b * c + (b::double + c) * a * d) / nullif(pow(a::double + b + c + d, 2), 0)
    )
    / nullif(
        2 * sum(a::double * d / nullif(a::double + b + c + d, 0))
        * sum(b::double * c / nullif(a::double + b + c + d, 0)), 0
    )
    + sum((b::double + c) * b * c / nullif(pow(a::double + b + c + d, 2), 0))
    / nullif(2 * pow(sum(b::double * c / nullif(a::double + b + c + d, 0)), 2), 0);

-- Mantel-Haenszel proportional reporting ratio, sum(a(c+d)/N) / sum(c(a+b)/N). Infinite when only
-- the divisor is 0.
create or replace macro main.pv_mh_prr(a, b, c, d) as
    if(
        sum(c::double * (a + b) / nullif(a::double + b + c + d, 0)) = 0
            and sum(a::double * (c + d) / nullif(a::double + b + c + d, 0)) > 0,
        'infinity'::double,
        sum(a::double * (c + d) / nullif(a::double + b + c + d, 0))
        / nullif(sum(c::double * (a + b) / nullif(a::double + b + c + d, 0)), 0)
    );

-- Variance of the logarithm of pv_mh_prr (Greenland and Robins 1985). Null when one of its two sums
-- is 0.
create or replace macro main.pv_mh_prr_log_variance(a, b, c, d) as
    sum(
        (a::double + b) * (c::double + d) * (a::double + c)
        / nullif(pow(a::double + b + c + d, 2), 0)
        - a::double * c / nullif(a::double + b + c + d, 0)
    )
    / nullif(
        sum(a::double * (c + d) / nullif(a::double + b + c + d, 0))
        * sum(c::double * (a + b) / nullif(a::double + b + c + d, 0)), 0
    );

-- Cochran's chi-squared over the strata with continuity correction. Null without variance.
create or replace macro main.pv_mh_chi2_yates(a, b, c, d) as
    pow(
        greatest(
            abs(
                sum(a::double)
                - sum((a::double + b) * (a::double + c) / nullif(a::double + b + c + d, 0))
            ) - 0.5,
            0
        ), 2
    )
    / nullif(
        sum(
            (a::double + b) * (a::double + c) * (c::double + d) * (b::double + d)
            / nullif(pow(a::double + b + c + d, 3), 0)
        ), 0
    );

-- A limit of a ratio from its logarithm's variance: z = -1.959963984540054 for the lower 95% limit,
-- 1.959963984540054 for the upper. pv_limit(pv_mh_ror(...), pv_mh_ror_log_variance(...), z).
create or replace macro main.pv_limit(ratio, log_variance, z) as
    ratio::double * exp(z::double * sqrt(log_variance::double));
