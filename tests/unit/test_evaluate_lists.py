"""Lists of worlds of many pairs: scores by hand, and a world judged as a night judges it."""

from dataclasses import replace

import numpy as np
import pytest

from pv.evaluate import score
from pv.evaluate.lists import Lines, judged
from pv.evaluate.staged import warehouse
from pv.simulate.scenarios.many_pairs import DEMO_WORLD, DRIFT, ManyPairs, draw
from pv.spec import AnalysisSpec

# Months are looks; pair, verdict, is it a harm, has a country flagged it, which harm.
LINE = tuple[int, int, str, bool, bool, int]


def world(*lines: LINE, looks: int = 36, harms: int = 2) -> Lines:
    look, pair, verdict, harmed, by_country, of_harm = (
        np.array(column) for column in zip(*lines, strict=True)
    )
    confirmed = verdict != "watch"
    return Lines(1, looks, harms, look, pair, verdict, confirmed, harmed, by_country, of_harm)


# A harm that the pool confirms at look 20 and a country flags at 26; another that a country flags
# first; a false pair that comes, goes and comes again, and one that is only watched.
FOUND = world(
    *((look, 1, "pooled_only", True, False, 0) for look in range(20, 26)),
    *((look, 1, "country_signal", True, True, 0) for look in range(26, 36)),
    *((look, 2, "country_signal", True, True, 1) for look in range(30, 36)),
    *((look, 3, "pooled_only", False, False, -1) for look in (14, 15, 16, 30, 31, 35)),
    *((look, 4, "watch", False, False, -1) for look in range(36)),
)
# Nothing but a harm that is watched at the end, and one that is not there.
WATCHED = world((35, 1, "watch", True, False, 0))


def by_name(scores: tuple[score.Score, ...]) -> dict[str, score.Score]:
    return {each.name: each for each in scores}


def test_lines_of_the_last_night_are_scored_by_what_is_true() -> None:
    found = by_name(score.of_lists([FOUND, WATCHED]))

    assert found["confirmed lines a night"].value == 3 / 2
    assert found["false lines a night"].value == 1 / 2
    assert found["false lines of the pool a night"].value == 1 / 2
    assert found["false discovery proportion"].value == pytest.approx((1 / 3 + 0) / 2)
    assert found["false discovery proportion"].unit == "share"
    assert found["lines of the pool a night"].value == 1 / 2
    assert found["false discovery proportion of the pool"].value == 1 / 2
    assert (found["harms found"].value, found["harms found"].of) == (2 / 4, 4)
    kept = found["harms kept, of those flagged"]
    assert (kept.value, kept.of) == (2 / 3, 3)


def test_the_error_of_a_mean_is_that_of_its_worlds() -> None:
    found = by_name(score.of_lists([FOUND, WATCHED]))["false lines a night"]

    # 1 and 0: a standard deviation of sqrt(1/2), over sqrt(2).
    assert (found.error, found.of) == (pytest.approx(0.5), 2)


def test_who_was_first_and_by_how_much() -> None:
    found = by_name(score.of_looks([FOUND, WATCHED]))

    first = found["pool first, of harms confirmed at the end"]
    assert (first.value, first.of) == (1 / 2, 2)
    assert found["signals of the pool, of harms confirmed at the end"].value == 0
    gain = found["median gain of the pool over the first country"]
    assert (gain.value, gain.unit, gain.of) == (0.5, "years", 1)


def test_what_was_ever_false_is_counted_once_and_for_five_years() -> None:
    found = by_name(score.of_looks([FOUND, FOUND]))

    assert found["pairs ever false, in five years"].value == pytest.approx(5 / 3)
    assert found["pairs ever false on the pool's list, in five years"].value == pytest.approx(5 / 3)


def test_turnover_is_new_lines_a_year_over_lines_a_night() -> None:
    found = by_name(score.of_looks([FOUND, FOUND]))["new false lines a year, of one night's"]

    # Looks 14, 30 and 35 begin a stretch in two years; 6 lines stand in 24 nights.
    assert found.value == pytest.approx((3 / 2) / (6 / 24))
    nothing = by_name(score.of_looks([WATCHED]))["new false lines a year, of one night's"]
    assert (np.isnan(nothing.value), nothing.of) == (True, 0)


SMALL = replace(
    DEMO_WORLD, cases=8_000, countries=13, substances=20, invented_events=40, product_cases=100,
    harms=4,
)  # fmt: skip


def lines(scenario: ManyPairs, seed: int, *, monthly: bool) -> Lines:
    with warehouse() as con:
        return judged(con, draw(scenario, seed), seed, AnalysisSpec.load(), monthly=monthly)


def test_planted_harms_stand_on_the_list_of_the_pool() -> None:
    found = lines(SMALL, 1, monthly=False)

    own = found.of_harm >= 0
    assert sorted(found.of_harm[own]) == [0, 1, 2, 3]
    assert found.confirmed[own].all() and found.of_pool[own].all()
    # A group that holds a harmed event is folded under it, and no line of its own.
    assert found.harmed[own].all() and not found.harmed[found.confirmed & ~own].any()


def test_the_last_month_of_a_replayed_world_is_its_night() -> None:
    scenario = replace(SMALL, months=3, launched=True, drift=0.3, harm=DRIFT.harm, important=0)
    found, night = lines(scenario, 2, monthly=True), lines(scenario, 2, monthly=False)

    last = found.look == 2
    assert found.looks == night.looks == 3
    assert np.array_equal(found.verdict[last], night.verdict)
    assert np.array_equal(found.confirmed[last], night.confirmed)
    assert np.array_equal(found.of_harm[last], night.of_harm)
    assert 0 < last.sum() < found.look.size
