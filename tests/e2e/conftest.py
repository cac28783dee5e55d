"""The real program on small inboxes: how to start it, what to feed it, what it published."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pv.simulate.world.faers_writer import LAYOUT
from tests.forks import Forks

PROGRAM = str(Path(sys.executable).with_name("poolvigil"))
# Lots are published as HMACs: two homes agree on them only under one key.
ENVIRONMENT = {"POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2"}
TIMEOUT_SECONDS = 600

Rows = list[tuple]


@dataclass(frozen=True)
class Done:
    """How a run ended: `summary`, or `failure`, is the last line of the output, read as JSON."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        assert self.code in (0, 6), self.err
        summary = json.loads(self.out.splitlines()[-1])
        assert self.code == (6 if summary.get("held") else 0)
        return summary

    @property
    def failure(self) -> dict[str, Any]:
        """The one line of the output of a run that failed; standard error says the same."""
        (line,) = self.out.splitlines()
        failure = json.loads(line)
        assert (failure["status"], failure["exit_code"]) == ("failed", self.code)
        assert self.err.endswith(f"poolvigil: {failure['message']}\n")
        return failure


@cache
def forks() -> Forks:
    """Those of this worker."""
    return Forks()


class Poolvigil:
    """The program as a schedule starts it: a process group of its own, `--json`."""

    def __init__(self, **environment: str) -> None:
        self.environment = {**os.environ, **ENVIRONMENT, **environment}
        # What Python itself reads, it reads when it starts.
        self.forked = not any(name.startswith("PYTHON") for name in environment)

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A running process; its whole group is gone at the end."""
        process = subprocess.Popen(
            [PROGRAM, *arguments, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def __call__(self, *arguments: str) -> Done:
        if self.forked:
            return Done(*forks().run([*arguments, "--json"], self.environment, TIMEOUT_SECONDS))
        with self.started(*arguments) as process:
            out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        return Done(process.returncode, out, err)

    def run(self, home: Path, *arguments: str) -> Done:
        """One night."""
        return self("run", "--home", str(home), *arguments)


@dataclass(frozen=True)
class Case:
    """One report to write; drugs that begin with `~` are concomitant."""

    number: int
    country: str | None
    drugs: Sequence[str]
    events: Sequence[str]
    received: date
    version: int = 1
    values: Mapping[str, str] = field(default_factory=dict)
    fatal: bool = False

    @property
    def primaryid(self) -> str:
        return f"{self.number}{self.version}"

    def rows(self, table: str) -> list[dict[str, str]]:
        """The lines of the case in a table of FAERS, without the columns that stay empty."""
        key = {"primaryid": self.primaryid, "caseid": str(self.number)}
        day = f"{self.received:%Y%m%d}"
        start = f"{self.received - timedelta(days=60 + self.number % 50):%Y%m%d}"
        outcomes = ["DE"] * self.fatal + ["HO"] * (self.number % 3 == 0)
        own: dict[str, list[dict[str, str]]] = {
            "DEMO": [
                {
                    "caseversion": str(self.version), "fda_dt": day, "init_fda_dt": day,
                    "rept_cod": "EXP", "mfr_num": f"X-ACME-{self.number}", "mfr_sndr": "ACME",
                    "occr_country": self.country or "", **self.values,
                }
            ],
            "DRUG": [
                {
                    "drug_seq": str(seq), "drugname": name.strip("~"),
                    "role_cod": "C" if name.startswith("~") else "PS",
                    "lot_num": f"LOT{self.number % 90}",
                }
                for seq, name in enumerate(self.drugs, 1)
            ],
            "REAC": [{"pt": term} for term in self.events],
            "OUTC": [{"outc_cod": code} for code in outcomes],
            "RPSR": [{"rpsr_cod": "CSM"}] if self.number % 11 == 0 else [],
            "THER": [{"dsg_drug_seq": "1", "start_dt": start}],
            "INDI": [{"indi_drug_seq": "1", "indi_pt": "Lymphoma"}],
        }  # fmt: skip
        return [{**key, **row} for row in own[table]]


def write_faers(
    home: Path, quarter: str, cases: Sequence[Case], deleted: Sequence[int] = ()
) -> Path:
    """A quarter (`24Q1`) as a folder in FDA's layout below the inbox; returns the folder."""
    folder = home / "inbox" / "faers" / f"faers_ascii_20{quarter}"
    (folder / "ASCII").mkdir(parents=True)
    (folder / "Deleted").mkdir()
    for table, columns in LAYOUT.items():
        lines = ["$".join(columns)]
        for case in cases:
            lines += ["$".join(row.get(c, "") for c in columns) for row in case.rows(table)]
        text = "".join(f"{line}\r\n" for line in lines)
        (folder / "ASCII" / f"{table}{quarter}.txt").write_bytes(text.encode())
    named = "".join(f"{line}\r\n" for line in (" ", *deleted))
    (folder / "Deleted" / f"DELETE{quarter}.txt").write_bytes(named.encode())
    return folder


