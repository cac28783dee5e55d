-- writes: main.country_power (view)
-- reads: mart.country_power
-- params: none
-- grain: pair that the pool flags and country
-- What each country could have seen of a pair that the pool flags: cases, expected, cases needed
-- for the rule and the probability of that many; also where no case has both
select *
from mart.country_power
