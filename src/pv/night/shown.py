"""What people open: a folder of pages for each night, and `latest.html`, the way in to the newest.

A folder has the pages inside the snapshot; `latest.html` is its index with links into the folder.
It is written last, so that it never leads to half a night. Every page says above what became of the
last night: that is no part of what was published, and written anew page by page when a night ends.
"""

import os
import re
import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from pv.settings import Home
from pv.warehouse import disk, manifest
from pv.warehouse.publish import PAGES

LATEST = "latest.html"
_INDEX = f"{PAGES}/index.html"
_OF_A_RUN = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{12}(\.\d+)?")
_PLACE = b"<!-- last night -->"
# What stands there; text of a night is escaped and cannot end it, and text of a page is escaped and
# cannot begin it.
_STRIP = re.compile(rb'<div class="night">.*?</div>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a night ended and when; `why` where it failed."""

    at: datetime
    status: str
    why: str = ""


def show(home: Home, ended: Ended | None = None) -> Path:
    """Put the current snapshot's pages before people (again, after a kill).

    The pages of snapshots that are there no more go; what else lies in the folder stays. Pages of
    earlier nights keep what they say of the last night: they grow old.
    """
    current = home.current.parent.resolve()
    disk.make_public(home.reports)
    if problems(home.reports / current.name, current):
        _copy(current / PAGES, home.reports / current.name)
    if ended:
        _tell(home.reports / current.name, ended)
    page = way_in((current / _INDEX).read_bytes(), current.name, ended)
    disk.write(home.reports / LATEST, page)
    for shown in home.reports.iterdir():
        name = shown.name.removesuffix(".html")
        if _OF_A_RUN.fullmatch(name) and not (home.published / name).is_dir():
            disk.remove(shown)
    return home.reports / LATEST


def problems(shown: Path, snapshot: Path) -> list[str]:
    """What keeps a folder of pages from being that of a published snapshot, a line each."""
    said = manifest.read(snapshot)
    if said is None:
        return [f"{manifest.NAME} of {snapshot} is not there or damaged"]
    stamps = {
        name.removeprefix(f"{PAGES}/"): stamp
        for name, stamp in said.files.items()
        if name.startswith(f"{PAGES}/")
    }
    more = {p.relative_to(shown).as_posix() for p in shown.rglob("*") if not p.is_dir()}
    wrong = {name: _problem(shown / name, stamp) for name, stamp in stamps.items()}
    wrong |= dict.fromkeys(more - stamps.keys(), "was not published")
    return [f"{shown / name} {what}" for name, what in sorted(wrong.items()) if what]


def problems_of_all(home: Home, snapshot: Path) -> list[str]:
    """What is wrong with the way in and with the pages it leads to; none when all is well."""
    page, index = home.reports / LATEST, snapshot / _INDEX
    if page.is_symlink() or not page.is_file():
        return [f"{page} is no file"]
    try:
        if not is_way_in(page.read_bytes(), index.read_bytes(), snapshot.name):
            return [f"{page} has other bytes than were published"]
    except OSError as error:
        return [f"{error.filename} cannot be read: {error.strerror}"]
    return problems(home.reports / snapshot.name, snapshot)


def way_in(index: bytes, folder: str, ended: Ended | None = None) -> bytes:
    """The index of a night as it stands beside its folder.

    Text in a page has its quotes escaped: what begins with `href="./` is a link of our own.
    """
    page = index.replace(b'href="./', f'href="./{folder}/'.encode())
    return told(page, ended, "./") if ended else page


def told(page: bytes, ended: Ended, way: str) -> bytes:
    """A page that says how the last night ended; `way` leads to the folder of `latest.html`."""
    return _as_published(page).replace(_PLACE, _strip(ended, way), 1)


def is_way_in(page: bytes, index: bytes, folder: str) -> bool:
    """Whether a page is the way in to a folder, whatever it says of the last night."""
    return _as_published(page) == way_in(index, folder)


def _as_published(page: bytes) -> bytes:
    """A page without what it says of the last night."""
    return _STRIP.sub(_PLACE, page, count=1)


def _problem(shown: Path, published: manifest.Stamp) -> str | None:
    """What keeps a file from being the one that was published, whatever it says of the night."""
    wrong = manifest.problem(shown, published)
    if wrong is None or shown.suffix != ".html" or shown.is_symlink() or not shown.is_file():
        return wrong
    try:
        page = shown.read_bytes()
    except OSError:
        return wrong
    return None if manifest.stamp_of(_as_published(page)) == published else wrong


def _tell(folder: Path, ended: Ended) -> None:
    """Let every page of a folder say how the last night ended; each is whole at any moment.

    One that a power cut spoils has other bytes than were published: it is shown again.
    """
    for parent, _, names in os.walk(folder):
        here = Path(parent)
        mode = here.stat().st_mode
        here.chmod(mode | stat.S_IWUSR)
        way = "../" * (len(here.relative_to(folder).parts) + 1)
        for page in (here / name for name in names if name.endswith(".html")):
            disk.swap(page, told(page.read_bytes(), ended, way))
        here.chmod(mode)


def _strip(ended: Ended, way: str) -> bytes:
    at = ended.at.astimezone(UTC)
    when = f"{at:%Y-%m-%d %H:%M} UTC"
    if ended.status == "failed":
        strip = (
            '<div class="night"><p class="banner" role="note">The last night failed '
            f"({when}): {escape(ended.why)}. What you see is of the night before.</p></div>"
        )
    else:
        what = "nothing new" if ended.status == "unchanged" else "published"
        strip = (
            f'<div class="night"><p class="banner" role="note" id="age" '
            f'data-ended="{at:%Y-%m-%dT%H:%M:%SZ}" hidden><b></b>: what came since is not here. '
            f'Open <a href="{way}{LATEST}">the newest pages</a>; if they say the same, tell who '
            "runs the nights.</p>"
            f'<p class="page ended">Last night ended {when}: {what}.</p></div>'
        )
    return strip.encode()


def _copy(pages: Path, target: Path) -> None:
    """A copy of a folder that is there whole or not at all, also after a power cut."""
    part = target.with_name(f".{target.name}.part")
    for left in (part, target):
        if left.exists():
            disk.remove(left)
    shutil.copytree(pages, part, copy_function=shutil.copyfile)
    disk.close(part)
    part.chmod(0o755)
    disk.sync_all(part)
    part.replace(target)
    disk.sync(target.parent)
