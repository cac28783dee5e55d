"""Rule presets: read strictly, applied exactly."""

from pathlib import Path

import numpy as np
import pytest

from pv.errors import UsageError
from pv.spec.rule import PRESETS, Rule, load

RULE = """
name = "mine"
version = 2
description = "three cases and PRR of 2"
n_min = 3

[[threshold]]
statistic = "prr"
at_least = 2.0
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def holds(rule: Rule, n: int, monitored: bool = False, **values: float) -> bool:
    statistics = {name: np.array([value]) for name, value in values.items()}
    return bool(rule.holds(np.array([n]), statistics, np.array([monitored]))[0])


@pytest.mark.parametrize("name", ["default", "ema", "evans", "fda", "uppsala"])
def test_a_preset_is_what_its_file_is_called(name: str) -> None:
    assert load(name).name == name


def test_every_preset_can_be_read() -> None:
    assert {load(p.stem).version for p in PRESETS.glob("*.toml")} == {1}


def test_without_a_choice_the_default_holds() -> None:
    """METHODS part 7: IC025 > 0 and ROR025 > 1 and n >= 3."""
    rule = load(None)

    assert rule == load("default")
    assert holds(rule, 3, ic025=0.01, ror025=1.01)
    assert not holds(rule, 2, ic025=0.01, ror025=1.01)
    assert not holds(rule, 3, ic025=0.0, ror025=1.01)
    assert not holds(rule, 3, ic025=0.01, ror025=1.0)


def test_evans_includes_its_limits() -> None:
    """Evans 2001: PRR at least 2, chi-squared at least 4, three or more cases."""
    rule = load("evans")

    assert holds(rule, 3, prr=2.0, chi2_yates=4.0)
    assert not holds(rule, 3, prr=1.999, chi2_yates=4.0)
    assert not holds(rule, 3, prr=2.0, chi2_yates=3.999)
    assert not holds(rule, 2, prr=2.0, chi2_yates=4.0)


def test_ema_needs_fewer_cases_under_additional_monitoring() -> None:
    """EMA's screening: 3 cases for products under additional monitoring, else 5."""
    rule = load("ema")

    assert holds(rule, 3, monitored=True, ror025=1.01)
    assert not holds(rule, 2, monitored=True, ror025=1.01)
    assert not holds(rule, 4, monitored=False, ror025=1.01)
    assert holds(rule, 5, monitored=False, ror025=1.01)


def test_uppsala_asks_for_the_ic_alone() -> None:
    rule = load("uppsala")

    assert holds(rule, 1, ic025=0.01)
    assert not holds(rule, 50, ic025=0.0)


def test_fda_asks_for_an_eb05_of_two() -> None:
    rule = load("fda")

    assert holds(rule, 1, eb05=2.0)
    assert not holds(rule, 50, eb05=1.999)


def test_an_undefined_statistic_never_meets_a_threshold() -> None:
    assert not holds(load("evans"), 9, prr=float("nan"), chi2_yates=99.0)
    assert not holds(load(None), 9, ic025=1.0, ror025=float("nan"))


def test_an_infinite_statistic_meets_its_threshold() -> None:
    """No case without the product has the event: the PRR is infinite, not unknown."""
    assert holds(load("evans"), 9, prr=float("inf"), chi2_yates=99.0)


def test_each_pair_is_judged_for_itself() -> None:
    n = np.array([2, 3, 4, 9])
    ic025 = np.array([1.0, 1.0, -1.0, np.nan])
    ror025 = np.array([2.0, 2.0, 2.0, 2.0])

    held = load(None).holds(n, {"ic025": ic025, "ror025": ror025}, np.zeros(4, dtype=bool))

    assert held.tolist() == [False, True, False, False]


def test_a_file_of_ones_own_is_read(file: Path) -> None:
    file.write_text(RULE)

    rule = load(str(file))

    assert (rule.name, rule.version, rule.n_min) == ("mine", 2, 3)
    assert holds(rule, 3, prr=2.0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("n_min = 3", "n_min = 0"), "n_min"),
        (("n_min = 3", "n_min = 3\nmin_n = 4"), "min_n"),
        (("at_least = 2.0", ""), "exactly one of above and at_least"),
        (("at_least = 2.0", "at_least = 2.0\nabove = 2.0"), "exactly one of above and at_least"),
        (('"prr"', '"odds"'), "threshold.0.statistic"),
        (("version = 2", ""), "version"),
        (("n_min = 3", "n_min ="), "not TOML"),
        (("n_min = 3", "n_min = 3\nmax_country_share = 1.2"), "max_country_share"),
        (("n_min = 3", "n_min = 3\nreference_rr = [2, 5]"), "reference_rr"),
        (("n_min = 3", "n_min = 3\nreference_rr = [2, 5, -1]"), "reference_rr"),
        (("n_min = 3", "n_min = 3\ndetectable_from = 0"), "detectable_from"),
        (("n_min = 3", "n_min = 3\npermutations = -1"), "permutations"),
    ],
)
def test_a_wrong_file_is_refused_by_its_name_and_what_is_wrong(
    file: Path, change: tuple[str, str], told: str
) -> None:
    assert RULE.count(change[0]) == 1
    file.write_text(RULE.replace(*change))

    with pytest.raises(UsageError) as refused:
        load(file)

    assert str(refused.value).startswith(f"{file}: ")
    assert told in str(refused.value)


def test_names_of_an_earlier_version_are_read(file: Path) -> None:
    file.write_text(RULE.replace("n_min = 3", "n_min = 3\nblind_below = 0.9\nplacebo_draws = 7"))

    rule = load(file)

    assert (rule.detectable_from, rule.permutations) == (0.9, 7)
    assert Rule.model_validate_json(rule.model_dump_json()) == rule


def test_a_rule_without_a_threshold_is_refused(file: Path) -> None:
    file.write_text(RULE.partition("[[threshold]]")[0])

    with pytest.raises(UsageError, match="threshold"):
        load(file)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="default, ema, evans"):
        load("strictest")


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ("", ("advanced_therapies",)),
        ('scope = "all"', ("all",)),
        ('scope = ["Kymriah", " METHOTREXATE  sodium "]', ("kymriah", "methotrexate sodium")),
    ],
)
def test_a_scope_is_one_name_or_a_list_in_any_case(file: Path, said: str, scope: tuple) -> None:
    file.write_text(f"{said}\n{RULE}")

    rule = load(file)

    assert rule.scope == scope
    assert rule.counted["scope"] == list(scope)


@pytest.mark.parametrize(
    "said",
    ["scope = []", 'scope = ""', "scope = 3", 'null = "flat"', "q_max_other = 0",
     "q_max_important = 1.0"],
)  # fmt: skip
def test_what_controls_error_is_refused_by_name_where_it_cannot_be(file: Path, said: str) -> None:
    file.write_text(f"{said}\n{RULE}")

    with pytest.raises(UsageError, match=f"mine.toml: {said.split(maxsplit=1)[0]}"):
        load(file)
