"""The scenarios by name: what `poolvigil simulate` can write and `poolvigil evaluate` score."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from pv.simulate.scenarios import rate_files, scenario, traps
from pv.simulate.scenarios.scenario import Scenario

MAKERS: Final[Mapping[str, Callable[[int], Scenario]]] = {
    "pml_like": rate_files.pml_like,
    "t_cell_lymphoma_like": rate_files.t_cell_lymphoma_like,
    "simpson_trap": traps.simpson_trap,
    "duplicate_inflated": traps.duplicate_inflated,
    "stimulated_reporting": traps.stimulated_reporting,
    "single_country_quality_defect": traps.single_country_quality_defect,
    "null": rate_files.null,
}


def make(name: str, seed: int) -> Scenario:
    """A scenario in memory.

    Raises:
        KeyError: no scenario has this name.
    """
    return MAKERS[name](seed)


def write(name: str, seed: int, home: Path) -> Scenario:
    """Write a scenario as a home: the same name and seed give the same bytes.

    Raises:
        KeyError: no scenario has this name.
    """
    made = make(name, seed)
    scenario.write(made, home)
    return made
