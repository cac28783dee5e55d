"""Therapeutic areas of invented substances, in the layout of the vocabulary's table of areas."""

from pathlib import Path
from typing import Final

import polars as pl

from pv.simulate.world.catalogue import substance

# One substance of twenty is of each area, so that it has 500 cases in the largest countries.
AREAS: Final = ("haematology", "neurology", "onco-haematology", "ophthalmology")
SUBSTANCES_AN_AREA: Final = 20


def write_areas(substances: int, home: Path) -> None:
    """Write `vocab/therapeutic_area.csv` of a home, with some of the invented substances."""
    folder = home / "vocab"
    folder.mkdir(parents=True, exist_ok=True)
    step = SUBSTANCES_AN_AREA // len(AREAS)
    rows = [
        {
            "substance": substance(number),
            "therapeutic_area": AREAS[number // step % len(AREAS)],
            "source": "simulated by poolvigil: the substance is invented",
        }
        for number in range(step, substances + 1, step)
    ]
    pl.DataFrame(rows).write_csv(folder / "therapeutic_area.csv")
