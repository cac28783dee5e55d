"""Nights with decisions in between: what stays closed, and what is back and why."""

import json
from datetime import date
from pathlib import Path

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
                    self.number, country, ("KYMRIAH",), (event,), self._day(),
                    values={"age": str(self.number % 60 + 20), "age_cod": "YR", "sex": "F"},
                )
            )  # fmt: skip
        folder = self.world.write(self.home, f"{24 + year}Q{quarter + 1}", cases)
        if dead:
            (file,) = (folder / "ASCII").glob("OUTC*.txt")
            lines = file.read_text().splitlines()[:1]
            lines += [f"{c.primaryid}${c.number}$DE" for c in cases]
            file.write_text("".join(f"{line}\r\n" for line in lines))

    def _day(self) -> date:
        year, quarter = divmod(self.quarter, 4)
        return date(2024 + year, 3 * quarter + 1, 1)

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


def test_nights_with_decisions_in_between(nights: Nights, world: World) -> None:
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
    assert nights.verify() == (0, [])
