"""Clusters of an event in one lot or from one sender, told from signals of the product."""

import pytest
from scipy import stats

CLUSTER = (
    "select cluster_of, n_clustered, n_unit, n_event_named, n_named, expected_clustered, cluster_p "
    "from mart.lot_cluster where event = 'Deafness' and event_kind = 'event' "
    "and cluster_kind = $kind"
)


def clusters(world, kind: str) -> list[tuple]:
    return world.con.execute(CLUSTER, {"kind": kind}).fetchall()


def lots(world, *rows: tuple[str, str, int, int]) -> None:
    """Cases of Kymriah of a lot (or none) in a country: so many, of which so many are deaf."""
    for lot, country, n, deaf in rows:
        before = world.all("select coalesce(max(line), 0) from staging.report")[0][0]
        for event, times in (("Deafness", deaf), ("Nausea", n - deaf)):
            if times:
                world.report(f"""
                    times   | country   | drugs   | events
                    {times} | {country} | KYMRIAH | {event}
                """)
        if lot:
            world.con.execute(
                "update staging.report_drug set lot_hmac = $lot where line > $before",
                {"lot": lot, "before": before},
            )


def test_a_lot_whose_cases_have_the_event_is_a_cluster_by_its_countrys_other_lots(world) -> None:
    lots(world, ("bad", "DE", 10, 8), ("a", "DE", 12, 1), ("b", "DE", 10, 1), ("", "DE", 30, 0),
         ("c", "FR", 20, 2))  # fmt: skip
    world.signals()

    ((lot, n, n_unit, n_event, n_named, expected, p),) = clusters(world, "lot")

    assert (lot, n, n_unit, n_event, n_named) == ("bad", 8, 10, 8 + 1 + 1, 10 + 12 + 10)
    assert expected == pytest.approx(10 * 10 / 32)
    assert p == pytest.approx(stats.hypergeom.sf(8 - 1, 32, 10, 10))
    said = world.all("select lot_cluster, reasons from mart.signal where event = 'Deafness'")
    assert said[0][0]
    assert world.all("select distinct lot_cluster from mart.signal where event = 'Nausea'") == [
        (False,)
    ]


def test_a_country_where_every_lot_has_the_event_is_no_cluster(world) -> None:
    """The event is frequent in the country, not in the lot: in one pooled table it would be."""
    lots(world, ("a", "DE", 8, 7), ("b", "DE", 8, 7), ("c", "FR", 30, 0), ("d", "FR", 30, 0))
    world.signals()

    assert clusters(world, "lot") == []


def test_lots_of_one_patient_each_cannot_cluster(world) -> None:
    lots(world, *((f"patient {i}", "DE", 1, 1) for i in range(6)), ("", "DE", 20, 0))
    world.signals()

    assert clusters(world, "lot") == []


def test_a_cluster_is_found_over_the_countries_of_a_lot_together(world) -> None:
    """Two cases in each of four countries: no country has the three that the rule asks for."""
    for country in ("DE", "FR", "IT", "JP"):
        lots(world, ("bad", country, 2, 2), ("a", country, 9, 0), ("b", country, 9, 1))
    world.signals()

    ((lot, n, *_),) = clusters(world, "lot")
    assert (lot, n) == ("bad", 8)
    assert world.all("select countries from mart.lot_cluster where event = 'Deafness'") == [
        (["DE", "FR", "IT", "JP"],)
    ]


def test_a_sender_that_tells_of_one_event_alone_is_a_cluster(world) -> None:
    world.report("""
        times | country | sender | drugs   | events
        9     | DE      | ACME   | KYMRIAH | Deafness
        20    | DE      | OTHER  | KYMRIAH | Nausea
        1     | DE      | OTHER  | KYMRIAH | Deafness
    """)
    world.signals()

    assert [row[:2] for row in clusters(world, "sender")] == [("ACME", 9)]


def test_products_outside_the_scope_are_not_asked(world) -> None:
    world.report("""
        times | country | sender | drugs   | events
        9     | DE      | ACME   | ASPIRIN | Deafness
        20    | DE      | OTHER  | ASPIRIN | Nausea
    """)
    world.signals()

    assert world.all("from mart.lot_cluster") == []
