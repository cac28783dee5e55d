"""Other comparators, each counted again case by case over small random worlds."""

import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

LISTED = """product_id,reaction,event,event_group,section,listed_since,checked,source
kymriah,fever,Pyrexia,,EU common reaction,,yes,own
kymriah,late blood cancer,,mds_aml,US warning,,yes,own
yescarta,deafness,Deafness,,EU common reaction,,yes,own
yescarta,fever,Pyrexia,,EU common reaction,,yes,own
yescarta,rash,Rash,,EU common reaction,,no,own
zolgensma,rash,Rash,,EU common reaction,,yes,own
"""
# Of the area of CAR-T are three of the products; a home adds one.
AREAS = "substance,therapeutic_area,source\nIbuprofen,onco-haematology,own\n"
IN_AREA = {"Kymriah", "Yescarta", "LENALIDOMIDE", "IBUPROFEN"}
IN_SCOPE = ("Kymriah", "Yescarta", "Zolgensma")
DRUGS = ("KYMRIAH", "YESCARTA", "ZOLGENSMA", "LENALIDOMIDE", "IBUPROFEN", "ASPIRIN")
EVENTS = ("Pyrexia", "Deafness", "Rash", "Nausea", "Myelodysplastic syndrome",
          "Acute myeloid leukaemia")  # fmt: skip
COUNTRIES = ("DE", "FR", "US", "EU", "")
# What LISTED says and is checked; of a group its members are listed too.
LISTS = {"Kymriah": {"Pyrexia"}, "Yescarta": {"Deafness", "Pyrexia"}, "Zolgensma": {"Rash"}}
KYMRIAH_GROUP = "mds_aml"


@dataclass(frozen=True)
class Case:
    """A case that counts, with its single events and with the groups that these are in."""

    stratum: str
    period: int
    products: frozenset[str]
    single: frozenset[str]
    events: frozenset[str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "vocab").mkdir()
    (tmp_path / "vocab" / "listed.csv").write_text(LISTED, encoding="utf-8")
    (tmp_path / "vocab" / "therapeutic_area.csv").write_text(AREAS, encoding="utf-8")
    return tmp_path / "vocab"


def _fill(world, seed: int) -> None:
    """Thirty kinds of cases, each reported a few or many times, some without an event."""
    rng = np.random.default_rng(seed)
    lines = ["times | received | country | drugs | events"]
    for _ in range(45):
        drugs = rng.choice(DRUGS, size=rng.choice([1, 2], p=[0.75, 0.25]), replace=False)
        events = rng.choice(EVENTS, size=rng.choice([0, 1, 2, 3], p=[0.05, 0.5, 0.3, 0.15]),
                            replace=False)  # fmt: skip
        times = int(rng.choice([2, 11, 60, 140]))
        country = rng.choice(COUNTRIES, p=[0.35, 0.2, 0.25, 0.1, 0.1])
        received = rng.choice(["2022-02-03", "2023-05-06", "2024-06-09"])
        lines.append(f"{times}|{received}|{country}|{','.join(drugs)}|{','.join(events)}")
    world.report("\n".join(lines))


def _cases(world) -> list[Case]:
    groups = defaultdict(set)
    for event, label in world.all(
        "select event, label from core.event_group_member join core.event_group using (event_group)"
    ):
        groups[event.lower()].add(label)
    found = world.all("""
        select c.stratum, k.period_no,
            list(distinct d.product) filter (where d.role <> 'concomitant'),
            coalesce(list(distinct e.event) filter (where e.event is not null), [])
        from core.case c
        join counted_case k using (case_id)
        join core.case_drug d using (case_id)
        left join core.case_event e using (case_id)
        where c.is_master
        group by c.case_id, c.stratum, k.period_no
    """)
    return [
        Case(stratum, period, frozenset(products), frozenset(events),
             frozenset(events) | {g for event in events for g in groups[event.lower()]})
        for stratum, period, products, events in found
    ]  # fmt: skip


def _figures(cases: list[Case], product: str, event: str) -> tuple[int, float]:
    """n and E over the periods of these cases."""
    periods = defaultdict(lambda: [0, 0, 0, 0])
    for case in cases:
        cell = periods[case.period]
        cell[0] += product in case.products and event in case.events
        cell[1] += product in case.products
        cell[2] += event in case.events
        cell[3] += 1
    return (
        sum(a for a, *_ in periods.values()),
        sum(p * e / n for _, p, e, n in periods.values()),
    )


