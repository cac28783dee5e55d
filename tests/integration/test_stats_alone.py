"""The wheel's pv.stats in an environment of its own with NumPy and SciPy, and nothing else."""

import re
import subprocess
import tomllib
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs" / "statistics.md"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(CHECKOUT)).build(directory=str(folder))))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that finds the wheel, NumPy and SciPy."""
    home = tmp_path_factory.mktemp("alone")
    venv.create(home, symlinks=True, with_pip=False)
    (packages,) = home.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    for name in ("numpy", "scipy"):
        found = find_spec(name)
        assert found is not None
        assert found.origin is not None
        package = Path(found.origin).parent
        for folder in (package, package.with_name(f"{name}.libs")):  # its shared libraries
            if folder.is_dir():
                (packages / folder.name).symlink_to(folder)
    return home / "bin" / "python"


def run(python: Path, program: str, *arguments: str) -> str:
    command = [str(python), "-I", "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_says_that_it_is_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert {"pv/py.typed", "pv/stats/__init__.py"} <= set(archive.namelist())


def test_no_other_dependency_of_the_program_is_there(python: Path) -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.match(r"[\w-]+", line) for line in project["dependencies"]]
    modules = {name[0].replace("-", "_") for name in names if name}
    program = "import sys, importlib.util as u; print(*(n for n in sys.argv[1:] if u.find_spec(n)))"
    assert run(python, program, *sorted(modules)).split() == ["numpy", "scipy"]


def test_every_example_of_the_page_works_there(python: Path) -> None:
    program = """if True:
        import doctest, pathlib, re, sys
        from pv import stats
        page = pathlib.Path(sys.argv[1]).read_text("utf-8")
        code = re.findall(r"^```python\\n(.*?)^```", page, re.M | re.S)
        test = doctest.DocTestParser().get_doctest("".join(code), {}, "page", None, 0)
        print(stats.__file__, *doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(test))
    """
    file, failed, attempted = run(python, program, str(PAGE)).split()
    assert Path(file).is_relative_to(python.parents[1])
    assert (failed, int(attempted) > 100) == ("0", True)
