"""What must not be in a snapshot, and what the audit says of it before anything is published."""

from pathlib import Path

import pytest

from pv.errors import PublishError
from pv.warehouse import publish
from pv.warehouse.relations import rows

REPORTS = """
    times | received   | country | drugs   | events
    4     | 2023-01-15 | ES      | KYMRIAH | Deafness
    9     | 2023-01-15 | ES      | ASPIRIN | Nausea
"""
EXPOSURE = """
insert into core.exposure by name
select
    brand as product, product_id, 'ES' as country, date '2022-01-01' as period_start,
    date '2022-12-31' as period_end, 10 as patients
from core.product
where brand = 'Kymriah'
"""
EXEMPT = "update core.product set authorisation = 'hospital_exemption' where brand = 'Kymriah'"
WRONG = {
    "delete from mart.signal where event = 'Deafness'": "mart.signal has another number of rows",
    "insert into mart.possible_duplicate values ('P', 'E', 'event', 1, 999999, 0.9, [])":
        "a possible duplicate that does not count",
    "update core.case set is_master = false": "a duplicate group without exactly one master",
    "insert into core.case from core.case": "a case twice",
    EXEMPT: "exposure under hospital exemption: Kymriah",
    "update mart.country_margin set n_cases = n_cases + 1": "margins do not add up",
}  # fmt: skip


def test_a_snapshot_that_cannot_be_right_is_not_published(world, tmp_path: Path) -> None:
    world.report(REPORTS)
    world.signals()
    world.con.execute(EXPOSURE)
    assert rows(world.con, "audit/snapshot_is_whole") == []

    found = {}
    for wrong in WRONG:
        world.con.execute("begin")
        world.con.execute(wrong)
        found[wrong] = [failure for (failure,) in rows(world.con, "audit/snapshot_is_whole")]
        world.con.execute("rollback")
    assert [w for w, said in WRONG.items() if not any(f.startswith(said) for f in found[w])] == []

    world.con.execute(EXEMPT)
    with pytest.raises(PublishError, match="exposure under hospital exemption: Kymriah"):
        publish.build(world.con, tmp_path / "snapshot", tmp_path / "none", 10**9)
    assert not list((tmp_path / "snapshot").rglob("*.parquet"))
