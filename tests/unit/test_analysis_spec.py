"""One specification: what is shipped, what a home lays over it, its digest and its JSON."""

from pathlib import Path

import pytest

from pv.errors import UsageError
from pv.settings import Home
from pv.spec import AnalysisSpec
from pv.spec.files import SHIPPED


def changed(tmp_path: Path, part: str, old: str, new: str) -> dict[str, Path]:
    """A file of a part with one change."""
    shipped = (SHIPPED / f"{part}.toml").read_text(encoding="utf-8")
    assert shipped.count(old) == 1
    file = tmp_path / f"{part}.toml"
    file.write_text(shipped.replace(old, new), encoding="utf-8")
    return {part: file}


@pytest.mark.parametrize("rule", [None, "ema", "evans", "fda", "uppsala"])
def test_json_gives_an_equal_specification_back(rule: str | None) -> None:
    spec = AnalysisSpec.load(rule=rule, seed=3, horizon=2.5)

    again = AnalysisSpec.from_json(spec.to_json())

    assert again == spec
    assert (again.digest, again.to_json()) == (spec.digest, spec.to_json())


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("windows", "last_day = 90", "last_day = 91"),
        ("retention", "low = [0.60", "low = [0.59"),
        ("sequential", "alpha = 0.05", "alpha = 0.01"),
        ("linkage", "m = 0.98", "m = 0.97"),
    ],
)
def test_every_part_is_in_the_digest(tmp_path: Path, part: str, old: str, new: str) -> None:
    shipped = AnalysisSpec.load()

    mine = AnalysisSpec.load(changed(tmp_path, part, old, new))

    assert getattr(mine, part) != getattr(shipped, part)
    assert mine.digest != shipped.digest


def test_rule_seed_and_horizon_are_in_the_digest() -> None:
    every = [
        AnalysisSpec.load(),
        AnalysisSpec.load(rule="ema"),
        AnalysisSpec.load(seed=2),
        AnalysisSpec.load(horizon=9.0),
    ]

    assert len({spec.digest for spec in every}) == 4


def test_the_digest_is_of_what_is_asked_and_not_of_the_file(tmp_path: Path) -> None:
    same = changed(tmp_path, "retention", "# How many", "# A comment of our own: how many")

    assert AnalysisSpec.load(same).digest == AnalysisSpec.load().digest


def test_a_given_rule_goes_before_the_homes(tmp_path: Path) -> None:
    mine = tmp_path / "rule.toml"
    mine.write_text((SHIPPED / "rules" / "evans.toml").read_text(encoding="utf-8"))

    assert AnalysisSpec.load({"rule": mine}).rule.name == "evans"
    assert AnalysisSpec.load({"rule": mine}, rule="ema").rule.name == "ema"


def test_a_part_that_is_none_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"window.toml: .* linkage, receipt, retention, rule, seq"):
        AnalysisSpec.load({"window": tmp_path / "window.toml"})


def test_a_home_has_its_parts_in_its_folder_spec_and_its_retention_beside(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.spec == {}
    (tmp_path / "retention.toml").touch()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "linkage.toml").touch()

    assert home.spec == {
        "linkage": tmp_path / "spec" / "linkage.toml",
        "retention": tmp_path / "retention.toml",
    }


def test_a_retention_that_a_home_has_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    for file in ("retention.toml", "spec/retention.toml"):
        (tmp_path / file).touch()

    with pytest.raises(UsageError, match="keep one of them"):
        _ = Home(tmp_path).spec
