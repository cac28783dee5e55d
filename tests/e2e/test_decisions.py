"""Ten nights with decisions in between: what stays closed, what is back and why, what is new.

The commands are given in this process, one after the other, so that the libraries load once.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html
from typer.testing import CliRunner

from pv.cli import app
from pv.errors import DAMAGED, HELD, UsageError
from tests.e2e.conftest import ENVIRONMENT, FIRST_NUMBER, World

PML, DEAF, KYMRIAH = (
    "Progressive multifocal leukoencephalopathy", "Deafness", "Kymriah",
)  # fmt: skip
STATUS = (
    "select event, signal_status, closed, returned_because from mart.signal_status "
    "where product = 'Kymriah' and event_kind = 'event' and event in ($pml, $deaf) and "
    "(headline or signal_status <> 'detected') order by event"
)
Said = dict[str, list[Any]]


@dataclass
class Nights:
    """A home that gets cases and decisions, night after night."""

    world: World
    home: Path
    count: int = 1
    told: dict[str, list[int]] = field(default_factory=dict)

    def give(self, *arguments: str, refused: bool = False) -> str:
        """A command; gives its output, or why it is refused."""
        done = CliRunner().invoke(app, [*arguments, "--home", str(self.home)])
        if refused:
            assert isinstance(done.exception, UsageError), done.output
            return str(done.exception)
        assert done.exit_code in (0, HELD, DAMAGED), (done.output, done.exception)
        return done.output

    def run(self) -> Said:
        """A night; gives [status, closed, why it is back] of each event."""
        self.count += 1
        self.give("run")
        return {e: said for e, *said in self.world.query(self.home, STATUS, pml=PML, deaf=DEAF)}

    def decide(self, state: str, *more: str, refused: bool = False) -> str:
        return self.give(
            "signal", "decide", KYMRIAH, PML, "--kind", "event", "--state", state,
            "--reason", f"{state} for a test", *more, refused=refused,
        )  # fmt: skip

    def receive(
        self, *cases: tuple[str, str], fatal: str | None = None, deleted: Sequence[int] = ()
    ) -> None:
        """A quarter with these events and countries, and with reports of another medicine, with
        which its cases are compared. Cases of the event `fatal` are so."""
        quarter = len(list((self.home / "inbox" / "faers").iterdir()))
        day = date(2024, 3 * quarter + 3, 30)
        base = FIRST_NUMBER + 10_000_000 * quarter
        made = [
            self.world.case(
                base + 10 * i, ("DE", "FR", "IT", "JP", "US")[i % 5], ("ASPIRIN",), ("Nausea",),
                day, values={"age": str(30 + i), "age_cod": "YR", "sex": "M"},
            )
            for i in range(40)
        ]  # fmt: skip
        for i, (event, country) in enumerate(cases):
            age = {"age": str(20 + 7 * quarter + i), "age_cod": "YR", "sex": "F"}
            case = self.world.case(
                base + 1000 + 10 * i, country, ("KYMRIAH",), (event,), day, values=age,
                fatal=event == fatal,
            )  # fmt: skip
            self.told.setdefault(event, []).append(case.number)
            made.append(case)
        self.world.write(self.home, f"24Q{quarter + 1}", made, deleted=deleted)

    def listed(self) -> set[str]:
        """The events of Kymriah that `signal list` says are open."""
        said = json.loads(self.give("signal", "list", "--json").splitlines()[-1])["signals"]
        return {each["event"] for each in said if each["product"] == KYMRIAH}


@dataclass(frozen=True)
class Index:
    """What the index of the newest night says, and its lists of the decisions."""

    since: str
    parts: dict[str, list[str]]
    facts: dict[str, str]
    decision: dict[str, str]

    @classmethod
    def of(cls, home: Path) -> "Index":
        page = html.fromstring((home / "reports" / "latest.html").read_text(encoding="utf-8"))
        (since,) = page.xpath('//section[@aria-labelledby="since"]')
        night = home / "reports" / (home / "published" / "current").resolve().name
        lists = [html.fromstring(file.read_text("utf-8")) for file in night.glob("*.html")]
        rows = [row for each in lists for row in each.xpath('//table[@class="triage"]/tbody/tr')]
        return cls(
            _text(since.xpath("p")[0]),
            {
                _text(head): [_text(item) for item in head.xpath("..//li")]
                for head in since.xpath(".//h3")
            },
            {_text(each): _text(each.getnext()) for each in since.xpath("dl/dt")},
            {
                _text(row.xpath("th/a")[0]): _text(row.xpath("td")[-2])
                for row in rows
                if not row.xpath('th/span[@class="kind"]')
            },
        )

    def named(self, part: str) -> list[str]:
        """The lines of one of the parts New, Changed, Gone, without those of groups."""
        return [line for line in self.parts.get(part, []) if "(group)" not in line]


def _text(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _write(form: Path, rows: list[dict[str, str]]) -> None:
    with form.open("w", newline="") as opened:
        written = csv.DictWriter(opened, rows[0], delimiter=";")
        written.writeheader()
        written.writerows(rows)


@pytest.fixture
def nights(world: World, after_one_night: Path, copied, monkeypatch: pytest.MonkeyPatch) -> Nights:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Nights(world, copied(after_one_night))


def test_ten_nights_with_decisions_in_between(nights: Nights) -> None:
    _open(nights)
    _closed(nights)
    _officers_files(nights)
    _back(nights)
    _threshold(nights)

    assert nights.count == 10
    _nothing_is_lost_or_changed(nights)


def _open(nights: Nights) -> None:
    """Nights 1 to 4: what is decided of an open signal stands on the index."""
    home, name = nights.home, f"{KYMRIAH}: {PML}"
    index = Index.of(home)
    assert "knows no night before" in index.since
    assert index.decision[name] == "detected"
    refused = nights.decide("closed", "--outcome", "refuted", refused=True)
    assert "detected cannot become closed: next may be validated, not_validated" in refused

    nights.decide("validated", "--decided-on", "2024-03-01", "--next-review", "2024-03-15")
    assert nights.run() == {PML: ["validated", False, None]}
    index = Index.of(home)
    assert index.facts["Review due"] == name
    assert index.decision[name] == "validated review due"

    nights.decide("confirmed", "--decided-on", "2024-03-16", "--next-review", "2099-01-31")
    assert nights.run() == {PML: ["confirmed", False, None]}
    index = Index.of(home)
    assert "Review due" not in index.facts
    assert index.decision[name] == "confirmed"

    nights.decide("under_assessment")
    assert nights.run() == {PML: ["under_assessment", False, None]}
    assert Index.of(home).decision[name] == "under assessment"
    assert PML in nights.listed()


def _closed(nights: Nights) -> None:
    """Night 5: a case more of a known country is nothing material, and another event is new."""
    nights.decide("closed", "--outcome", "refuted", "--action", "none")
    nights.receive((PML, "DE"), *((DEAF, country) for country in ("DE", "FR", "IT", "JP", "US")))

    assert nights.run() == {DEAF: ["detected", False, None], PML: ["closed", True, None]}
    assert nights.listed() == {DEAF}
    index = Index.of(nights.home)
    assert index.since == (
        "Compared with what was known on 31 March 2024, of advanced therapies: 1 new, 0 changed, "
        "0 gone."
    )
    (new,) = index.named("New")
    assert new.removeprefix("P4 ").startswith(f"{KYMRIAH}: {DEAF} :")
    assert (index.named("Changed"), index.named("Gone")) == ([], [])
    assert "Back after closing" not in index.facts
    assert index.decision[f"{KYMRIAH}: {PML}"] == "closed refuted"


def _officers_files(nights: Nights) -> None:
    """Night 6: a form that an officer has filled in; one with mistakes adds nothing."""
    form, wrong = (nights.home / "decisions" / name for name in ("2024.csv", "wrong.csv"))
    form.parent.mkdir()
    nights.give("signal", "list", "--csv", str(form))
    with form.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    said = {"state": "not_validated", "reason": "noise in the cabin", "decided_by": "anna",
            "decided_on": "2024-07-01"}  # fmt: skip
    rows = [row | said if row["event"] == DEAF else row for row in rows]
    _write(form, rows)
    bad = {"product": KYMRIAH, "event": PML, "state": "closd", "reason": "=cmd()",
           "decided_by": "anna", "decided_on": "2024-07-01"}  # fmt: skip
    _write(wrong, [bad, bad | {"event": "Progressive multifocal"}])

    assert nights.run() == {DEAF: ["not_validated", True, None], PML: ["closed", True, None]}
    ((name, reason),) = nights.world.query(
        nights.home, "select name, reason from ops.held where kind = 'decisions'"
    )
    assert name == "wrong.csv"
    first, second = reason.split("; line ")
    assert first.startswith("line 2: state 'closd' is none of") and first.endswith("closed?")
    assert second.startswith("3: no case has Kymriah with 'Progressive multifocal'")
    wrong.unlink()


def _back(nights: Nights) -> None:
    """Nights 7 and 8: a new fatal case and a new country bring them back, until they are closed
    again, one by the file that was there before."""
    nights.receive((PML, "DE"), (DEAF, "NA"), fatal=PML)

    said = nights.run()
    assert said == {
        DEAF: ["not_validated", False, "first reported from NA"],
        PML: ["closed", False, "1 new fatal case, 1 in all"],
    }
    assert nights.listed() == {DEAF, PML}
    index = Index.of(nights.home)
    for event, (*_, why) in said.items():
        assert f"{KYMRIAH}: {event} ({why})" in index.facts["Back after closing"]
        assert index.decision[f"{KYMRIAH}: {event}"].endswith(f"back : {why}")
    assert index.named("New") == []
    assert len(index.named("Changed")) == 2

    form = nights.home / "decisions" / "2024.csv"
    with form.open(newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter=";"))
    (row,) = [row for row in rows if row["event"] == DEAF]
    _write(form, [*rows, row | {"reason": "noise in Namibia", "decided_on": "2025-01-10"}])
    nights.decide("closed", "--outcome", "potential_risk")

    assert nights.run() == {DEAF: ["not_validated", True, None], PML: ["closed", True, None]}


def _threshold(nights: Nights) -> None:
    """Nights 9 and 10: half as many cases again bring one back, unless more is asked; and what
    was deleted is gone."""
    settings = nights.home / "poolvigil.toml"
    settings.write_text("returns_growth = 1.0\n")
    four = [(PML, country) for country in ("DE", "FR", "IT", "US")]
    nights.receive(*four, deleted=nights.told[DEAF])

    assert nights.run() == {DEAF: ["not_validated", True, None], PML: ["closed", True, None]}
    index = Index.of(nights.home)
    (gone,) = index.named("Gone")
    assert gone.startswith(f"{KYMRIAH}: {DEAF}, Pooled only with 6 cases then; no case of both")
    assert (index.named("New"), index.named("Changed")) == ([], [])
    assert "Back after closing" not in index.facts

    settings.write_text("returns_growth = 0.5\n")
    why = "11 cases, 7 when it was decided"
    assert nights.run()[PML] == ["closed", False, why]
    assert f"{KYMRIAH}: {PML} ({why})" in Index.of(nights.home).facts["Back after closing"]


def _said_by_the_commands(nights: Nights, decided: list[tuple[str, str]]) -> None:
    """What was decided, of one signal, of all, and as the table of a periodic report."""

    def of(key: str, *arguments: str) -> list[dict[str, Any]]:
        return json.loads(nights.give("signal", *arguments, "--json").splitlines()[-1])[key]

    (said,) = (
        each for each in of("signals", "show", KYMRIAH, PML) if each["event_kind"] == "event"
    )
    assert (said["closed"], said["returned_because"]) == (False, "11 cases, 7 when it was decided")
    pml = [status for event, status in decided if event == PML]
    assert [each["signal_status"] for each in of("decisions", "show", KYMRIAH, PML)] == pml
    history = [(each["event"], each["signal_status"]) for each in of("decisions", "history")]
    assert history == decided

    out = nights.home / "psur.csv"
    nights.give("signal", "export", "--product", KYMRIAH, "--from", "2024-01-01",
                "--to", "2099-12-31", "--out", str(out))  # fmt: skip
    with out.open(newline="", encoding="utf-8-sig") as opened:
        table = list(csv.DictReader(opened))
    # What was never validated is no signal.
    (row,) = table
    assert (row["Signal term"], row["Status (ongoing or closed)"]) == (PML, "closed")


def _nothing_is_lost_or_changed(nights: Nights) -> None:
    decided = nights.world.query(
        nights.home,
        "select decision_no, event, signal_status, signal_outcome, decided_from from ops.decision",
    )
    assert decided == [
        (1, PML, "validated", None, None), (2, PML, "confirmed", None, None),
        (3, PML, "under_assessment", None, None), (4, PML, "closed", "refuted", None),
        (5, DEAF, "not_validated", None, "2024.csv"),
        (6, PML, "closed", "potential_risk", None),
        (7, DEAF, "not_validated", None, "2024.csv"),
    ]  # fmt: skip
    _said_by_the_commands(nights, [(event, status) for _, event, status, *_ in decided])
    assert "as recorded" in nights.give("audit", "verify")
    with duckdb.connect(str(nights.home / "work" / "warehouse.duckdb")) as con:
        con.execute("update ops.decision set reason = 'other' where decision_no = 2")
    assert "ops.decision: row 2 was changed" in nights.give("audit", "verify")
