"""Who may read and who may write, whatever the umask of who starts the night."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@pytest.fixture(params=[0, 0o022, 0o077], ids=["umask 0", "umask 022", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """The program is started with it."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The rights of a folder and of everything below it, without links."""
    found = {
        p: p.stat().st_mode & 0o777 for p in (folder, *folder.rglob("*")) if not p.is_symlink()
    }
    return {str(path.relative_to(folder.parent)): mode for path, mode in found.items()}


@pytest.mark.usefixtures("umask")
def test_the_rights_of_a_home_do_not_depend_on_the_umask(poolvigil, world, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    world.add_first(home)

    assert poolvigil.run(home).summary["status"] == "published"

    snapshot = (home / "published" / "current").resolve()
    folders = {str(p.relative_to(snapshot.parent)) for p in (snapshot, *snapshot.rglob("*"))
               if p.is_dir()}  # fmt: skip
    for name, mode in modes(snapshot).items():
        assert oct(mode) == oct(0o555 if name in folders else 0o444), name
    assert oct((home / "published").stat().st_mode & 0o777) == oct(0o755)
    reports = modes(home / "reports")
    assert len(reports) > 10
    below = {str(p.relative_to(home)) for p in (home / "reports").rglob("*") if p.is_dir()}
    for name, mode in reports.items():
        expected = 0o444 if name not in {"reports", *below} else 0o555
        expected = 0o755 if name in ("reports", f"reports/{snapshot.name}") else expected
        assert oct(mode) == oct(expected), name
    assert oct((home / "work").stat().st_mode & 0o777) == oct(0o700)
    # Nobody else writes to anything that the night has made.
    made = modes(home / "logs") | modes(home / "work")
    assert {name: oct(mode) for name, mode in made.items() if mode & BY_OTHERS} == {}


@pytest.mark.usefixtures("umask")
def test_a_folder_for_work_that_others_may_enter_is_closed(
    poolvigil, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    (home / "work").chmod(0o777)

    poolvigil.run(home)

    assert oct((home / "work").stat().st_mode & 0o777) == oct(0o700)