def read_tables(
    database: Path, *schemas: str, without: Sequence[str] = ()
) -> dict[str, tuple[tuple[str, ...], Rows]]:
    """Columns and sorted rows of every table of a database, by `schema.table`; a view over parts
    stands for one."""
    with duckdb.connect(str(database), read_only=True) as con:
        names = con.execute(
            "select schema_name || '.' || name from ("
            "select schema_name, table_name as name from duckdb_tables() union all "
            "select schema_name, view_name from duckdb_views() where contains(sql, 'pv_parts')) "
            "where list_contains($schemas, schema_name) order by all",
            {"schemas": list(schemas or ("core", "mart", "ops"))},
        ).fetchall()
        found: dict[str, tuple[tuple[str, ...], Rows]] = {}
        for (name,) in names:
            if name in without:
                continue
            result = con.execute(f"from {name} order by all")
            found[name] = (tuple(c[0] for c in result.description), result.fetchall())
    return found


def current(home: Path, what_if: bool = False) -> Path:
    """The newest snapshot's database; of the nights, or of the what-ifs."""
    folder = home / "published" / ("what-if" if what_if else "")
    return folder / "current" / "poolvigil.duckdb"


def pages(home: Path) -> dict[str, str]:
    """Every page before people by its name, but what it says of the last night."""
    found = {
        file.relative_to(home / "reports").as_posix(): file.read_text(encoding="utf-8")
        for file in (home / "reports").rglob("*.html")
    }
    assert len(found) > 10
    strip = re.compile(r'<div class="night">.*?</div>')
    return {name: strip.sub("", page, count=1) for name, page in found.items()}


