"""Simpson's paradox from files to verdict: countries that agree and pool wrongly."""

from datetime import date
from pathlib import Path

import pytest

# (a, b, c, d): both, product only, event only, neither. PRR is 1 in each country.
TABLES = {"DE": (8, 92, 16, 184), "FR": (1, 99, 99, 9801)}
PRODUCT, EVENT = "KYMRIAH", "Tinnitus"


@pytest.fixture(scope="module")
def home(poolvigil, world, once) -> Path:
    cells = [
        (country, drug, event)
        for country, counts in TABLES.items()
        for (drug, event), times in zip(
            ((PRODUCT, EVENT), (PRODUCT, "Nausea"), ("IBUPROFEN", EVENT), ("IBUPROFEN", "Nausea")),
            counts,
            strict=True,
        )
        for _ in range(times)
    ]
    cases = [
        world.case(50_000_000 + i, country, (drug,), (event,), date(2024, 1, 2))
        for i, (country, drug, event) in enumerate(cells)
    ]

    def make(home: Path) -> None:
        world.write(home, "24Q1", cases)
        assert poolvigil.run(home).summary["status"] == "published"

    return once("simpson", make)[0]


def test_each_country_has_the_table_that_was_written(world, home: Path) -> None:
    found = world.query(
        home,
        "select country, a, b, c, d, prr from pairs_by_country "
        "where product = 'Kymriah' and event = $event order by country",
        event=EVENT,
    )

    assert found == [(country, *counts, pytest.approx(1)) for country, counts in TABLES.items()]


def test_the_verdict_is_confounded_by_country(world, home: Path) -> None:
    ((verdict, n, expected, ic, crude_ic025, flagged),) = world.query(
        home,
        "select verdict, n, expected, ic, crude_ic025, countries_flagged from mart.signal "
        "where product = 'Kymriah' and event = $event and event_kind = 'event'",
        event=EVENT,
    )

    assert verdict == "confounded_by_country"
    # Germany expects 100 x 24 / 300 = 8, France 100 x 100 / 10,000 = 1.
    assert (n, expected) == (8 + 1, pytest.approx(8 + 1))
    assert ic == pytest.approx(0, abs=1e-12)
    assert crude_ic025 == pytest.approx(0.6149496, abs=1e-7)
    assert flagged == []


def test_the_collapsed_table_alone_would_have_been_a_signal(world, home: Path) -> None:
    ((prr, chi2, crude, flagged),) = world.query(
        home,
        "select crude_prr, crude_chi2_yates, crude_flagged, flagged from mart.pair "
        "where product = 'Kymriah' and event = $event and event_kind = 'event'",
        event=EVENT,
    )

    # (9 / 200) / (115 / 10,100)
    assert prr == pytest.approx(9 / 200 / (115 / 10_100))
    # 9 x 9985 - 191 x 115 = 67,900, less N/2 = 5,150; over both margins.
    assert chi2 == pytest.approx(10_300 * 62_750**2 / (200 * 10_100 * 124 * 10_176))
    assert (crude, flagged) == (True, False)
