"""Issues: of a source that is re-issued whole, each delivery says all that the agency tells now.

An issue has the day on which the agency gave it out, and a series: what it takes the place of.
"""

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from pv.errors import FileProblemError
from pv.sources.container import DAMAGE, Item
from pv.sources.delivery import issue_day, undated
from pv.sources.model import Part

# What packers write that know no time.
_NO_TIME = 1981


def series_of(name: str) -> str:
    """A name without the days in it: what stays the same from issue to issue of a list.

    >>> series_of("2022-06-19/covid.zip/list.txt"), series_of("covid_20220619.zip/list.txt")
    ('covid.zip/list.txt', 'covid.zip/list.txt')
    """
    parts = (undated(part) for part in PurePosixPath(name).parts)
    return "/".join(part for part in parts if part)


def dated(part: Part, item: Item) -> Part:
    """The part of a source that is re-issued whole, as a table of an issue.

    Its day is in the name of the file or of what holds it, else it is the day on which the newest
    file of its zip was written. The time of a file on disk says nothing: copying changes it.

    Raises:
        FileProblemError: no day is known.
    """
    day = issue_day(PurePosixPath(item.name)) or (_packed(item.path) if item.member else None)
    if day is None:
        raise FileProblemError(
            "issue_date_unknown",
            "nothing says on which day the agency gave out this issue",
            "put it into a folder named by that day, as 2024-06-30, or write the day into its name",
        )
    rest = part.release.partition("/")[2]
    return replace(part, series=part.series or "all", issued_on=day, release=f"{day}/{rest}")


def _packed(path: Path) -> date | None:
    try:
        with zipfile.ZipFile(path) as archive:
            newest = max(date(*member.date_time[:3]) for member in archive.infolist())
    except (*DAMAGE, OSError):
        return None
    return newest if newest.year >= _NO_TIME else None
