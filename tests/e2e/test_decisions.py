"""Ten nights with decisions in between: what stays closed, what is back and why, what is new."""

import csv
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.e2e.conftest import Poolvigil, World

PML, DEAF, KYMRIAH = (
    "Progressive multifocal leukoencephalopathy", "Deafness", "Kymriah",
)  # fmt: skip
STATUS = (
    "select event, signal_status, closed, returned_because from mart.signal_status "
    "where product = 'Kymriah' and event_kind = 'event' and event in ($pml, $deaf) and "
    "(headline or signal_status <> 'detected') order by event"
)


class Nights:
    """A home that gets cases and decisions, night after night."""

    def __init__(self, poolvigil: Poolvigil, world: World, home: Path) -> None:
        self.poolvigil, self.world, self.home = poolvigil, world, home
        self.quarter, self.number = 0, 30_000_000

    def receive(self, event: str, *countries: str, dead: bool = False) -> None:
        """A delivery of one case for each country."""
        self.quarter += 1
        year, quarter = divmod(self.quarter, 4)
        cases = []
        for country in countries:
            self.number += 10
            cases.append(
                self.world.case(
                    self.number, country, ("KYMRIAH",), (event,), self._day(len(cases)),
                    values={"age": str(self.number % 60 + 20), "age_cod": "YR", "sex": "F"},
                )
            )  # fmt: skip
        folder = self.world.write(self.home, f"{24 + year}Q{quarter + 1}", cases)
        if dead:
            (file,) = (folder / "ASCII").glob("OUTC*.txt")
            lines = file.read_text().splitlines()[:1]
            lines += [f"{c.primaryid}${c.number}$DE" for c in cases]
            file.write_text("".join(f"{line}\r\n" for line in lines))

    def _day(self, i: int) -> date:
        year, quarter = divmod(self.quarter, 4)
        return date(2024 + year, 3 * quarter + 1, 5 + i)

    def run(self, *arguments: str) -> dict[str, tuple]:
        """One night; gives (status, closed, why it is back) of each event."""
        done = self.poolvigil.run(self.home, *arguments)
        assert done.code in (0, 6), done.err
        return {e: said for e, *said in self.shown()}

    def shown(self) -> list[tuple]:
        return self.world.query(self.home, STATUS, pml=PML, deaf=DEAF)

    def decide(self, event: str, state: str, *more: str, code: int = 0) -> str:
        done = self.poolvigil(
            "signal", "decide", KYMRIAH, event, "--kind", "event", "--state", state,
            "--reason", f"{state} for a test", *more, "--home", str(self.home),
        )  # fmt: skip
        assert done.code == code, done.err
        return done.err.strip().splitlines()[-1]

    def verify(self) -> tuple[int, list[str]]:
        done = self.poolvigil("audit", "verify", "--home", str(self.home))
        return done.code, json.loads(done.out.splitlines()[-1])["problems"]


@pytest.fixture
def nights(poolvigil: Poolvigil, world: World, after_one_night: Path, copied) -> Nights:
    return Nights(poolvigil, world, copied(after_one_night))


