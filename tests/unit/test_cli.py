"""The command line: what it prints, where, and with which exit code."""

import json
import re
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pv import __version__, cli, errors, log
from pv.evaluate import table
from pv.settings import Home, Settings
from pv.simulate.scenarios.many_pairs import SCENARIOS
from pv.simulate.scenarios.registry import MAKERS
from pv.sources.registry import SOURCES

SUMMARY = {
    "status": "published",
    "run_id": "2024-12-31-0123456789ab",
    "as_of": "2024-12-31",
    "files": {"ok": 7},
    "held": [],
    "rows": {"read": 1_100, "kept": 1_000, "quarantined": 100},
    "cases": {"all": 210, "counted": 200},
    "verdicts": {"not_flagged": 5, "pooled_only": 1},
    "report": "reports/latest.html",
    "steps": {"load": 1.5},
}


@pytest.fixture
def summary(tmp_path: Path) -> dict[str, Any]:
    """Of a night with one signal, whose product's name tries to be markup."""
    signal = {"product": "[red]Carvykti", "event": "Nausea", "event_kind": "event",
              "verdict": "pooled_only", "n": 7, "expected": 2.5, "ic025": 0.75,
              "n_countries": 5}  # fmt: skip
    return {**SUMMARY, "signals": [signal], "snapshot": str(tmp_path / "poolvigil.duckdb")}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Calls the program; the night itself is replaced by what is given."""

    def calling(*arguments: str, night: dict[str, Any] | Exception | None = None):
        asked: list[tuple] = []

        def instead(*args: Any) -> dict[str, Any]:
            asked.append(args)
            if isinstance(night, dict):
                return night
            raise night or AssertionError("the night was not to run")

        monkeypatch.setattr(cli.nightly, "night", instead)
        monkeypatch.setattr(sys, "argv", ["poolvigil", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err, asked

    return calling


def test_json_is_the_last_line_of_the_output_and_all_of_it(call, tmp_path, summary) -> None:
    code, out, _, _ = call("run", "--home", str(tmp_path), "--json", night=summary)

    assert code == 0
    assert json.loads(out) == summary


def test_without_json_the_output_stays_empty_for_pipes(call, tmp_path, summary) -> None:
    code, out, err, _ = call("run", "--home", str(tmp_path), night=summary)

    assert (code, out) == (0, "")
    assert "1,100 rows read = 1,000 kept + 100 quarantined" in err
    assert "5 not_flagged, 1 pooled_only" in err


def test_what_is_held_is_told_loudly_and_has_an_exit_code_of_its_own(
    call, tmp_path, summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    held = {"kind": "redelivery", "source": "faers", "name": "[red]DEMO24Q1.txt",
            "reason": "it has 2 of 40 rows", "mend": "say that it is right"}  # fmt: skip
    night = {**summary, "held": [held]}

    code, out, err, _ = call("run", "--home", str(tmp_path), "--json", night=night)

    assert code == 6
    assert json.loads(out) == night
    assert "HELD FOR A PERSON: 1" in err
    assert "faers: [red]DEMO24Q1.txt: it has 2 of 40 rows; say that it is right" in err


def test_names_from_reports_are_shown_as_they_are(
    call, tmp_path, summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    _, _, err, _ = call("run", "--home", str(tmp_path), night=summary)

    assert "[red]Carvykti" in err


def test_a_narrow_terminal_folds_names_and_cuts_nothing(
    call, tmp_path, summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long = {"product": "Idecabtagene vicleucel", "event_kind": "event", "n": 12_345,
            "event": "Progressive multifocal leukoencephalopathy of a boneless longfinned"
            "echinodermatologist", "verdict": "single_country_driven",
            "expected": 2.5, "ic025": 0.75, "n_countries": 15}  # fmt: skip

    _, _, err, _ = call("run", "--home", str(tmp_path), night={**summary, "signals": [long]})

    head, _, *rows = [line for line in err.splitlines() if line.strip()][1:]
    rows = rows[: next(i for i, line in enumerate(rows) if line.startswith("published"))]
    assert max(map(len, (head, *rows))) <= 80
    places = [head.index(name) for name in ("product", "event", "verdict")]
    for name, start, end in zip(("product", "event"), places, places[1:], strict=False):
        cells = "".join(line[start:end].strip() for line in rows)
        assert cells.replace(" ", "") == str(long[name]).replace(" ", "")
    assert {"12345", "single_country_driven", "+0.75"} <= set(err.split())


@pytest.mark.parametrize(("seconds", "told"), [(-1, True), (3600, False)])
def test_where_there_is_no_terminal_progress_is_plain_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, seconds: int, told: bool
) -> None:
    monkeypatch.setattr(log, "MOMENT_SECONDS", seconds)
    monkeypatch.setattr(log, "PATIENCE_SECONDS", seconds)
    with log.to_person(Console(stderr=True, width=40)):
        log.say("cases ...")
        log.say("replay: as of [2024-01-31]")
        log.warn("[b] is held " * 5)

    err = capsys.readouterr().err
    assert ("0 s: cases ...\n0 s: replay: as of [2024-01-31]\n" in err) is told
    assert err.endswith(f"{'[b] is held ' * 5}\n")


@pytest.mark.parametrize("seconds", [-1, 3600])
def test_a_long_evaluation_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    monkeypatch.setattr(table, "_PATIENCE_SECONDS", seconds)
    with table.tracked(Console(stderr=True)) as track:
        assert [*track(range(2), 2, "nights")] == [0, 1]

    more = "nights: 0 of 2\nnights: 1 of 2\n" if seconds < 0 else ""
    assert capsys.readouterr().err == f"nights ...\n{more}"


def test_the_version_is_said(call) -> None:
    code, out, err, _ = call("--version")

    assert (code, err) == (0, "")
    assert out.startswith(f"poolvigil {__version__} (Python 3.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_the_commands(call, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("_POOLVIGIL_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", "poolvigil sta")
    monkeypatch.setenv("COMP_CWORD", "1")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "poolvigil sta")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")

    code, out, _, _ = call()

    assert code == 0
    assert "status" in out


def test_what_failed_is_json_when_it_is_asked_for(call, tmp_path: Path) -> None:
    told = {"status": "failed", "exit_code": 3, "error": "GateError", "message": "rule [y]"}

    code, out, err, _ = call(
        "run", "--home", str(tmp_path), "--json", night=errors.GateError("rule [y]")
    )

    assert (code, json.loads(out), err) == (3, told, "poolvigil: rule [y]\n")


def test_init_makes_a_home_that_holds_what_a_night_reads(call, tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"

    code, out, err, _ = call("init", str(home), "--json")

    assert code == 0
    assert len(json.loads(out)["made"]) == err.count("made: ") > 20
    assert {p.name for p in (home / "inbox").iterdir()} == {source.key for source in SOURCES}
    assert Settings.of(Home(home)).model_fields_set == set()
    for line in (home / "poolvigil.toml").read_text().splitlines():
        if re.match(r"# \w+ = [^(]", line):
            assert tomllib.loads(line.removeprefix("# "))
    (home / "poolvigil.toml").write_text("seed = 3\n")
    assert call("init", str(home), "--json")[:2] == (0, '{"made": []}\n')
    assert (home / "poolvigil.toml").read_text() == "seed = 3\n"


def test_the_documentation_of_this_version_is_printed(call) -> None:
    code, listed, _, _ = call("docs")
    assert code == 0
    assert {line.split()[0] for line in listed.splitlines()} >= {"operators", "analysts", "rules"}

    code, page, _, _ = call("docs", "operators")
    assert page.startswith("# For operators")

    code, out, err, _ = call("docs", "operator")
    assert (code, out) == (2, "")
    assert "did you mean operators?" in err


def test_a_home_is_not_made_in_the_place_of_a_file(call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    code, _, err, _ = call("init", str(tmp_path / "file"))

    assert (code, err.count("\n")) == (2, 1)
    assert "is a file" in err


def test_what_was_asked_for_reaches_the_night(call, tmp_path, summary) -> None:
    *_, asked = call(
        "run", "--home", str(tmp_path), "--as-of", "2024-06-30", "--rules", "evans",
        "--recheck", "term_too_long", night=summary,
    )  # fmt: skip

    assert asked == [(tmp_path, datetime(2024, 6, 30), "evans", "term_too_long")]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.PoolvigilError, 1),
        (errors.UsageError, 2),
        (errors.GateError, 3),
        (errors.LockedError, 4),
        (errors.PublishError, 5),
    ],
)
def test_an_error_of_the_users_is_one_line_and_its_own_exit_code(
    call, tmp_path, error: type[errors.PoolvigilError], code: int
) -> None:
    told = "[x] is wrong" + ", and that takes long to tell" * 5

    found, out, err, _ = call("run", "--home", str(tmp_path), night=error(told))

    assert (found, out, err) == (code, "", f"poolvigil: {told}\n")


def test_an_error_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.nightly, "night", broken)
    monkeypatch.setattr(sys, "argv", ["poolvigil", "run", "--home", str(tmp_path)])

    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_a_home_that_is_not_there_is_not_made(call, tmp_path: Path) -> None:
    home = tmp_path / "typing-error"

    code, _, err, _ = call("run", "--home", str(home))

    assert code == 2
    assert err.count("\n") == 1
    assert str(home) in err
    assert not home.exists()


def test_nothing_is_served_where_no_home_is(call, tmp_path: Path) -> None:
    code, out, err, _ = call("serve", "--home", str(tmp_path / "typing-error"))

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "is not a folder" in err


@pytest.mark.parametrize("date", ["31.12.2024", "2024-13-01", "yesterday"])
def test_a_date_that_is_none_is_wrong_usage(call, tmp_path: Path, date: str) -> None:
    code, _, err, _ = call("run", "--home", str(tmp_path), "--as-of", date)

    assert code == 2
    assert "--as-of" in err


def test_help_names_every_command(call) -> None:
    code, out, _, _ = call("--help")

    assert code == 0
    assert [
        word
        for word in ("run", "accept", "demo", "simulate", "evaluate", "serve", "dictionary")
        if word not in out
    ] == []


@pytest.mark.parametrize("command", ["simulate", "evaluate"])
def test_an_unknown_scenario_is_one_line_that_names_the_known_ones(
    call, tmp_path: Path, command: str
) -> None:
    home = tmp_path / "home"

    code, out, err, _ = call(command, "--scenario", "typing-error", "--out", str(home))

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "typing-error" in err
    assert [name for name in MAKERS if name not in err] == []
    assert not home.exists()


@pytest.mark.parametrize("command", ["simulate", "evaluate"])
def test_help_of_a_scenarios_command_names_all_of_them_and_gives_an_example(
    call, command: str
) -> None:
    _, out, _, _ = call(command, "--help")

    words = out.replace("\n", " ")
    assert f"Example: poolvigil {command} --scenario" in words
    if command == "simulate":
        assert [name for name in MAKERS if name not in words] == []


def test_simulate_writes_a_home_and_prints_its_truth(call, tmp_path: Path) -> None:
    home = tmp_path / "trap"

    code, out, err, _ = call("simulate", "--scenario", "simpson_trap", "--out", str(home), "--json")

    assert code == 0
    assert json.loads(out) == json.loads((home / "truth.json").read_text(encoding="utf-8"))
    assert "Simulated data" in err
    assert list((home / "inbox" / "faers").glob("*.zip")) != []


def test_simulate_does_not_write_into_a_home_that_has_something(call, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")

    code, _, err, _ = call("simulate", "--scenario", "null", "--out", str(tmp_path))

    assert code == 2
    assert "not an empty folder" in err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_evaluate_prints_scores_and_writes_the_curves(call, tmp_path: Path) -> None:
    figure = tmp_path / "curves.svg"

    code, out, err, _ = call(
        "evaluate", "--scenario", "pml_like", "--replicates", "20", "--out", str(figure), "--json"
    )

    assert code == 0
    scores = {each["name"]: each for each in json.loads(out)["analyses"]["rate"]}
    assert scores["pool signals"]["value"] >= 0.8
    assert scores["pool signals"]["replicates"] == 20
    harmless = json.loads(out)["analyses"]["rate without the harm"]
    assert {each["name"]: each["value"] for each in harmless}["false signal of any country"] <= 0.2
    assert "pool signals" in err
    assert figure.read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_evaluate_scores_the_verdicts_of_a_trap(call) -> None:
    code, out, err, _ = call(
        "evaluate", "--scenario", "simpson_trap", "--replicates", "2", "--seed", "7", "--json"
    )

    assert code == 0
    found = json.loads(out)
    scores = {each["name"]: each["value"] for each in found["analyses"]["disproportionality"]}
    assert found["analyses"].keys() == {"disproportionality"}
    assert scores["verdict confounded_by_country"] == scores["right verdict"] == 1
    assert scores["false pooled-only verdict"] == 0
    assert found["wrong_seeds"] == []
    assert "right verdict" in err


def test_a_scenario_without_files_is_not_written(call, tmp_path: Path) -> None:
    home = tmp_path / "home"

    code, _, err, _ = call("simulate", "--scenario", "demo_world", "--out", str(home))

    assert (code, err.count("\n")) == (2, 1)
    assert "no scenario of files" in err and "poolvigil evaluate" in err
    assert not home.exists()


def test_evaluate_help_names_the_scenarios_of_lists(call) -> None:
    _, out, _, _ = call("evaluate", "--help")

    assert [name for name in SCENARIOS if name not in out] == []


def test_fewer_than_one_replicate_is_wrong_usage(call) -> None:
    code, _, err, _ = call("evaluate", "--scenario", "null", "--replicates", "0")

    assert code == 2
    assert "at least 1" in err


def test_a_trap_has_no_curves(call, tmp_path: Path) -> None:
    figure = tmp_path / "curves.svg"

    code, _, err, _ = call(
        "evaluate", "--scenario", "simpson_trap", "--replicates", "1", "--out", str(figure)
    )

    assert code == 2
    assert "no curves" in err
    assert not figure.exists()


def test_the_dictionary_is_written_where_it_is_asked(call, tmp_path: Path) -> None:
    call("dictionary", "--docs", str(tmp_path))

    page = (tmp_path / "data-dictionary.md").read_text(encoding="utf-8")
    assert page.startswith("# Data dictionary\n")


def test_a_demonstration_in_a_home_of_real_reports_is_refused(call, tmp_path: Path) -> None:
    (tmp_path / "inbox" / "faers").mkdir(parents=True)
    code, out, err, asked = call("demo", "--home", str(tmp_path))
    assert (code, out, asked) == (2, "", [])
    assert err.startswith(f"poolvigil: {tmp_path / 'inbox'} is not of a demonstration")
    assert err.count("\n") == 1
    assert [*(tmp_path / "inbox").rglob("*")] == [tmp_path / "inbox" / "faers"]
