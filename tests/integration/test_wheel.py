"""The wheel is the checkout: a night of either has the same fingerprints."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

CHECKOUT = Path(__file__).parents[2]
DIGESTS = """
import json, sys
from pathlib import Path
import pv
from pv.night import code
from pv.spec import AnalysisSpec
assert Path(pv.__file__).is_relative_to(sys.argv[1]), pv.__file__
found = {step: [code.digest(step), sorted(code.files(step))] for step in code.STEPS}
print(json.dumps({**found, "spec": AnalysisSpec.load().digest}))
"""
# What editors, file managers and merges leave beside a file.
LEFT_BEHIND = (
    "sql/views/.signals.sql.swp", "sql/views/signals.sql~", "sql/views/signals.sql.orig",
    "src/pv/vocab/data/.DS_Store", "src/pv/vocab/data/product.csv.bak",
    "expectations/.~lock.staging.report.json#",
)  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the program is made of, with what is left beside them."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("src", "sql", "expectations", "flows"):
        shutil.copytree(
            CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in LEFT_BEHIND:
        (folder / name).write_text("left behind")
    return folder


def digests(packages: Path) -> dict[str, list[object]]:
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS, str(packages)],
        env={"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_wheel_and_checkout_have_the_same_fingerprints_whatever_an_editor_left(
    checkout: Path, tmp_path: Path
) -> None:
    wheel = next(WheelBuilder(str(CHECKOUT)).build(directory=str(tmp_path)))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")

    assert digests(checkout / "src") == digests(tmp_path / "installed")