def by_case_number(
    home: Path, what_if: bool = False, **options: Any
) -> dict[str, tuple[tuple[str, ...], Rows]]:
    """The tables of the newest snapshot with the authority's case numbers in place of ours.

    A case_id is given in the order in which cases arrive, and a duplicate group is called after
    its smallest: both differ between homes that say the same.
    """
    snapshot = current(home, what_if)
    with duckdb.connect(str(snapshot.with_name("kept.duckdb")), read_only=True) as con:
        number = dict(con.execute("select case_id, source_case_id from core.case_key").fetchall())
    tables = read_tables(snapshot, **options)
    columns, rows = tables["core.case"]
    case = columns.index("case_id")
    members: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        for group in ("duplicate_group", "possible_group"):
            members.setdefault((group, row[columns.index(group)]), []).append(number[row[case]])

    def named(columns: tuple[str, ...], row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = dict(zip(columns, row, strict=True))
        ids = [name for name in ("case_id", "other_case_id") if name in values]
        # Of two cases the one with the smaller case_id comes first.
        values |= zip(ids, sorted(number[values[name]] for name in ids), strict=True)
        for group in ("duplicate_group", "possible_group"):
            if group in values:
                values[group] = " ".join(sorted(members[group, values[group]]))
        return tuple(values.values())

    return {
        name: (columns, sorted((named(columns, row) for row in rows), key=repr))
        for name, (columns, rows) in tables.items()
    }


# A small world of 420 cases in the first quarter. Ages and dates differ, so that only those are
# duplicates that are meant to be.
COUNTRIES = ("US", "DE", "FR", "IT", "JP", "NA", None)
DRUGS = ("KYMRIAH", "IBUPROFEN", "METHOTREXATE", "YESCARTA", "ASPIRIN")
EVENTS = ("Nausea", "Pyrexia", "Cytokine release syndrome", "Headache", "Rash", "Fatigue",
          "Neutropenia", "Dizziness", "Vomiting", "Cough", "Anaemia")  # fmt: skip
FIRST_NUMBER = 20_000_000
FIRST_RECEIVED = date(2024, 1, 2)
# A deletion counts as received on the last day of its list's quarter.
FIRST_LOCK_POINT = "2024-03-31"
LATE_EVENT = "Progressive multifocal leukoencephalopathy"


def _details(i: int) -> dict[str, str]:
    onset = date(2022, 6, 1) + timedelta(days=i)
    return {"age": str(30 + i % 50), "age_cod": "YR", "sex": "FM"[i % 2],
            "event_dt": f"{onset:%Y%m%d}"}  # fmt: skip


def first_quarter() -> list[Case]:
    cases = [
        Case(
            FIRST_NUMBER + 10 * i,
            COUNTRIES[i % 7],
            (DRUGS[i * i % 5], f"~{DRUGS[(i + 1) % 5]}"),
            sorted({EVENTS[i * 5 % 11], EVENTS[i * i * 3 % 11]}),
            FIRST_RECEIVED + timedelta(days=i % 80),
            values=_details(i),
        )
        for i in range(400)
    ]
    # One case in each of five countries, where a hundredth of one is expected: only the pool sees.
    cases += [
        Case(
            FIRST_NUMBER + 10 * i, COUNTRIES[i % 7], ("KYMRIAH",), (LATE_EVENT,),
            FIRST_RECEIVED + timedelta(days=i % 80), values=_details(i),
        )
        for i in range(406, 411)
    ]  # fmt: skip
    return cases


def second_quarter(first: Sequence[Case]) -> list[Case]:
    """Follow-ups and new cases, all of them German or French.

    Some case numbers are lower than those of the first quarter: what came earlier then has
    another case_id in a home that gets both at once.
    """
    german = [case for case in first if case.country == "DE"]
    received = date(2024, 5, 6)
    follow_ups = [
        Case(c.number, c.country, c.drugs, (*c.events, "Sepsis"), received, 2, c.values)
        for c in german[:10]
    ]
    fresh = [
        Case(
            FIRST_NUMBER - 10_000 + 10 * i, "DE" if i % 2 else "FR", (DRUGS[i % 5],),
            (EVENTS[i * 7 % 11],), received + timedelta(days=i), values=_details(650 + i),
        )
        for i in range(40)
    ]  # fmt: skip
    return [*follow_ups, *fresh]


def told_twice(first: Sequence[Case]) -> Case:
    """A French case again under a lower number, as complete and received on the same day.

    Nothing but the numbers can decide which of the two counts, and they name different events.
    """
    told = [case for case in first if case.country == "FR"][3]
    return Case(
        FIRST_NUMBER - 20_000, "FR", told.drugs, ("Sepsis",), told.received,
        values={**told.values, "mfr_num": f"X-ACME-{told.number}"},
    )  # fmt: skip


def deleted_in_second(first: Sequence[Case]) -> list[int]:
    return [case.number for case in first if case.country == "DE"][-3:]


@dataclass(frozen=True)
class World:
    """What the tests build on: writers, readers, and homes that are made once."""

    case: type[Case]
    write: Callable[..., Path]
    read: Callable[..., dict[str, tuple[tuple[str, ...], Rows]]]
    current: Callable[..., Path]
    pages: Callable[[Path], dict[str, str]]
    by_case_number: Callable[..., dict[str, tuple[tuple[str, ...], Rows]]]
    first: Sequence[Case]
    second: Sequence[Case]
    deleted: Sequence[int]
    twice: Case
    lock_point: str = FIRST_LOCK_POINT

    def add_first(self, home: Path) -> None:
        self.write(home, "24Q1", self.first, deleted=[self.first[0].number])

    def add_second(self, home: Path) -> None:
        """Everything received in the second quarter, and one report that came late."""
        self.write(home, "24Q2", [*self.second, self.twice], deleted=self.deleted)

    def query(self, home: Path, sql: str, what_if: bool = False, **params: Any) -> Rows:
        with duckdb.connect(str(self.current(home, what_if)), read_only=True) as con:
            return con.execute(sql, params or None).fetchall()


def copy_home(home: Path, target: Path) -> Path:
    return shutil.copytree(home, target, symlinks=True, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def poolvigil() -> Poolvigil:
    """The program as installed."""
    return Poolvigil()


@pytest.fixture(scope="session")
def world() -> World:
    first = first_quarter()
    return World(
        Case, write_faers, read_tables, current, pages, by_case_number,
        first, second_quarter(first), deleted_in_second(first), told_twice(first),
    )  # fmt: skip


@pytest.fixture(scope="session")
def after_one_night(poolvigil, world, once) -> Path:
    """A home that had the first quarter, once. Not to be changed: copy it."""

    def make(home: Path) -> None:
        world.add_first(home)
        assert poolvigil.run(home).summary["status"] == "published"

    return once("one_night", make)[0]


@pytest.fixture(scope="session")
def after_two_nights(poolvigil, world, after_one_night, once) -> Path:
    """A home that had the second quarter in a night after the first. Not to be changed."""

    def make(home: Path) -> None:
        copy_home(after_one_night, home)
        world.add_second(home)
        assert poolvigil.run(home).summary["status"] == "published"

    return once("two_nights", make)[0]


@pytest.fixture(scope="session")
def at_once(poolvigil, world, once) -> Path:
    """A home that had both quarters in its first night. Not to be changed."""

    def make(home: Path) -> None:
        world.add_first(home)
        world.add_second(home)
        assert poolvigil.run(home).summary["status"] == "published"

    return once("at_once", make)[0]


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Path]:
    """Copies a home to where a test may change it."""
    return lambda home: copy_home(home, tmp_path / "home")