def _of_area(cases: list[Case], product: str) -> list[Case]:
    """Cases of the area in countries where it has 500, in periods with cases of its others."""
    if product not in IN_AREA:
        return []
    own = [case for case in cases if case.products & IN_AREA]
    enough, others = defaultdict(int), defaultdict(int)
    for case in own:
        enough[case.stratum] += 1
        others[case.period] += product not in case.products
    return [c for c in own if enough[c.stratum] >= 500 and others[c.period]]


def _ic025(n: int, expected: float) -> float:
    return math.log2(stats.gamma.ppf(0.025, n + 0.5) / (expected + 0.5))


@pytest.mark.parametrize("seed", range(4))
def test_every_comparator_is_what_counting_case_by_case_gives(world, home, seed) -> None:
    _fill(world, seed)
    # Several periods of receipt in each country.
    world.stratum_min_cases = 50
    world.signals(overrides=home)
    cases, members = _cases(world), defaultdict(set)
    lists = {product: set(events) for product, events in LISTS.items()}
    for group, label, event in world.all(
        "select event_group, label, event from core.event_group join core.event_group_member "
        "using (event_group)"
    ):
        members[label].add(event)
        if group == KYMRIAH_GROUP:
            lists["Kymriah"].add(event)

    def is_listed(product: str, event: str) -> bool:
        return members.get(event, {event}) <= lists.get(product, set())

    def unmasked(product: str, event: str) -> list[Case]:
        """Without the other cases of a product that lists the event."""
        return [
            c for c in cases
            if product in c.products or not any(is_listed(q, event) for q in c.products)
        ]  # fmt: skip

    pairs = world.all(
        "select product, event, n_area, expected_area, expected_unmasked from mart.signal "
        "where product in ('Kymriah', 'Yescarta', 'Zolgensma')"
    )
    assert pairs
    for product, event, n_area, expected_area, expected_unmasked in pairs:
        _, without = _figures(unmasked(product, event), product, event)
        assert expected_unmasked == pytest.approx(without), (product, event)
        area = _of_area(cases, product)
        if any(product in c.products for c in area):
            assert (n_area, expected_area) == (
                pytest.approx(_figures(area, product, event)[0]),
                pytest.approx(_figures(area, product, event)[1]),
            )
        else:
            assert (n_area, expected_area) == (None, None)
    assert world.all(
        "select distinct expected_area, expected_unmasked from mart.signal "
        "where product = 'ASPIRIN'"
    ) == [(None, None)]

    found = world.all(
        "select product, event, variant, n, expected, ic025 from mart.sensitivity where variant in "
        "('therapeutic_area', 'unmasked', 'beyond_listed')"
    )
    assert {variant for _, _, variant, *_ in found} >= {"unmasked", "beyond_listed"}
    for product, event, variant, n, expected, ic025 in found:
        kept = {
            "therapeutic_area": _of_area(cases, product),
            "unmasked": unmasked(product, event),
            "beyond_listed": [c for c in cases if c.single - lists[product]],
        }[variant]
        figures = _figures(kept, product, event)
        assert (n, expected) == (figures[0], pytest.approx(figures[1])), (product, event, variant)
        assert ic025 == pytest.approx(_ic025(*figures))


def test_an_area_is_compared_with_from_500_cases_in_the_country_on(world, home) -> None:
    """Germany has 500 cases of the area, France 499; aspirin is in no area."""
    world.report("""
        times | country | drugs        | events
        10    | DE      | KYMRIAH      | Nausea
        2     | DE      | KYMRIAH      | Deafness
        40    | DE      | LENALIDOMIDE | Deafness
        448   | DE      | LENALIDOMIDE | Nausea
        10    | FR      | KYMRIAH      | Nausea
        3     | FR      | KYMRIAH      | Deafness
        40    | FR      | LENALIDOMIDE | Deafness
        446   | FR      | LENALIDOMIDE | Nausea
        90    | FR      | ASPIRIN      | Deafness
    """)
    world.signals(overrides=home)
    assert world.all(
        "select n, n_area, expected_area from mart.signal where product = 'Kymriah' "
        "and event = 'Deafness'"
    ) == [(5, 2, pytest.approx(12 * 42 / 500))]
