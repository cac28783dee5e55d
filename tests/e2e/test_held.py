"""Nothing gets smaller without a person: the night goes on, says what it holds, and `accept` ends
that."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_kill import kill_at

DEMO = "faers_ascii_2024Q1/ASCII/DEMO24Q1.txt"
KILLED_AT = ("check ...", "checking staging.report", "settling quarantine", "snapshot ...")


def lines(home: Path, name: str = DEMO) -> list[bytes]:
    return (home / "inbox" / "faers" / name).read_bytes().splitlines(keepends=True)


def rewrite(home: Path, content: list[bytes], name: str = DEMO) -> None:
    (home / "inbox" / "faers" / name).write_bytes(b"".join(content))


def without_dates(line: bytes) -> bytes:
    """The line with a date of receipt that is still to come."""
    return line.replace(b"$2024", b"$2098")


def cases(world, home: Path) -> list[tuple]:
    return world.query(home, "select source_case_id from core.case order by all")


def log_lines(home: Path) -> list[dict[str, Any]]:
    log = (home / "logs" / "nightly.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in log.splitlines()]


DAMAGE = {
    "more than half of its rows are bad": lambda rows: [
        *rows[:150],
        *map(without_dates, rows[150:]),
    ],
    "it keeps 0 rows": lambda rows: rows[:1],
    "it keeps 2 rows": lambda rows: rows[:3],
}


@pytest.mark.parametrize("reason", DAMAGE)
def test_a_redelivery_that_lost_its_rows_is_held_and_every_case_stays(
    poolvigil, world, after_one_night: Path, copied, reason: str
) -> None:
    home = copied(after_one_night)
    before = cases(world, home)
    rewrite(home, DAMAGE[reason](lines(home)))

    done = poolvigil.run(home)

    assert (done.code, done.summary["status"]) == (6, "published")
    assert cases(world, home) == before
    ((told,),) = world.query(home, "select {'kind': kind, 'name': name, 'why': reason} from held")
    assert (told["kind"], told["name"]) == ("redelivery", DEMO)
    assert reason in told["why"]
    assert [each["name"] for each in done.summary["held"]] == [DEMO]
    assert "HELD FOR A PERSON: 1" in done.err
    page = (home / "reports" / "latest.html").read_text(encoding="utf-8")
    assert page.index("Held for a person: 1") < page.index("The answer")
    warned = [line for line in log_lines(home) if line["level"] == "warning"]
    assert [(line["kind"], line["name"]) for line in warned] == [("redelivery", DEMO)]


def test_a_list_that_deletes_all_cases_but_one_is_held_and_its_quarter_is_not(
    poolvigil, world, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    before = cases(world, home)
    fresh = [case for case in world.second if case.version == 1]
    world.write(home, "24Q2", fresh, deleted=[case.number for case in world.first[1:]])

    done = poolvigil.run(home)

    assert [each["kind"] for each in done.summary["held"]] == ["deletions"]
    assert "deletes 404 of the 404 cases of faers" in done.summary["held"][0]["reason"]
    assert set(before) | {(str(case.number),) for case in fresh} == set(cases(world, home))


def test_what_is_held_is_told_every_night_until_a_person_lets_it_in(
    poolvigil, world, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    rewrite(home, lines(home)[:101])
    name = "faers/faers_ascii_2024Q1"
    first = poolvigil.run(home)

    again = poolvigil.run(home)
    assert (again.code, again.summary["status"]) == (6, "unchanged")
    assert again.summary["held"] == first.summary["held"]

    listed = poolvigil("accept", "--home", str(home), "--list")
    assert json.loads(listed.out)["held"] == first.summary["held"]
    refused = poolvigil("accept", "letter.txt", "--home", str(home))
    assert (refused.code, refused.err) == (
        2, "poolvigil: letter.txt is not held; poolvigil accept --list shows what is\n",
    )  # fmt: skip
    for _ in range(2):
        let_in = poolvigil("accept", name, "--home", str(home))
        assert (let_in.code, json.loads(let_in.out)) == (0, {"accepted": [["faers", DEMO]]})

    summary = poolvigil.run(home).summary
    assert (summary["status"], summary["held"]) == ("published", [])
    # The first of them is on the list of deleted cases.
    assert len(cases(world, home)) == 99
    assert world.query(home, "select name from ops.acceptance") == [(DEMO,)]
    assert poolvigil.run(home).summary["status"] == "unchanged"

    rewrite(home, lines(home)[:51])
    assert [each["name"] for each in poolvigil.run(home).summary["held"]] == [DEMO]


@pytest.mark.parametrize("arguments", [[], ["--list", "a.txt"]])
def test_accept_wants_names_or_the_list(
    poolvigil, after_one_night: Path, copied, arguments: list[str]
) -> None:
    done = poolvigil("accept", "--home", str(copied(after_one_night)), *arguments)

    assert (done.code, done.err.count("\n")) == (2, 1)


def test_accept_makes_nothing_where_no_night_has_run(poolvigil, tmp_path: Path) -> None:
    done = poolvigil("accept", "a.txt", "--home", str(tmp_path))

    assert (done.code, list(tmp_path.iterdir())) == (2, [])
    assert "no night has run" in done.err


def hold_and_add(world, home: Path) -> None:
    """A cut redelivery, beside everything of the second quarter."""
    rewrite(home, lines(home)[:41])
    world.add_second(home)


@pytest.fixture(scope="module")
def yesterday(world, after_one_night: Path, once) -> Path:
    """A home in whose inbox lies what the night will hold. Not to be changed."""

    def make(home: Path) -> None:
        shutil.copytree(after_one_night, home, symlinks=True, dirs_exist_ok=True)
        hold_and_add(world, home)

    return once("before_held_night", make)[0]


@pytest.fixture(scope="module")
def undisturbed(poolvigil, yesterday: Path, once) -> Path:
    """The same after its night. Not to be changed."""

    def make(home: Path) -> None:
        shutil.copytree(yesterday, home, symlinks=True, dirs_exist_ok=True)
        assert poolvigil.run(home).code == 6

    return once("held_night", make)[0]


@pytest.fixture
def today(copied, yesterday: Path) -> Path:
    """The same before its night, to be changed."""
    return copied(yesterday)


@pytest.mark.parametrize("moment", KILLED_AT)
def test_a_killed_night_that_holds_something_ends_as_if_undisturbed(
    poolvigil, world, today: Path, undisturbed: Path, moment: str
) -> None:
    kill_at(poolvigil, today, moment)
    done = poolvigil.run(today)

    assert (done.code, done.summary["status"]) == (6, "published")
    assert world.read(world.current(today)) == world.read(world.current(undisturbed))
    worked = [
        world.read(h / "work" / "warehouse.duckdb", "staging", "core", "mart", "ops")
        for h in (today, undisturbed)
    ]
    assert worked[0] == worked[1]


def test_after_the_loss_of_the_warehouse_the_held_file_is_still_held_and_can_be_let_in(
    poolvigil, world, undisturbed: Path, copied
) -> None:
    home = copied(undisturbed)
    (home / "work" / "warehouse.duckdb").unlink()

    listed = poolvigil("accept", "--home", str(home), "--list")
    assert [each["name"] for each in json.loads(listed.out)["held"]] == [DEMO]
    poolvigil("accept", DEMO, "--home", str(home))
    summary = poolvigil.run(home).summary

    assert summary["held"] == []
    assert world.query(home, "select status from files where name = $name", name=DEMO) == [
        ("superseded",), ("ok",),
    ]  # fmt: skip
