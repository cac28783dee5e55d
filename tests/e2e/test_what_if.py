"""A what-if asks another date or rule, and leaves the home as it is."""

from pathlib import Path

import pytest

from pv.warehouse import manifest


def state(world, home: Path) -> dict[str, object]:
    """What a what-if must not touch: page, snapshots, every table that the night works in."""
    published = home / "published"
    return {
        "current": (published / "current").readlink(),
        "problems": manifest.problems_of_current(published),
        "snapshots": sorted(p.name for p in published.iterdir() if p.name != "what-if"),
        "pages": {p.name: p.read_bytes() for p in (home / "reports").rglob("*") if p.is_file()},
        "warehouse": world.read(
            home / "work" / "warehouse.duckdb", "staging", "core", "mart", "ops"
        ),
        "work": sorted(p.name for p in (home / "work").iterdir()),
    }


def test_a_what_if_publishes_beside_and_leaves_the_home_as_it_is(
    poolvigil, world, after_one_night: Path, after_two_nights: Path, copied
) -> None:
    """Also the files that it finds new: the next night finds them new too."""
    home = copied(after_one_night)
    world.add_second(home)
    before = state(world, home)

    done = poolvigil.run(home, "--rules", "ema")

    told = done.summary
    aside = home.resolve() / "published" / "what-if"
    assert state(world, home) == before
    assert (told["status"], told["what_if"], told["as_of"]) == ("published", True, "2024-06-30")
    assert told["snapshot"] == str(aside / "current" / "poolvigil.duckdb")
    assert told["report"] == str(aside / "reports" / "latest.html")
    assert "what-if: page, snapshot and history of the home are as they were" in done.err
    assert manifest.problems_of_current(aside) == []
    (run,) = world.query(home, "select what_if, rules ->> 'name' from ops.run", what_if=True)
    assert run == (True, "ema")
    assert "What if: another date or rule" in Path(told["report"]).read_text("utf-8")

    assert poolvigil.run(home).summary["what_if"] is False
    assert world.read(world.current(home)) == world.read(world.current(after_two_nights))
    assert "What if" not in (home / "reports" / "latest.html").read_text("utf-8")
    assert manifest.problems_of_current(aside) == []


def test_the_homes_own_rule_by_its_name_is_a_night(
    poolvigil, world, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)

    told = poolvigil.run(home, "--rules", "default").summary

    assert (told["status"], told["what_if"]) == ("unchanged", False)
    assert not (home / "published" / "what-if").exists()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            "--as-of 2023-12-31",
            "--as-of 2023-12-31 is before the first receipt in the data, which is of 2024-01-02: "
            "name that day or a later one",
        ),
        ("--as-of 2024-02-01 --recheck all", "start a night with --recheck alone"),
    ],
)
def test_a_what_if_that_cannot_be_asked_is_one_line_and_changes_nothing(
    poolvigil, world, copied, after_one_night: Path, *, asked: str, told: str
) -> None:
    home = copied(after_one_night)
    before = state(world, home)

    done = poolvigil.run(home, *asked.split())

    assert done.code == 2
    assert told in done.err
    assert done.err.count("poolvigil:") == 1
    assert state(world, home) == before
