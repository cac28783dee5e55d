"""Make this fixture with the program of commit 81532b1, the last one without a schema version.

In a checkout of that commit, whose program is installed as it stands there:

    python make.py CHECKOUT OUT

OUT gets `inbox/` (two quarters of 255 cases, zipped, exposure and background rates) and
`warehouse/`, the export of the warehouse after a night on the first quarter, a replay of its first
two months, and a night on the second quarter.
"""

import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

COUNTRIES = ("US", "DE", "FR", "IT", "JP")
EXPOSURE = "product,country,period_start,period_end,patients,person_years,quality,source"
BACKGROUND = (
    "event,country,sex,age_low,age_high,rate_per_100k,rate_low,rate_high,events,person_years,"
    "period,standard,source"
)
RATES = {"Progressive multifocal leukoencephalopathy": 1, "Nausea": 2000, "Pyrexia": 300}


def write_rates(inbox: Path) -> None:
    """100 patients a year on Kymriah in each of five countries, and three background rates."""
    years = [
        f"Kymriah,{country},{year}-01-01,{year}-12-31,100,,simulated,invented"
        for country in COUNTRIES
        for year in range(2019, 2025)
    ]
    rates = [
        f"{event},WORLD,,0,120,{rate},,,,,2015-2019,crude,invented" for event, rate in RATES.items()
    ]
    for source, lines in (("exposure", [EXPOSURE, *years]), ("background", [BACKGROUND, *rates])):
        (inbox / source).mkdir(parents=True)
        (inbox / source / f"{source}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def with_onset(case: Any) -> Any:
    """The case with its onset 5 days before the receipt, after the administration."""
    onset = f"{case.received - timedelta(days=5):%Y%m%d}"
    return replace(case, values={**case.values, "event_dt": onset})


def main(checkout: Path, out: Path) -> None:
    """Run the nights of the old program, and export what they leave."""
    sys.path.insert(0, str(checkout / "tests" / "e2e"))
    import conftest as old

    from pv import orchestration

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        everyone = old.first_quarter()
        late = [with_onset(case) for case in everyone if case.events == (old.LATE_EVENT,)]
        first = [*everyone[:200], *late]
        second = old.second_quarter(first)

        def add(quarter: str, cases: list, deleted: list[int]) -> None:
            written = old.write_faers(home, quarter, cases, deleted)
            shutil.make_archive(str(written), "zip", written)
            shutil.rmtree(written)

        write_rates(home / "inbox")
        add("24Q1", first, [first[0].number])
        orchestration.run_replay(home, (date(2024, 1, 1), date(2024, 2, 1)), 1, None)
        add("24Q2", second, old.deleted_in_second(first))
        orchestration.run_night(home, None, None)
        shutil.copytree(home / "inbox", out / "inbox")
        with duckdb.connect(str(home / "work" / "warehouse.duckdb"), read_only=True) as con:
            con.execute(f"export database '{out / 'warehouse'}' (format parquet)")
    # It names the tables by paths of the machine.
    (out / "warehouse" / "load.sql").unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
