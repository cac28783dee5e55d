"""The sequential design: its file, the alpha of the windows, the horizons."""

from pathlib import Path

import numpy as np
import pytest

from pv.errors import UsageError
from pv.spec import AnalysisSpec
from pv.spec.sequential import Design


def test_the_design_that_ships() -> None:
    design = AnalysisSpec.load().sequential

    assert (design.name, design.version, design.alpha, design.minimum) == ("default", 2, 0.05, 3)
    assert (design.minimum_designated_late, design.delay, design.horizon) == (2, 0.0, None)
    assert design.late_windows_share_alpha


def test_a_horizon_of_the_settings_goes_before_the_files() -> None:
    assert AnalysisSpec.load(horizon=12.0).sequential.horizon == 12.0


def test_late_windows_share_one_alpha_and_early_ones_keep_theirs() -> None:
    late = np.array([False, False, True, True, True, True])

    assert AnalysisSpec.load().sequential.alphas(late) == pytest.approx(
        [0.05, 0.05, *[0.05 / 4] * 4]
    )
    assert AnalysisSpec.load().sequential.alphas(late[:2]).tolist() == [0.05, 0.05]
    apart = AnalysisSpec.load().sequential.model_copy(update={"late_windows_share_alpha": False})
    assert apart.alphas(late).tolist() == [0.05] * 6


def test_two_designated_late_events_are_enough() -> None:
    assert AnalysisSpec.load().sequential.minimums(np.array([True, False])).tolist() == [2.0, 3.0]


def test_a_first_horizon_is_rounded_up_and_an_extension_adds_what_is_missing() -> None:
    design = AnalysisSpec.load().sequential
    wanted = design.wanted(np.array([0.0, 0.3, 1.0, 2.1, 60.0, 1200.0, 9000.0]))

    assert wanted.tolist() == [1, 1, 1, 2.1, 60, 1200, 9000]
    first = design.horizons(wanted, np.zeros(7))
    assert first.tolist() == [1, 1, 1, 5, 100, 2000, 2000]
    assert design.horizons(np.array([60.0]), np.array([52.0])).tolist() == [10]


def test_a_set_horizon_holds_as_it_is_and_every_horizon_outlasts_the_delay() -> None:
    design = AnalysisSpec.load(horizon=7.5).sequential.model_copy(update={"delay": 3.0})

    assert design.horizons(design.wanted(np.zeros(1)), np.zeros(1)).tolist() == [7.5]
    assert design.horizons(np.array([8.0]), np.array([7.5])).tolist() == [5]
    projected = Design(name="late", version=1, delay=3.0)
    assert projected.horizons(np.array([1.0]), np.zeros(1)).tolist() == [5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "x"\nversion = 1\nhorizon = 2.0\ndelay = 2.0', "delay must be below"),
        ('name = "x"\nversion = 1\nalpha = 0', "alpha"),
        ('name = "x"\nversion = 1\nbeta = 0', "beta"),
        ("name = ", "not TOML"),
    ],
)
def test_a_wrong_design_is_refused_by_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "design.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=told):
        AnalysisSpec.load({"sequential": file})
