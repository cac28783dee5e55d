"""Scores and curves of replicates, from detections written by hand."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pv.evaluate import curves, score
from pv.evaluate.replicates import Replicates
from pv.evaluate.verdicts import Judged
from pv.simulate.scenarios.rate_scenario import DAYS_A_YEAR, PML_LIKE

NEVER = math.nan
TWO = replace(PML_LIKE, countries=2)


def replicates(pool: list[float], country: list[list[float]]) -> Replicates:
    """First signals in years."""
    return Replicates(TWO, np.array(pool) * DAYS_A_YEAR, np.array(country) * DAYS_A_YEAR)


# Four replicates of two countries: the pool first; the pool alone; nobody; the country first.
FOUND = replicates(
    [2.0, 3.0, NEVER, 5.0],
    [[3.5, NEVER], [NEVER, NEVER], [NEVER, NEVER], [NEVER, 4.5]],
)


def by_name(scores: tuple[score.Score, ...]) -> dict[str, score.Score]:
    return {each.name: each for each in scores}


def judged(verdict: str, *expected: str) -> Judged:
    return Judged(1, verdict, 5, (), expected)


def test_shares_are_counted_replicate_by_replicate() -> None:
    found = by_name(score.of_rates(FOUND))

    assert found["pool signals"].value == 3 / 4
    assert found["best single country signals"].value == 2 / 4
    assert found["largest country signals"].value == 1 / 4
    assert found["pooled-only: the pool signals and no country"].value == 1 / 4


def test_the_gain_is_the_median_where_both_signal() -> None:
    gain = by_name(score.of_rates(FOUND))["median gain in time over the best country"]

    # 3.5 - 2.0 and 4.5 - 5.0
    assert gain.value == pytest.approx((1.5 - 0.5) / 2)
    assert (gain.of, gain.unit) == (2, "years")


def test_the_time_of_the_pool_is_the_median_where_it_signals() -> None:
    time = by_name(score.of_rates(FOUND))["median time of the pool's signal"]

    assert (time.value, time.of, time.unit) == (pytest.approx(3.0), 3, "years")


def test_without_any_gain_there_is_no_figure() -> None:
    nobody = replicates([NEVER], [[NEVER, NEVER]])

    gain = by_name(score.of_rates(nobody))["median gain in time over the best country"]
    assert (math.isnan(gain.value), gain.of) == (True, 0)


def test_the_error_of_a_share_is_binomial() -> None:
    found = score.share("x", np.arange(400) < 100)

    assert found.error == pytest.approx(math.sqrt(0.25 * 0.75 / 400))


@pytest.mark.parametrize("hits", [0, 50])
def test_of_none_or_all_the_error_is_not_zero(hits: int) -> None:
    found = score.share("x", np.arange(50) < hits)

    assert found.value == hits / 50
    assert found.error == pytest.approx(math.sqrt(0.01 * 0.99 / 50))


def test_false_signals_of_the_null() -> None:
    found = by_name(score.of_null(FOUND))

    assert found["false signal of the pool"].value == 3 / 4
    assert found["false signal of any country"].value == 2 / 4
    assert found["false signal of the largest country"].value == 1 / 4
    assert found["false pooled-only signal"].value == 1 / 4


def test_verdicts_are_right_when_the_truth_expects_them() -> None:
    rows = [
        judged("stimulated", "stimulated"),
        judged("pooled_only", "stimulated"),
        judged("country_signal", "stimulated", "country_signal"),
        judged("pooled_only", "pooled_only"),
    ]
    found = by_name(score.of_verdicts(rows))

    assert found["right verdict"].value == 3 / 4
    assert found["false pooled-only verdict"].value == 1 / 4
    assert found["verdict pooled_only"].value == 2 / 4
    assert found["verdict stimulated"].value == found["verdict country_signal"].value == 1 / 4


def test_the_figure_is_the_same_to_the_byte_and_names_what_it_shows(tmp_path: Path) -> None:
    first = curves.draw(FOUND, "pml_like", tmp_path / "a.svg").read_text(encoding="utf-8")
    again = curves.draw(FOUND, "pml_like", tmp_path / "b" / "c.svg").read_text(encoding="utf-8")

    assert first == again
    for text in ("pool", "best single country", "US", "JP", "pml_like (simulated)",
                 "Years since first treatment", "Share of 4 replicates"):  # fmt: skip
        assert f">{text}" in first
