"""`poolvigil duplicates`: what a person decides, through nights and the loss of the warehouse."""

from pathlib import Path

from tests.e2e.conftest import Poolvigil, World, copy_home


def one_group(world: World, home: Path, cases: tuple[int, int]) -> bool:
    found = world.query(
        home, "select count(distinct duplicate_group) from core.case where case_id in $cases",
        cases=list(cases),
    )  # fmt: skip
    return found == [(1,)]


def test_a_decision_holds_from_the_next_night_on_and_survives_the_warehouse(
    poolvigil: Poolvigil, world: World, after_one_night: Path, tmp_path: Path
) -> None:
    home = copy_home(after_one_night, tmp_path / "home")
    (first,), (second,) = world.query(home, "select case_id from core.case order by 1 limit 2")
    cases, where = (str(first), str(second)), ("--home", str(home))
    assert not one_group(world, home, (first, second))

    said = poolvigil("duplicates", "confirm", *cases, "--reason", "one narrative", *where)
    assert said.code == 0, said.err
    assert poolvigil.run(home).summary["status"] == "published"
    assert one_group(world, home, (first, second))
    listed = poolvigil("duplicates", "list", *where).summary["pairs"]
    assert [(p["case_id"], p["other_case_id"], p["decision"]) for p in listed if p["decision"]] == [
        (first, second, "confirm")
    ]

    (home / "work" / "warehouse.duckdb").unlink()
    assert poolvigil.run(home).summary["status"] in ("published", "unchanged")
    assert one_group(world, home, (first, second))

    assert poolvigil("duplicates", "reject", *cases, "--reason", "twins", *where).code == 0
    assert poolvigil.run(home).summary["status"] == "published"
    assert not one_group(world, home, (first, second))
    shown = poolvigil("duplicates", "show", cases[0], *where)
    assert "decided: reject" in shown.err
    decided = world.query(
        home, "select decision, reason from ops.duplicate_decision order by decision_no"
    )
    assert decided == [("confirm", "one narrative"), ("reject", "twins")]


def test_a_case_that_is_not_known_is_one_line(
    poolvigil: Poolvigil, after_one_night: Path, tmp_path: Path
) -> None:
    home = copy_home(after_one_night, tmp_path / "home")
    said = poolvigil(
        "duplicates", "reject", "1", "999999", "--reason", "x", "--home", str(home)
    )  # fmt: skip
    assert said.code == 2
    assert said.err.strip().splitlines()[-1] == (
        "poolvigil: no case has the number 999999 (case_id)"
    )
