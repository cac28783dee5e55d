"""Every scenario the whole way: written as files, run as a night, judged as its truth says."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

# The seeds whose files are written; in pml_like no country gets to three cases with this one.
SEEDS = {"pml_like": 6}
TRAPS = (
    "simpson_trap", "duplicate_inflated", "stimulated_reporting", "single_country_quality_defect",
)  # fmt: skip
RATE = ("pml_like", "t_cell_lymphoma_like", "null")


@dataclass(frozen=True)
class Night:
    """A scenario's home after one night."""

    home: Path
    truth: dict[str, Any]
    summary: dict[str, Any]

    @property
    def pair(self) -> dict[str, str]:
        return {"product": self.truth["product"], "event": self.truth["event"]}


@pytest.fixture(scope="module")
def night(poolvigil, once):
    """Simulates a scenario and runs the night on it, once."""

    def of(name: str) -> Night:
        def make(home: Path) -> tuple[dict[str, Any], dict[str, Any]]:
            seed = str(SEEDS.get(name, 1))
            told = poolvigil("simulate", "--scenario", name, "--seed", seed, "--out", str(home))
            truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))
            assert told.summary == truth
            return truth, poolvigil.run(home).summary

        home, (truth, summary) = once(name, make)
        return Night(home, truth, summary)

    return of


@pytest.mark.parametrize("name", [*TRAPS, "null"])
def test_the_night_gives_the_verdict_of_the_truth(world, night, name: str) -> None:
    found = night(name)
    ((verdict, n, flagged),) = world.query(
        found.home,
        "select verdict, n, countries_flagged from mart.signal where product = $product "
        "and event = $event and event_kind = 'event'",
        **found.pair,
    )

    assert [verdict] == found.truth["expected_verdicts"]
    assert n == sum(found.truth["cases"].values())
    if verdict == "country_signal":
        assert flagged == [found.truth["parameters"]["country"]]
    else:
        assert flagged == []


def test_a_defect_of_quality_is_told_by_its_lot(world, night) -> None:
    """A country signal by its verdict; the lot says that it is none of the product."""
    found = night("single_country_quality_defect")
    about = found.truth["parameters"]

    clusters = world.query(
        found.home,
        "select product, event, cluster_kind, n_clustered, countries, cluster_q < 0.001 "
        "from mart.lot_cluster",
    )
    assert clusters == [
        (*found.pair.values(), "lot", about["harmed_by_it"], [about["country"]], True)
    ]
    ((marked, reasons),) = world.query(
        found.home,
        "select lot_cluster, reasons from mart.signal where product = $product "
        "and event = $event and event_kind = 'event'",
        **found.pair,
    )
    assert marked
    assert any("look for a defect of quality first" in reason for reason in reasons)


@pytest.mark.parametrize("name", [*TRAPS, *RATE])
def test_the_night_counts_the_cases_of_the_truth(world, night, name: str) -> None:
    """Every file read whole; country by country, but for what was told without a country."""
    found = night(name)
    counts = dict(
        world.query(
            found.home,
            "select country, a from mart.pair_country where product = $product "
            "and event = $event and event_kind = 'event'",
            **found.pair,
        )
    )
    placed = {place: a for place, a in counts.items() if len(place) == 2}

    assert found.summary["files"].keys() == {"ok"}
    assert found.summary["rows"]["quarantined"] == 0
    assert sum(counts.values()) == sum(found.truth["cases"].values())
    assert all(a <= found.truth["cases"][k] for k, a in placed.items())
    assert sum(counts.values()) - sum(placed.values()) <= 1


@pytest.mark.parametrize("name", RATE)
def test_the_rate_arm_says_of_pool_and_countries_what_was_computed_by_hand(
    world, night, name: str
) -> None:
    """Since the night looks at month ends, a signal may come up to a month later."""
    found = night(name)
    rows = {
        place: (n, signal, verdict)
        for place, n, signal, verdict in world.query(
            found.home,
            "select country, n, first_signal, rate_verdict from mart.rate_window "
            "where product = $product and event = $event and event_kind = 'event' "
            "and latency_window = 'all'",
            **found.pair,
        )
    }
    n, signal, verdict = rows.pop("all")
    truth = found.truth

    assert rows.keys() == truth["by_country"].keys()
    assert [verdict] == truth["expected_verdicts"]
    assert n == truth["pool"]["cases"]
    assert (signal is not None) == truth["pool"]["signal"]
    if signal:
        by_hand = date.fromisoformat(truth["pool"]["first_signal"])
        assert 0 <= (signal - by_hand).days <= 31


@pytest.mark.parametrize("name", RATE)
def test_the_night_divides_by_the_patients_of_the_truth(world, night, name: str) -> None:
    found = night(name)
    patients = dict(
        world.query(
            found.home,
            "select country, sum(patients) from core.exposure where product = $product "
            "group by country",
            product=found.truth["product"],
        )
    )

    assert patients == {k: v["patients"] for k, v in found.truth["by_country"].items()}


def test_the_pool_sees_the_late_harm_before_any_country_does(night) -> None:
    """Of pml_like only the pool sees it at all; of t_cell_lymphoma_like it sees it years ahead."""
    pml, t_cell = night("pml_like").truth, night("t_cell_lymphoma_like").truth

    assert [k for k, v in pml["by_country"].items() if v["signal"]] == []
    first = min(v["first_signal"] for v in t_cell["by_country"].values() if v["signal"])
    gain = date.fromisoformat(first) - date.fromisoformat(t_cell["pool"]["first_signal"])
    assert gain.days > 365
