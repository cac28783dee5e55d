-- writes: work.text_rank
-- reads: work.version_drug, work.version_event
-- params: none
-- grain: product or event of a version
-- In this order products and events make blocks (sql/core/compared). Any order does that has nothing
-- to do with how common they are; it is DuckDB's hash, which no other engine has.
with coded as (
    select product as text
    from version_drug
    where product is not null
    union
    select event
    from version_event
)
select text, (hash(text) >> 1)::bigint as text_rank
from coded
