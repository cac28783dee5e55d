"""What officers write in decisions/*.csv: checked line by line, then added, once."""

import csv
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pv.cli import app
from pv.decisions import files
from pv.night import held, signals
from pv.settings import Home
from pv.warehouse.connect import connect

LONG = "x" * 10_000


class Officer:
    """A home with the demonstration's snapshot, and what an officer does there."""

    def __init__(self, home: Home, con: duckdb.DuckDBPyConnection) -> None:
        self.home, self.con = home, con
        with duckdb.connect(str(home.current), read_only=True) as snapshot:
            self.pairs = snapshot.execute(
                "select product, event from mart.signal where headline and event_kind = 'event' "
                "and event not in (select label from core.event_group) order by rank limit 3"
            ).fetchall()

    def row(self, pair: int = 0, **said: str) -> dict[str, str]:
        product, event = self.pairs[pair]
        return {
            "product": product, "event": event, "state": "validated", "reason": "five countries",
            "decided_on": "2025-12-01", "decided_by": "anna", **said,
        }  # fmt: skip

    def write(self, *rows: Mapping[str, str], name: str = "2025.csv", delimiter: str = ",") -> Path:
        names = list(dict.fromkeys(column for row in rows for column in row))
        file = self.home.decisions / name
        with file.open("w", encoding="utf-8", newline="") as opened:
            form = csv.DictWriter(opened, names, delimiter=delimiter)
            form.writeheader()
            form.writerows(rows)
        return file

    def night(self) -> int:
        """How many decisions a night adds."""
        return len(signals.read_files(self.home, self.con))

    def decided(self) -> list[tuple[Any, ...]]:
        return self.con.execute(
            "select event, signal_status, reason from ops.decision order by decision_no"
        ).fetchall()

    def held(self) -> list[tuple[str, str]]:
        """What is held, by file; each with a mend that names the file."""
        found = held.read(self.con)
        for each in found:
            assert each.mend == (
                f"correct {self.home.decisions / each.name}: the next night reads it again"
            )
        return [(each.name, each.reason) for each in found]

    def why(self, *rows: Mapping[str, str]) -> str:
        """Why a file with these rows adds nothing."""
        self.write(*rows)
        before = self.decided()
        assert self.night() == 0
        assert self.decided() == before
        ((name, reason),) = self.held()
        assert name == "2025.csv"
        return reason


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse where nothing was decided."""
    made = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    connect(made, memory_limit="500MB", threads=1).close()
    return made


@pytest.fixture
def officer(
    demonstration: tuple[Path, dict[str, Any], str], empty: Path, tmp_path: Path
) -> Iterator[Officer]:
    home = Home(tmp_path)
    home.decisions.mkdir()
    home.warehouse.parent.mkdir()
    shutil.copyfile(empty, home.warehouse)
    home.published.symlink_to(demonstration[0] / "published", target_is_directory=True)
    with connect(home.warehouse, memory_limit="500MB", threads=1) as con:
        yield Officer(home, con)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_row_is_added_once_however_often_it_stands_there(
    officer: Officer, delimiter: str
) -> None:
    officer.write(officer.row(), officer.row(), delimiter=delimiter)
    officer.write(officer.row(), name="again.csv")

    assert officer.night() == 1
    assert officer.night() == 0
    assert officer.decided() == [(officer.pairs[0][1], "validated", "five countries")]
    assert officer.held() == []
    trail = officer.con.execute(
        "select audit_action, audit_subject from ops.audit_event order by audit_no"
    ).fetchall()
    assert [action for action, _ in trail] == ["signal_decided", "decisions_read"]
    assert trail[1][1] == "2025.csv"


def test_what_is_written_beside_it_between_two_nights_is_added(officer: Officer) -> None:
    first, second = officer.row(), officer.row(1)
    officer.write(first, second)
    assert officer.night() == 2

    later = first | {"state": "closed", "outcome": "refuted", "decided_on": "2025-12-02"}
    officer.write(first | {"outcome": ""}, second | {"outcome": ""}, later)

    assert officer.night() == 1
    assert [state for _, state, _ in officer.decided()] == ["validated", "validated", "closed"]


def test_what_was_decided_stays_though_its_row_is_changed_or_gone(officer: Officer) -> None:
    officer.write(officer.row())
    assert officer.night() == 1

    officer.write(officer.row(reason="six countries"))
    assert officer.night() == 1
    assert [reason for *_, reason in officer.decided()] == ["five countries", "six countries"]

    officer.write(officer.row(1))
    assert officer.night() == 1
    assert len(officer.decided()) == 3


def test_rows_that_nobody_has_filled_in_are_left_out(officer: Officer) -> None:
    empty = dict.fromkeys(("state", "reason", "decided_on", "decided_by"), "")
    officer.write(officer.row(1, **empty), officer.row(), {})

    assert officer.night() == 1
    assert officer.held() == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"state": "closd"}, "state 'closd' is none of detected, validated, not_validated, "
         "confirmed, under_assessment, closed; closed?"),
        ({"state": "closed"}, "a closed signal has an outcome (identified_risk, potential_risk, "
         "already_known, quality_defect, refuted, routine), and no other has one"),
        ({"state": "closed", "outcome": "refutd"}, "outcome 'refutd' is none of identified_risk, "
         "potential_risk, already_known, quality_defect, refuted, routine; refuted?"),
        ({"state": "confirmed"},
         "detected cannot become confirmed: next may be validated, not_validated"),
        ({"reason": ""}, "reason is empty"),
        ({"decided_by": " "}, "decided_by is empty"),
        ({"decided_on": "31/12/2025"}, "decided_on '31/12/2025' is no day (2026-03-31)"),
        ({"decided_on": "2999-01-01"}, "decided on 2999-01-01: that day has not come"),
        ({"next_review": "2025-11-30"},
         "next review on 2025-11-30: give a day after the decision"),
        ({"kind": "evnt"}, "kind 'evnt': say event or event_group"),
        ({"event": "Deafnes of the third ear"}, "no case has {product} with 'Deafnes of the third "
         "ear'"),
        ({"product": "Nosuchproduct"}, "no case has the product 'Nosuchproduct'"),
        ({"reason": "a\x1b[2Jb"}, "reason holds characters that cannot be read"),
        ({"reason": "a\u202eb"}, "reason holds characters that cannot be read"),
        ({"reason": LONG}, "reason: give a text of at most 2000 characters"),
        ({"state": LONG}, f"state '{LONG[:57]}...' is none of"),
        ({"event": LONG}, "no case has {product} with " + f"'{LONG[:57]}...'"),
        ({"product": LONG}, f"no case has the product '{LONG[:57]}...'"),
        ({"decided_on": LONG}, f"decided_on '{LONG[:57]}...' is no day"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_by_line_and_adds_nothing(
    officer: Officer, said: dict[str, str], why: str
) -> None:
    reason = officer.why(officer.row(1), officer.row(**said))

    assert reason.startswith(f"line 3: {why.format(product=officer.pairs[0][0])}")
    assert len(reason) < 300


def test_every_wrong_row_is_named_up_to_five(officer: Officer) -> None:
    rows: Sequence[dict[str, str]] = [
        officer.row(), officer.row(state="closd"), officer.row(decided_on="soon"),
        officer.row(event="Nosuchevent"),
    ]  # fmt: skip
    reason = officer.why(*rows)

    said = reason.split("; line ")
    assert said[0].startswith("line 3: state 'closd' is none of")
    assert said[1] == "4: decided_on 'soon' is no day (2026-03-31)"
    assert said[2].startswith("5: no case has")
    assert len(said) == 3

    reason = officer.why(*(officer.row(state=f"s{i}") for i in range(8)))
    assert reason.count("; line ") == 4
    assert reason.endswith("; 3 more")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"product,event,state\n", "line 1: no column reason, decided_on, decided_by"),
        (b"product,event,state,reason,decided_on,decided_by,statr\n",
         "line 1: column 'statr' is unknown; known are product, event,"),
        (b"product,event,state,reason,decided_on,decided_by,state\n",
         "line 1: a column is there twice"),
        (b"", "line 1: no column product"),
        ("product;event;state;reason;decided_on;decided_by\nK;E;closed;Übelkeit;;a".encode("cp1252"),
         "byte 60 is not UTF-8: save it as CSV in UTF-8"),
        (b'product,event,state,reason,decided_on,decided_by\na,b,"c\n', "line 2: unexpected end"),
        (b"product,event,state,reason,decided_on,decided_by\na,b,closed,d\n",
         "line 2: 4 columns, the header has 6"),
        (b"PK\x03\x04 a workbook that was called so", "line 1: no column product"),
        (b"product\n" * 700_000, "the file has more than 5,000,000 bytes"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_of_decisions_says_what_to_do(
    officer: Officer, content: bytes, why: str
) -> None:
    (officer.home.decisions / "a.csv").write_bytes(content)

    assert officer.night() == 0
    ((name, reason),) = officer.held()
    assert (name, reason[: len(why)]) == ("a.csv", why)
    assert len(reason) < 300


def test_a_wrong_file_keeps_no_other_from_being_read(officer: Officer) -> None:
    (officer.home.decisions / "a.csv").write_text("nothing")
    (officer.home.decisions / "b.csv").mkdir()
    officer.write(officer.row(), name="c.csv")

    assert officer.night() == 1
    assert [name for name, _ in officer.held()] == ["a.csv", "b.csv"]

    (officer.home.decisions / "a.csv").unlink()
    (officer.home.decisions / "b.csv").rmdir()
    assert officer.night() == 0
    assert officer.held() == []


def test_a_form_holds_no_formula_and_comes_back_as_it_was_shown(tmp_path: Path) -> None:
    names = ("=HYPERLINK(1)", "-x", "'quoted", 'plain; "comma, ü')
    shown = dict.fromkeys(("signal_status", "changed_since", "verdict", "n", "n_fatal"), "")
    form = tmp_path / "decisions" / "form.csv"
    files.write_form(
        form,
        [
            {"product": "Kymriah", "event": name, "event_kind": "event", "countries": [], **shown}
            for name in names
        ],
    )
    text = form.read_text(encoding="utf-8-sig")
    assert form.read_bytes().startswith("\ufeff".encode())
    with form.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "-"))]
    decided = {"state": "validated", "reason": "r", "decided_on": "2025-12-01", "decided_by": "a"}
    with form.open("w", encoding="utf-8", newline="") as opened:
        written = csv.DictWriter(opened, rows[0])
        written.writeheader()
        written.writerows(row | decided for row in rows)

    assert [line.said.event for line in files.read(form).lines] == list(names)
    assert text.splitlines()[0].split(",") == [*files.COLUMNS, *files.SHOWN]


def test_a_form_is_never_written_over_another_file(
    demonstration: tuple[Path, dict[str, Any], str], tmp_path: Path
) -> None:
    shutil.copyfile(__file__, tmp_path / "there.csv")
    done = CliRunner().invoke(
        app,
        ["signal", "list", "--csv", str(tmp_path / "there.csv"), "--home", str(demonstration[0])],
    )

    assert str(done.exception) == f"{tmp_path / 'there.csv'} is there already: give another name"
    assert (tmp_path / "there.csv").read_text() == Path(__file__).read_text()
