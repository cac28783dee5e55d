"""Typical mistakes: each is one line that says what, where and how to mend it, and an exit code."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pv import cli

Told = tuple[int, list[str]]
INT128 = f"{2**127}"
RULE = "name = 'mine'\nversion = 1\ndescription = 'mine'\n"


@pytest.fixture(scope="module")
def told() -> Iterator[Callable[..., Told]]:
    """Calls the program in this process; gives its exit code and the lines on standard error."""
    with pytest.MonkeyPatch.context() as patch:

        def call(capture: pytest.CaptureFixture[str], *arguments: str) -> Told:
            patch.setattr(sys, "argv", ["poolvigil", *arguments])
            capture.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main()
            err = capture.readouterr().err
            lines = [line for line in err.splitlines() if line.strip()]
            # Without the progress that a slow machine sees.
            return int(ended.value.code or 0), [n for n in lines if not re.match(r"[\d,]+ s: ", n)]

        yield call


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with what a mistake is made in; the test names it `HOME`."""
    files = {
        "good/inbox/.keep": "",
        "bare/faers/DEMO24Q1.txt": "",
        "setting/poolvigil.toml": "keep_snapshot = 3\nmemorylimit = '4GB'\n",
        "seed/poolvigil.toml": f"seed = {INT128}\n",
        "toml/poolvigil.toml": "keep_snapshots: 3\n",
        "rule/spec/rule.toml": f"{RULE}n_mim = 3\ntreshold = []\n",
        "many/spec/rule.toml": f"{RULE}n_min = {INT128}\n"
                               "threshold = [{statistic = 'ic025', above = 0}]\n",
        "part/spec/rules.toml": "",
    }  # fmt: skip
    for name, content in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(content)
        if "/inbox/" not in name and not name.startswith("bare"):
            (tmp_path / name.split("/")[0] / "inbox").mkdir()
    return tmp_path


MISTAKES = [
    ("rnu --home HOME/good", 2, "No such command 'rnu'. Did you mean 'run'"),
    ("run --hoem HOME/good", 2, "No such option: --hoem"),
    ("run", 2, "Missing option '--home'; see `poolvigil run --help`"),
    ("run --home HOME/good --as-of 31.12.2024", 2, "does not match the formats '%Y-%m-%d'"),
    (f"simulate --scenario null --out HOME/x --seed {INT128}", 2, "equal to 2147483647"),
    ("run --home HOME/none", 2, "is not a folder; make it with `poolvigil init HOME/none`"),
    ("run --home HOME/good/inbox", 2, "is an inbox: name the folder that holds it with --home"),
    ("run --home HOME/bare", 2, "holds faers/ itself: put it into HOME/bare/inbox/"),
    ("run --home /sys/kernel", 1, "no permission: /sys/kernel/work"),
    ("run --home HOME/setting", 2, "setting keep_snapshot: there is no such name; did you mean "
     "keep_snapshots?; memorylimit: there is no such name; did you mean memory_limit? "),
    ("run --home HOME/seed", 2, "setting seed: Input should be less than or equal to 2147483647"),
    ("run --home HOME/toml", 2, "HOME/toml/poolvigil.toml is not TOML in UTF-8"),
    ("run --home HOME/rule", 2, "rule.toml: n_min: Field required; threshold: Field required; "
     "n_mim: there is no such name; did you mean n_min?; treshold: there is no such name; did you "
     "mean threshold?"),
    ("run --home HOME/many", 2, "rule.toml: n_min: Input should be less than or equal to"),
    ("run --home HOME/part", 2, "no part of the specification has this name"),
    ("run --home HOME/good --rules emma", 2, "'emma'; the presets are"),
    ("serve --home HOME/good --cron nightly", 2, "is no schedule; five fields as in '0 2 * * *'"),
    ("replay --home HOME/good --from 2024-06 --to 2024-01", 2, "--to 2024-01 is before --from"),
    ("accept --home HOME/good", 2, "give the names of what to accept, or --list"),
    ("status --home HOME/none", 2, "is not a folder; name the home of the nights with --home"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "said"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_one_line_with_its_cure_and_an_exit_code(
    told, home: Path, capsys: pytest.CaptureFixture[str], *, words: str, code: int, said: str
) -> None:
    found, lines = told(capsys, *(word.replace("HOME", str(home)) for word in words.split()))

    assert (found, len(lines)) == (code, 1), lines
    assert lines[0].startswith("poolvigil: ")
    assert said.replace("HOME", str(home)) in lines[0]


def test_a_misspelt_variable_of_the_environment_is_told(
    told, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POOLVIGIL_KEEP_SNAPSHOT", "3")

    assert told(capsys, "run", "--home", str(home / "good")) == (
        2,
        ["poolvigil: there is no setting POOLVIGIL_KEEP_SNAPSHOT in the environment; did you mean "
         "POOLVIGIL_KEEP_SNAPSHOTS?"],
    )  # fmt: skip


FILES = {
    "inbox/faers_dashboard/export.xls": (
        b"\xd0\xcf\x11\xe0", "unknown_file: a workbook of another kind (.xls); save it as .xlsx"
    ),
    "inbox/exposure/ours.csv": (
        b"product;country;period_start;period_end;reference\n",
        "wrong_delimiter: the first line is parted by ';'; save it with commas",
    ),
    "inbox/stray.zip": (b"", "unknown_file: it lies in no source's folder; put it into the right "
                        "one with `poolvigil ingest`"),
    "inbox/fears/DEMO24Q1.txt": (
        b"", "unknown_source: no source has this folder; did you mean faers"
    ),
    "inbox/faers/faers_ascii_2024Q1.zip": (b"PK\x03\x04 cut", "zip"),
    "inbox/background/empty.csv": (b"", "empty_file: there is no line in it; put the table"),
}  # fmt: skip


@pytest.fixture(scope="module")
def night_of_bad_files(poolvigil, tmp_path_factory) -> tuple[int, str, Path]:
    """One night over all of them."""
    home = tmp_path_factory.mktemp("bad") / "home"
    for name, (content, _) in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    done = poolvigil.run(home)
    return done.code, done.err, home


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_a_line_on_the_terminal_and_a_warning_in_the_log(
    night_of_bad_files, name: str
) -> None:
    code, err, home = night_of_bad_files
    said = FILES[name][1]

    assert code == 2  # there is no readable report at all
    place = "fears: ." if "fears" in name else Path(name).name
    (line,) = [line for line in err.splitlines() if f"{place}: failed; " in line]
    assert said in line
    log = (home / "logs" / "nightly.jsonl").read_text("utf-8").splitlines()
    (logged,) = [line for line in log if f"{place}: failed; " in line]
    assert '"level": "warning"' in logged
