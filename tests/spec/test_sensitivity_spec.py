"""Sensitivity: what is left of a pair on fewer cases, each figure counted again by hand."""

import math
from datetime import date

import pytest
from scipy import stats

# No country flags on its own few cases; five of them together do.
_OTHERS = """
    times | received   | country | drugs   | events
    6     | 2023-01-15 | {0}     | KYMRIAH | Nausea
    3     | 2023-01-15 | {0}     | ASPIRIN | {1}
    400   | 2023-01-15 | {0}     | ASPIRIN | Nausea
"""
T_CELL = "T-cell lymphoma"
FDA_NOTICE = date(2023, 11, 28)


def _others(world, countries: tuple[str, ...], event: str = "Deafness") -> None:
    for country in countries:
        world.report(_OTHERS.format(country, event))


def _block(world, event: str = "Deafness") -> dict[str, tuple]:
    """(n, expected, ic025, stands) of each variant of the cases of Kymriah and the event; other
    comparators are counted in test_comparators_spec.py."""
    found = world.all(
        "select variant, n, expected, ic025, stands from mart.sensitivity "
        f"where product = 'Kymriah' and event = '{event}' and event_kind = 'event' "
        "and variant not in ('therapeutic_area', 'unmasked', 'beyond_listed')"
    )
    return {variant: tuple(rest) for variant, *rest in found}


def _ic025(n: int, expected: float) -> float:
    return math.log2(stats.gamma.ppf(0.025, n + 0.5) / (expected + 0.5))


def test_every_variant_has_its_own_cases_and_expectation(world) -> None:
    """DE has two of six cases, two report one person, one has no country."""
    _others(world, ("DE", "FR", "IT", "ES"))
    world.report("""
        country | sex | age | onset      | drugs   | events
        DE      | F   | 54  | 2023-03-02 | KYMRIAH | Deafness
        DE      | M   | 21  | 2021-01-09 | KYMRIAH | Deafness
        FR      | F   | 54  | 2023-03-02 | KYMRIAH | Deafness
        IT      | M   | 31  | 2023-06-20 | KYMRIAH | Deafness
        ES      | M   | 77  | 2020-06-22 | KYMRIAH | Deafness
                | F   | 9   | 2022-09-11 | KYMRIAH | Deafness
    """)
    world.report("""
        times | received   | country | drugs   | events
        100   | 2023-01-15 |         | ASPIRIN | Nausea
    """)
    world.signals(n_min=5)
    de, fr = 8 * 5 / 411, 7 * 4 / 410
    unknown = 1 * 1 / 101
    # Of the two reports of one person that of DE counts, whose number comes first.
    joined = 6 * 3 / 409
    expected = {
        "as_counted": (6, de + 3 * fr + unknown),
        "without_possible_duplicates": (5, de + joined + 2 * fr + unknown),
        "without_largest_country": (4, 3 * fr + unknown),
        "known_country": (5, de + 3 * fr),
    }
    found = _block(world)
    assert found.keys() == expected.keys()
    for variant, (n, e) in expected.items():
        assert found[variant] == (n, pytest.approx(e), pytest.approx(_ic025(n, e)), n >= 5), variant


def test_what_came_after_a_notice_is_left_out_of_all_four_cells(world) -> None:
    _others(world, ("DE", "FR", "IT"), T_CELL)
    world.report(f"""
        times | received   | country | drugs   | events
        1     | 2023-05-02 | DE      | KYMRIAH | {T_CELL}
        1     | 2023-11-28 | FR      | KYMRIAH | {T_CELL}
        2     | 2024-02-03 | IT      | KYMRIAH | {T_CELL}
        50    | 2024-02-03 | DE      | ASPIRIN | Nausea
    """)
    world.signals()
    assert world.all("select min(notice_date) from mart.signal where notice_date is not null") == [
        (FDA_NOTICE,)
    ]
    # Italy had no case by then, and expected some of its own.
    e = 2 * (7 * 4 / 410) + 6 * 3 / 409
    assert _block(world, T_CELL)["before_notice"] == (
        2, pytest.approx(e), pytest.approx(_ic025(2, e)), False,
    )  # fmt: skip


def test_asked_are_flagged_pairs_in_scope_only(world) -> None:
    """Deafness with aspirin is flagged too, but aspirin is out of scope."""
    world.report("""
        times | country | drugs     | events
        9     | DE      | ASPIRIN   | Deafness
        9     | FR      | KYMRIAH   | Deafness
        9     | FR      | KYMRIAH   | Nausea
        300   | DE      | IBUPROFEN | Nausea
        300   | FR      | IBUPROFEN | Nausea
    """)
    world.signals()
    assert world.all("select product, event from mart.signal where verdict <> 'not_flagged'") == [
        ("Kymriah", "Deafness"), ("ASPIRIN", "Deafness"),
    ]  # fmt: skip
    assert world.all("select distinct product, event from mart.sensitivity") == [
        ("Kymriah", "Deafness")
    ]


def test_a_pair_that_only_a_country_flags_does_not_stand_in_the_pool(world) -> None:
    """US has 4 where 0.9 are expected; Germany expects 9 of its own and has none."""
    world.report("""
        times | country | drugs   | events
        4     | US      | KYMRIAH | Deafness
        2     | US      | KYMRIAH | Nausea
        60    | US      | ASPIRIN | Deafness
        400   | US      | ASPIRIN | Nausea
        100   | DE      | KYMRIAH | Nausea
        40    | DE      | ASPIRIN | Deafness
        300   | DE      | ASPIRIN | Nausea
    """)
    world.signals()
    assert world.all("select countries_flagged from mart.signal where event = 'Deafness' "
                     "and product = 'Kymriah'") == [(["US"],)]  # fmt: skip
    found = _block(world)
    us, de = 6 * 64 / 466, 100 * 40 / 440
    assert found["as_counted"][:2] == (4, pytest.approx(us + de))
    assert found["without_largest_country"][:2] == (0, pytest.approx(de))
    assert {stands for *_, stands in found.values()} == {False}
    assert "without_possible_duplicates" not in found
