"""The plan of the rate analysis: windows that tile, an assumption that says it is one."""

from pathlib import Path

import numpy as np
import pytest

from pv.errors import UsageError
from pv.spec import AnalysisSpec
from pv.spec.files import SHIPPED

SPEC = AnalysisSpec.load()
PLAN = SPEC.windows
WINDOWS = (SHIPPED / "windows.toml").read_text(encoding="utf-8")
RETENTION = SHIPPED / "retention.toml"


def test_windows_tile_without_gap_or_overlap() -> None:
    first, last = PLAN.first_days[:-1], PLAN.last_days[:-1]
    assert (first[1:] == last[:-1] + 1).all()
    assert (PLAN.first_days[-1], PLAN.last_days[-1]) == (first[0], last[-1])
    spans = zip(PLAN.first_days, PLAN.last_days, strict=True)
    assert dict(zip(PLAN.names, spans, strict=True)) == {
        "0-30 d": (0, 30), "31-90 d": (31, 90), "91-365 d": (91, 365), "1-2 y": (366, 730),
        "2-5 y": (731, 1826), "5-10 y": (1827, 3652), "10-15 y": (3653, 5478), "all": (0, 5478),
    }  # fmt: skip


def test_the_late_windows_share_one_error() -> None:
    design = SPEC.sequential
    alphas = design.alphas(PLAN.late)
    assert alphas[~PLAN.late].tolist() == [0.05, 0.05, 0.05]
    assert alphas[PLAN.late].tolist() == [0.01] * 5
    assert alphas[PLAN.late].sum() == pytest.approx(design.alpha)


def test_the_retention_says_that_it_is_an_assumption_without_a_source() -> None:
    assumed = SPEC.retention
    assert "no source" in assumed.description
    assert assumed.title == "default 2"
    assert assumed.scenarios()["high"].share(5478) == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("last_day = 90", "last_day = 30"), "each window must end after the one before it"),
        (('name = "1-2 y"', 'name = "all"'), "all windows together"),
        (("power = 0.8", "power = 1.0"), "power"),
        (("late_from = 90", "late_from = 90\nalfa = 0.05"), "alfa"),
        (("late_from = 90", "late_from = "), "not TOML"),
        (("14, 30", "30, 14"), "onset_days must ascend"),
    ],
)
def test_a_wrong_plan_is_a_users_error_that_names_the_file(
    tmp_path: Path, change: tuple[str, str], problem: str
) -> None:
    file = tmp_path / "mine.toml"
    assert change[0] in WINDOWS
    file.write_text(WINDOWS.replace(change[0], change[1], 1), encoding="utf-8")
    with pytest.raises(UsageError, match=problem) as error:
        AnalysisSpec.load({"windows": file})
    assert str(file) in str(error.value)


def test_where_survival_is_published_it_is_taken_with_its_source() -> None:
    assumed = SPEC.retention
    other, yescarta, strimvelis = assumed.curve_no(["Zolgensma", "YESCARTA", "Strimvelis"])

    assert assumed.told(other) == "default 2"
    assert "ZUMA-1" in assumed.told(yescarta) and "PMC10646788" in assumed.told(yescarta)
    # 101 treated, and as many alive after 1 to 5 years as the trial counted
    share = assumed.scenarios(yescarta)["central"].share(np.arange(1, 6) * 365.25)
    assert share == pytest.approx([0.604, 0.505, 0.465, 0.436, 0.426], abs=0.001)
    assert assumed.scenarios(strimvelis)["central"].share(5478) == 1
    assert all(each.source for each in assumed.followed)


def test_without_deaths_the_expected_would_be_1_6_to_1_8_times_too_high() -> None:
    """Person-years after Yescarta to 3 and to 5 years, were nobody lost, over those with deaths."""
    assumed = SPEC.retention
    (number,) = assumed.curve_no(["Yescarta"])
    too_high = [
        years * 365.25 / float(assumed.scenarios(number)["central"].time(years * 365.25))
        for years in (3, 5)
    ]
    assert too_high == pytest.approx([1.63, 1.82], abs=0.03)


def test_low_never_keeps_more_than_central_nor_central_than_high_of_any_product() -> None:
    days = np.arange(0, 5479)
    for number in range(len(SPEC.retention.curves)):
        curves = SPEC.retention.scenarios(number)
        assert (curves["low"].share(days) <= curves["central"].share(days)).all()
        assert (curves["central"].share(days) <= curves["high"].share(days)).all()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('"Yescarta", ', '"Kymriah", '), "must not be followed twice"),
        (("low = [0.60", "low = [0.90"), "low must keep no more"),
        (("0.80, 0.90]", "0.80, 0.97]"), "low must keep no more"),
        (("high = [1.0]", "high = [1.1]"), "a yearly share"),
        (("high = [1.0]", "high = [0.0]"), "a yearly share"),
    ],
)
def test_a_wrong_retention_is_refused(
    tmp_path: Path, change: tuple[str, str], problem: str
) -> None:
    text = RETENTION.read_text(encoding="utf-8")
    assert change[0] in text
    file = tmp_path / "mine.toml"
    file.write_text(text.replace(change[0], change[1], 1), encoding="utf-8")
    with pytest.raises(UsageError, match=problem):
        AnalysisSpec.load({"retention": file})


def test_a_file_that_is_not_there_is_a_users_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        AnalysisSpec.load({"windows": tmp_path / "none.toml"})


def test_lower_than_central_at_every_day() -> None:
    curves = SPEC.retention.scenarios()
    days = np.arange(0, 5479)
    assert (curves["low"].share(days) <= curves["central"].share(days)).all()
    assert (curves["central"].share(days) <= curves["high"].share(days)).all()
