"""What is left out before two cases are weighed could not have been linked."""

import duckdb
import pytest

from pv.cases import weighing
from pv.dictionary import table
from pv.dictionary.ddl import create
from pv.spec import AnalysisSpec
from pv.spec.duplicates import Duplicates

# Few values, so that cases agree often; a third is unknown.
CASES = """
insert into compared_version by name
with drawn as (
    select i, date '2020-01-10' + [0, 2, 9, 40, null][1 + (hash(i, 4) % 5)::bigint] as day
    from range(300) t(i)
)
select
    i as version_no, i as case_id, 1000000 as cases_known, 'faers' as source,
    ['F', 'M', null][1 + (hash(i, 1) % 3)::bigint] as sex,
    [30.0, 30.3, 31.2, 33.0, 60.0, null][1 + (hash(i, 2) % 6)::bigint] as age_years,
    ['FR', 'DE', null][1 + (hash(i, 3) % 3)::bigint] as country,
    if(hash(i, 9) % 5 < 3, day, null) as event_day, year(day) * 12 + month(day) as event_month,
    date '2019-06-01' + [0, 2, 30, null][1 + (hash(i, 5) % 4)::bigint] as start_day,
    date '2020-03-01' as received, date '2020-03-01' as receipt_date, 'A' || i as sender,
    'A' as product, ['A'] as product_list, 'x' as event, ['x'] as event_list,
    [['l'], ['m'], ['l', 'm'], []][1 + (hash(i, 6) % 4)::bigint]::varchar[] as lots,
    0.00001 as tf_product, 0.00001 as tf_event, 0.001 as tf_age, 0.1 as tf_country,
    0.0001 as tf_day, 0.001 as tf_start, 0.001 as tf_lot
from drawn
"""
PAIRS = """
insert into candidate_pair by name
select a.version_no, b.version_no as other_version_no, 1 as valid_from_look, 2 as valid_to_look
from compared_version a
join compared_version b on b.version_no > a.version_no
"""


def weighed(spec: Duplicates) -> dict[tuple[int, int], float]:
    """Bits of what tells persons apart, of each pair that was weighed."""
    with duckdb.connect() as con:
        for relation in ("work.compared_version", "work.candidate_pair"):
            con.execute(create(table(relation)))
        con.execute(CASES)
        con.execute(PAIRS)
        weighing.weigh(con, spec)
        personal = " + ".join(f"weight_{field}" for field in weighing.PERSONAL)
        rows = con.execute(f"select version_no, other_version_no, {personal} from weighed_pair")
        return {(left, right): bits for left, right, bits in rows.fetchall()}


@pytest.mark.parametrize("least", [1.0, 5.5, 9.0])
def test_a_pair_that_is_not_weighed_could_not_have_reached_the_bits(least: float) -> None:
    shipped = AnalysisSpec.load().duplicates
    everything = weighed(shipped.model_copy(update={"least_personal": -1e6}))
    chosen = weighed(shipped.model_copy(update={"least_personal": least}))

    assert {pair for pair, bits in everything.items() if bits >= least} <= chosen.keys()
    assert chosen.items() <= everything.items()
    assert len(chosen) < len(everything)
