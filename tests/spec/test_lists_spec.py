"""What is promised of the lists, on small simulated worlds: the whole ones are
`benchmarks/evaluate.py`."""

from dataclasses import replace

import numpy as np

from pv.evaluate import lists, score
from pv.evaluate.lists import NEVER, Lines
from pv.simulate.scenarios.many_pairs import DEMO_WORLD, OVERDISPERSED, ManyPairs
from pv.spec import AnalysisSpec

SMALL = {"cases": 8_000, "countries": 13, "substances": 20, "invented_events": 60}
DEMO = replace(DEMO_WORLD, **SMALL, product_cases=100, harms=4)
VARYING = replace(OVERDISPERSED, **SMALL, product_cases=250, harms=6)


def judged(scenario: ManyPairs, null: str = "empirical", worlds: int = 2) -> list[Lines]:
    spec = AnalysisSpec.load()
    spec = spec.model_copy(update={"rule": spec.rule.model_copy(update={"null": null})})
    return list(lists.replicates(scenario, range(1, 1 + worlds), spec, monthly=False))


def false(worlds: list[Lines]) -> int:
    return sum(int(each.false.sum()) for each in worlds)


def test_planted_harms_are_kept_and_little_else_is_confirmed() -> None:
    worlds = judged(DEMO)
    found = {each.name: each for each in score.of_lists(worlds)}

    assert found["harms kept, of those flagged"].value == found["harms found"].value == 1
    assert found["false lines a night"].value <= 2


def test_nothing_planted_is_next_to_nothing_found() -> None:
    """Two families and three lists at q of .1 and .2: few of the worlds have a line at all."""
    assert false(judged(DEMO.without_harm(), worlds=3)) <= 3


def test_ratios_that_vary_fill_the_lists_of_the_sharp_null_and_not_of_the_empirical() -> None:
    sharp, empirical = judged(VARYING, "sharp"), judged(VARYING)

    assert false(sharp) > 40
    assert false(empirical) < false(sharp) / 5
    found = np.concatenate([each.first(each.confirmed) for each in empirical]) != NEVER
    assert found.mean() >= 2 / 3
