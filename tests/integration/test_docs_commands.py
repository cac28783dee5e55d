"""What the documentation shows is what the program does: its SQL, its output, its deployment."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
# An SQL block, and the table that may follow it: its result.
BLOCK = re.compile(r"^```sql\n(.*?)^```\n\n?((?:^\|[^\n]*\n)*)", re.M | re.S)
# These ask for what goes wrong, and in the demo nothing does.
MAY_BE_EMPTY = {"operators.md", "quality.md"}


@dataclass(frozen=True)
class Demo:
    """Where the demo ran, and what it told a person."""

    folder: Path
    told: str


@pytest.fixture(scope="module")
def demo(demonstration) -> Demo:
    home, _, told = demonstration
    return Demo(home.parent, told)


@pytest.fixture(scope="module")
def snapshot(demo: Demo) -> Iterator[duckdb.DuckDBPyConnection]:
    database = demo.folder / "demo-home" / "published" / "current" / "poolvigil.duckdb"
    with duckdb.connect(str(database), read_only=True) as con:
        yield con


def sql_blocks() -> list:
    pages = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
    return [
        pytest.param(page.name, *block, id=f"{page.stem}-{number}")
        for page in pages
        for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
    ]


def as_table(con: duckdb.DuckDBPyConnection, sql: str) -> list[list[str]]:
    """The result as the rows of a Markdown table: names, then values."""
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    return [names, *([str(value) for value in row] for row in result.fetchall())]


@pytest.mark.parametrize(("page", "sql", "shown"), sql_blocks())
def test_sql_in_the_docs_runs_and_gives_what_is_shown(
    snapshot: duckdb.DuckDBPyConnection, page: str, sql: str, shown: str
) -> None:
    found = as_table(snapshot, sql)

    assert len(found) > 1 or page in MAY_BE_EMPTY
    if shown:
        head, _, *rows = ([c.strip() for c in r.strip("|").split("|")] for r in shown.splitlines())
        assert [head, *rows] == found


ANALYSTS = (CHECKOUT / "docs" / "analysts.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of the analysts' page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", ANALYSTS, re.M | re.S)


@pytest.mark.parametrize("program", blocks("python"))
def test_a_program_in_the_docs_runs(demo: Demo, program: str) -> None:
    home = demo.folder / "demo-home"
    assert "/srv/poolvigil" in program

    namespace: dict[str, Any] = {}
    exec(program.replace("/srv/poolvigil", str(home)), namespace)  # noqa: S102 - our own docs

    namespace["con"].close()
    for frame in ("signals", "again", "one_pair", "as_pandas", "flagged"):
        assert len(namespace.get(frame, [1])) > 0


@pytest.mark.parametrize(
    "sql",
    [
        *re.findall(r"dbGetQuery\(con, \"(.*?)\"\)", "".join(blocks("r"))),
        *re.findall(r"-c \"(.*?)\"", "".join(blocks("sh"))),
    ],
)
def test_sql_in_examples_of_other_languages_runs(
    snapshot: duckdb.DuckDBPyConnection, sql: str
) -> None:
    assert snapshot.execute(sql).fetchall()


def test_twenty_questions_are_asked_each_with_its_sql() -> None:
    (questions,) = re.findall(r"^## Twenty questions$(.*?)^## ", ANALYSTS, re.M | re.S)
    asked = re.split(r"^### ", questions, flags=re.M)[1:]

    assert [int(text.partition(".")[0]) for text in asked] == list(range(1, 21))
    assert [text for text in asked if text.count("```sql\n") != 1] == []


def test_the_view_table_names_every_view(snapshot: duckdb.DuckDBPyConnection) -> None:
    views = {
        row[0]
        for row in snapshot.execute(
            "select view_name from duckdb_views() where schema_name = 'main' and not internal"
        ).fetchall()
    }
    page = (CHECKOUT / "docs" / "analysts.md").read_text(encoding="utf-8")
    listed = {
        name for line in page.splitlines() if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }  # fmt: skip

    assert listed == views


def test_the_output_in_the_readme_is_the_demos(demo: Demo) -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```text demo\n(.*?)^```", readme, re.M | re.S)
    told = demo.told.replace(f"{demo.folder}/", "")
    lines = [line.rstrip() for line in told.splitlines()]

    assert [line for line in shown.splitlines() if line not in lines and line != "..."] == [], told


def test_the_pairs_that_the_readme_calls_planted_and_found_are(
    demo: Demo, snapshot: duckdb.DuckDBPyConnection
) -> None:
    truth = json.loads((demo.folder / "demo-home" / "truth.json").read_text(encoding="utf-8"))
    planted = {
        (pair["product"], pair["event"])
        for pair in truth["pairs"]
        if pair["expected_verdicts"] == ["pooled_only"]
    }
    found = snapshot.execute(
        "select product, event from signals "
        "where verdict = 'pooled_only' and event_kind = 'event' and not listed"
    ).fetchall()

    assert len(planted) == 2
    assert planted == set(found)


def test_prefect_takes_the_deployment_and_its_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by Prefect's own models; a key they do not know they would drop without a word."""
    from prefect.cli.deploy._models import PrefectYamlModel
    from prefect.flows import load_flow_from_entrypoint

    raw = yaml.safe_load((CHECKOUT / "deploy" / "prefect.yaml").read_text(encoding="utf-8"))
    model = PrefectYamlModel.model_validate(raw)
    (deployment,) = model.deployments
    (schedule,) = deployment.schedules or []
    kept = model.model_dump(by_alias=True, exclude_unset=True, mode="json")
    monkeypatch.chdir(CHECKOUT)
    flow = load_flow_from_entrypoint(deployment.entrypoint or "", use_placeholder_flow=False)

    assert kept == raw
    assert schedule.model_dump(exclude_unset=True) == {
        "slug": "nightly", "cron": "0 2 * * *", "timezone": "UTC",
    }  # fmt: skip
    assert flow.validate_parameters(deployment.parameters) == {
        "home": "/srv/poolvigil", "as_of": None, "rules_file": None,
    }  # fmt: skip


def test_prefect_takes_the_automations_as_its_own_models() -> None:
    from prefect.automations import Automation

    raw = yaml.safe_load((CHECKOUT / "deploy" / "prefect-automations.yaml").read_text("utf-8"))
    taken = [Automation.model_validate(each) for each in raw["automations"]]

    failed, missing = (each.trigger.model_dump(mode="json") for each in taken)
    assert (failed["posture"], missing["posture"]) == ("Reactive", "Proactive")
    assert missing["within"] == 36 * 3600
    assert missing["after"] == missing["expect"]
    for trigger, given in zip((failed, missing), raw["automations"], strict=True):
        assert set(trigger["expect"]) == set(given["trigger"]["expect"])
        assert set(trigger["after"]) == set(given["trigger"].get("after", []))
        assert trigger["match_related"] == given["trigger"]["match_related"]
