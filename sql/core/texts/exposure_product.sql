-- writes: work.exposure_product
-- reads: staging.exposure
-- params: none
-- grain: product as an exposure file writes it
select distinct product
from staging.exposure
where product is not null
