"""The documentation says what the program is: links, names, commands, units of deployment."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
import yaml
from pydantic import ByteSize, TypeAdapter

from pv import cli, errors
from pv.dictionary import markdown
from pv.dictionary.verdicts import LISTED
from pv.night import stop
from pv.settings import Settings
from pv.sources.registry import SOURCES
from pv.spec import rule as rules

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"
INSTALLED = "/opt/poolvigil/.venv/bin/poolvigil"
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.M | re.S)


def text(*parts: str) -> str:
    return CHECKOUT.joinpath(*parts).read_text(encoding="utf-8")


def first_cells(page: str) -> list[str]:
    """The names in the first column of every table of a page."""
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("|")]
    return [name.strip(" `") for cell in rows for name in cell.split(",")]


def parse(words: list[str]) -> None:
    """Let the command line's own parser judge `poolvigil ...`, without running anything."""
    program, command, *arguments = words
    assert Path(program).name == "poolvigil"
    group = typer.main.get_command(cli.app)
    group.commands[command].make_context(command, arguments)  # pyright: ignore[reportAttributeAccessIssue]


def commands_in_pages() -> list[tuple[str, str]]:
    return [
        (page.name, line.removeprefix("$ "))
        for page in PAGES
        for block in CONSOLE.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert lost == []


def test_every_page_for_users_is_in_the_list_of_pages() -> None:
    listed = set(LINK.findall(text("docs", "README.md")))

    assert {p.name for p in (CHECKOUT / "docs").glob("*.md")} - listed == {"README.md"}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[<>=~!\[ ]", requirement)[0] for requirement in wanted}

    assert names - set(first_cells(text("ARCHITECTURE.md"))) == set()


def locked(name: str) -> set[str]:
    """The pinned versions of a lock."""
    return set(re.findall(r"^([\w.-]+==\S+)", text(name), re.M))


def test_the_lock_of_users_is_that_of_developers_without_their_tools() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    asked = project["project"]["dependencies"]
    tools = {re.split(r"[<>=~!\[ ]", each)[0] for each in project["dependency-groups"]["dev"]}
    extra = {
        re.split(r"[<>=~!\[ ]", each)[0]
        for each in project["project"]["optional-dependencies"]["pdf"]
    }
    users = locked("requirements.lock")
    names = {pin.partition("==")[0] for pin in users}

    assert users < locked("requirements-dev.lock")
    assert {re.split(r"[<>=~!\[ ]", each)[0] for each in asked} | extra <= names
    assert names & (tools - extra) == {"pyyaml"}  # Prefect reads YAML too


def test_the_lock_of_spark_is_what_its_extra_adds() -> None:
    extra = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]["spark"]
    names = {pin.partition("==")[0] for pin in locked("requirements-spark.lock")}

    assert names == {re.split(r"[<>=~!\[ ]", each)[0] for each in extra} | {"py4j"}


def test_every_room_of_the_house_has_its_line() -> None:
    source = CHECKOUT / "src" / "pv"
    rooms = {f"pv.{p.stem}" for p in source.iterdir() if p.suffix == ".py" or p.is_dir()}
    listed = set(first_cells(text("ARCHITECTURE.md")))

    assert rooms - listed == {"pv.__init__", "pv.__pycache__"} & rooms


@pytest.mark.parametrize("page", ["glossary.md", "rules.md", "safety-officers.md"])
def test_every_verdict_is_explained(page: str) -> None:
    assert [verdict for verdict in LISTED if verdict not in text("docs", page)] == []


def test_the_tables_of_verdicts_and_conditions_are_those_of_the_registry() -> None:
    rules_page, officers = text("docs", "rules.md"), text("docs", "safety-officers.md")

    for table in (markdown.conditions(), markdown.verdicts()):
        assert f"\n{table}\n" in rules_page, f"write into docs/rules.md:\n{table}"
    table = markdown.verdicts_to_read()
    assert f"\n{table}\n" in officers, f"write into docs/safety-officers.md:\n{table}"


@pytest.mark.parametrize("page", ["README.md", "docs/sources.md"])
def test_every_source_is_in_the_table(page: str) -> None:
    assert {source.key for source in SOURCES} - set(first_cells(text(page))) == set()


def test_every_setting_is_in_the_table_with_its_variable() -> None:
    page = text("docs", "operators.md")

    assert [
        name for name in Settings.model_fields
        if f"| `{name}` | `POOLVIGIL_{name.upper()}` |" not in page
    ] == []  # fmt: skip


def test_the_defaults_in_the_table_are_the_programs() -> None:
    page, fields = text("docs", "operators.md"), Settings.model_fields
    rows = {cells[1].strip(" `"): cells[3].strip(" `") for cells in
            (line.split("|") for line in page.splitlines() if "| `POOLVIGIL_" in line)}  # fmt: skip

    for name in ("reader_seconds", "keep_snapshots", "seed"):
        assert rows[name] == json.dumps(fields[name].default)
    for name in ("memory_limit", "reader_memory", "spark_memory"):
        said = TypeAdapter(ByteSize).validate_json(rows[name])
        assert said == fields[name].default


def test_every_exit_code_is_in_the_table() -> None:
    used = {0, errors.HELD, errors.DAMAGED, errors.NOT_WELL} | {
        e.exit_code for e in vars(errors).values() if hasattr(e, "exit_code")
    }
    used |= {128 + number for number in stop.SIGNALS}
    listed = {int(cell) for cell in first_cells(text("docs", "operators.md")) if cell.isdigit()}

    assert listed == used


def test_every_promise_names_tests_that_are_there() -> None:
    [(_, promises)] = re.findall(
        r"^## (What is promised.*?)$(.*?)(?=^## |\Z)", text("docs", "operators.md"), re.M | re.S
    )
    rows = [line.split("|")[1:3] for line in promises.splitlines() if line.startswith("| ")][1:]
    named = [re.findall("`([^`]+)`", tests) for promise, tests in rows if "**" not in promise]
    lost = [
        test
        for tests in named
        for test in tests
        for file, _, name in [test.partition("::")]
        if f"def {name}" not in text("tests", *file.split("/"))
    ]

    assert lost == []
    assert [tests for tests in named if not tests] == []


def test_no_page_tells_to_delete_the_warehouse() -> None:
    """It would take the alpha ledger along."""
    told = re.compile(r"\bdelet[^.|\n]*warehouse|warehouse[^.|\n]*\bdelet", re.I)
    pages = [page for page in PAGES if page.name != "CHANGELOG.md"]

    assert [found for page in pages for found in told.findall(page.read_text("utf-8"))] == []


def test_every_rule_preset_is_in_the_table() -> None:
    presets = {path.stem for path in rules.PRESETS.glob("*.toml")}

    assert presets - set(first_cells(text("docs", "rules.md"))) == set()


def test_every_statistic_of_a_rule_is_named() -> None:
    page = text("docs", "rules.md")

    assert [name for name in get_args(rules.Statistic) if name not in page] == []


def test_the_rule_file_in_the_docs_is_a_rule(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", text("docs", "rules.md"), re.M | re.S)
    (tmp_path / "my-rule.toml").write_text(block, encoding="utf-8")

    rule = rules.load(tmp_path / "my-rule.toml")

    assert (rule.n_min, rule.n_min_additional_monitoring) == (4, 3)
    defaults = rules.Rule.model_fields
    assert rule.roles == defaults["roles"].default
    assert rule.max_country_share == defaults["max_country_share"].default
    assert rule.min_countries == defaults["min_countries"].default


@pytest.mark.parametrize(("page", "command"), commands_in_pages())
def test_a_command_in_the_docs_is_one_that_the_program_takes(page: str, command: str) -> None:
    parse(shlex.split(command))


def test_a_wrong_command_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parse(shlex.split("poolvigil run --home /srv/poolvigil --no-such-option"))


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[method-assign, assignment]
    read.read_string((DEPLOY / "systemd" / name).read_text(encoding="utf-8"))
    return read


def test_the_systemd_service_starts_a_night_and_may_write_to_its_home_only() -> None:
    service = unit("poolvigil.service")["Service"]
    words = shlex.split(service["ExecStart"])

    parse(words)
    home = words[words.index("--home") + 1]
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == home
    assert service["ReadOnlyPaths"] == f"{home}/inbox"
    assert service["PrivateNetwork"] == "yes"
    assert service["User"] != "root"


def test_systemd_takes_the_units_as_they_are(tmp_path: Path) -> None:
    """An unknown key or a unit that is not there is a line on its standard error, no exit code."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed here")
    units = sorted((DEPLOY / "systemd").iterdir())
    for each in units:
        said = each.read_text("utf-8")
        (tmp_path / each.name).write_text(said.replace(INSTALLED, sys.executable), "utf-8")

    done = subprocess.run(
        [program, "verify", "--man=no", *(str(tmp_path / each.name) for each in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["poolvigil.timer", "poolvigil-watch.timer"])
def test_a_systemd_timer_makes_up_for_a_missed_night(name: str) -> None:
    timer = unit(name)

    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


@pytest.mark.parametrize("name", ["poolvigil.service", "poolvigil-watch.service"])
def test_a_unit_that_fails_tells_a_person(name: str) -> None:
    failing = unit(name)

    parse(shlex.split(failing["Service"]["ExecStart"]))
    teller = unit(failing["Unit"]["OnFailure"])
    assert shlex.split(teller["Service"]["ExecStart"])[0] == "/usr/bin/logger"
    assert "OnFailure" not in teller["Unit"]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined, comments left out."""
    joined = re.sub(r"\\\n\s*", "", text("deploy", "Dockerfile"))
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_made_of_files_of_the_checkout() -> None:
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "ENTRYPOINT", "CMD"}
    steps = instructions()
    copied = [rest.split()[:-1] for word, rest in steps if word == "COPY" and "--from" not in rest]

    assert {word for word, _ in steps} == known
    assert [name for names in copied for name in names if not (CHECKOUT / name).exists()] == []


def test_the_image_installs_by_hash_and_runs_as_nobody_special() -> None:
    steps = instructions()
    installs = [rest for word, rest in steps if word == "RUN" and ".lock" in rest]
    last = dict(steps)

    assert len(installs) == 2
    assert all("--require-hashes --no-deps" in rest for rest in installs)
    assert "requirements.lock" in installs[0] and "/opt/poolvigil/" in installs[0]
    assert int(last["USER"]) > 0
    parse(json.loads(last["ENTRYPOINT"]) + json.loads(last["CMD"]))


def against_the_specification(composed: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec",
         composed],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_compose_file_is_one_by_the_compose_specification(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(text("deploy", "compose.yaml").replace("healthcheck:", "health_check:"))

    done = against_the_specification(DEPLOY / "compose.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    refused = against_the_specification(wrong)
    assert refused.returncode == 1
    assert "'health_check'" in refused.stdout


def test_the_composed_night_runs_without_network_and_without_rights() -> None:
    composed: dict[str, Any] = yaml.safe_load(text("deploy", "compose.yaml"))
    night = composed["services"]["night"]

    parse(["poolvigil", *night["command"]])
    asked, *words = night["healthcheck"]["test"]
    parse(words)
    assert asked == "CMD"
    assert (DEPLOY / night["build"]["context"] / night["build"]["dockerfile"]).is_file()
    assert night["network_mode"] == "none"
    assert night["read_only"] is True
    assert night["cap_drop"] == ["ALL"]
    assert night["environment"].pop("TZ") == "${TZ:-UTC}"  # of the schedule
    assert {name.removeprefix("POOLVIGIL_").lower() for name in night["environment"]} <= set(
        Settings.model_fields
    )