def test_ten_nights_with_decisions_in_between(nights: Nights, world: World) -> None:
    home = nights.home
    # 1: the night that the home has had.
    assert nights.run() == {PML: ["detected", False, None]}
    refused = nights.decide(PML, "closed", "--outcome", "refuted", code=2)
    assert "detected cannot become closed: next may be validated, not_validated" in refused
    nights.decide(PML, "validated", "--next-review", "2099-01-31")

    # 2: a decision alone makes a snapshot.
    assert nights.run() == {PML: ["validated", False, None]}
    nights.decide(PML, "under_assessment")
    nights.decide(PML, "closed", "--outcome", "refuted", "--action", "none")

    # 3: it is closed, and a night without news changes nothing.
    assert nights.run() == {PML: ["closed", True, None]}
    listed = nights.poolvigil("signal", "list", "--home", str(home)).summary["signals"]
    assert PML not in {each["event"] for each in listed}

    # 4: one case more of a known country is nothing material.
    nights.receive(PML, "DE")
    assert nights.run() == {PML: ["closed", True, None]}

    # 5: a new fatal case is, and the list has it again with the reason.
    nights.receive(PML, "DE", dead=True)
    found = nights.run()[PML]
    assert found[:2] == ["closed", False] and "new fatal case" in found[2]
    listed = nights.poolvigil("signal", "list", "--home", str(home))
    assert "back: " in listed.err
    nights.decide(PML, "closed", "--outcome", "potential_risk")

    # 6: closed again, on what is known now.
    assert nights.run() == {PML: ["closed", True, None]}

    # 7: another event is new.
    nights.receive(DEAF, "DE", "FR", "IT", "JP", "US")
    assert nights.run() == {DEAF: ["detected", False, None], PML: ["closed", True, None]}

    # 8: officers' files.
    _officers_files(nights, world)

    # 9: the same files again add nothing; a country that had no case brings one back.
    nights.receive(DEAF, "NA")
    assert nights.run()[DEAF] == ["not_validated", False, "first reported from NA"]
    assert world.query(home, "select count(*) from ops.decision where event = $e", e=DEAF) == [(1,)]

    # 10: half as many cases again bring the other back.
    nights.receive(PML, "DE", "FR", "IT", "US")
    found = nights.run()[PML]
    assert found[:2] == ["closed", False] and "when it was decided" in found[2]

    _what_was_decided_lasts(nights, world)


def _officers_files(nights: Nights, world: World) -> None:
    """A form that an officer has filled in; one with a mistake adds nothing, the night goes on."""
    home = nights.home
    form = home / "decisions" / "2025.csv"
    form.parent.mkdir()
    done = nights.poolvigil("signal", "list", "--csv", str(form), "--home", str(home))
    assert done.code == 0, done.err
    with form.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        if row["event"] == DEAF:
            row |= {"state": "not_validated", "reason": "noise in the cabin", "decided_by": "anna",
                    "decided_on": "2025-12-01"}  # fmt: skip
    _write(form, rows)
    (form.parent / "wrong.csv").write_text(
        "product;event;state;reason;decided_on;decided_by\n"
        f"Kymriah;{PML};closd;=cmd();2025-12-01;anna\n"
    )
    assert nights.run() == {DEAF: ["not_validated", True, None], PML: ["closed", True, None]}
    held = world.query(home, "select name, reason from ops.held where kind = 'decisions'")
    assert [name for name, _ in held] == ["wrong.csv"]
    assert held[0][1].startswith("line 2: state 'closd' is none of")
    assert held[0][1].endswith("closed?")
    (form.parent / "wrong.csv").unlink()


def _what_was_decided_lasts(nights: Nights, world: World) -> None:
    """Through the loss of the warehouse; and what somebody changes is found."""
    home = nights.home
    decided = world.query(
        home, "select decision_no, signal_status, signal_outcome, decided_from from ops.decision"
    )
    assert decided == [
        (1, "validated", None, None), (2, "under_assessment", None, None),
        (3, "closed", "refuted", None), (4, "closed", "potential_risk", None),
        (5, "not_validated", None, "2025.csv"),
    ]  # fmt: skip
    assert nights.verify() == (0, [])

    (home / "work" / "warehouse.duckdb").unlink()
    nights.run()
    assert world.query(home, "select count(*) from ops.decision") == [(5,)]
    assert nights.verify() == (0, [])

    with duckdb.connect(str(home / "work" / "warehouse.duckdb")) as con:
        con.execute("update ops.decision set reason = 'other' where decision_no = 2")
    code, problems = nights.verify()
    assert code == 7
    assert any("ops.decision: row 2 was changed" in problem for problem in problems)
    assert "audit verify: ops.decision: row 2 was changed" in nights.poolvigil.run(home).err


def _write(form: Path, rows: list[dict[str, str]]) -> None:
    with form.open("w", newline="") as opened:
        written = csv.DictWriter(opened, rows[0])
        written.writeheader()
        written.writerows(rows)
