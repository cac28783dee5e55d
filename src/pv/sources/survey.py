"""What lies in the inbox: every file with what its source makes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from pv.errors import FileProblemError, UsageError, meant
from pv.sources import issues
from pv.sources.container import Item, readable
from pv.sources.folder import items_below
from pv.sources.model import Absent, Part, Source

_OTHER_WORKBOOKS = (".xls", ".xlsb", ".xlsm", ".ods", ".numbers")

Verdict = Part | Literal["ignored"] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of `ops.source_file` to be: a file to load, one with a problem, or a missing table."""

    source: str
    name: str
    item: Item | None = None
    part: Part | None = None
    problem: FileProblemError | None = None
    absent: Absent | None = None

    @property
    def sha256(self) -> str | None:
        """Of the file on disk; None where there is none."""
        return self.item.sha256 if self.item else None

    @property
    def key(self) -> tuple[str, str, str | None]:
        """The same file with the same bytes."""
        return self.source, self.name, self.sha256


def survey(inbox: Path, sources: Sequence[Source]) -> list[Entry]:
    """Every file and every missing table, in the order of source and name.

    Raises:
        UsageError: there is no inbox.
    """
    if not inbox.is_dir():
        raise UsageError(f"no folder {inbox}: make it, with a folder for each source in it")
    by_key = {source.key: source for source in sources}
    entries: list[Entry] = []
    for path in inbox.iterdir():
        if path.name.startswith("."):
            continue
        name = readable(path.name)
        if not path.is_dir():
            problem = FileProblemError(
                "unknown_file",
                "it lies in no source's folder",
                "put it into the right one with `poolvigil ingest`, or move it",
            )
            entries.append(Entry(".", name, Item(name, path), problem=problem))
        elif path.name not in by_key:
            guess = meant(path.name, by_key).removeprefix("; ")
            known = f"the sources are {', '.join(sorted(by_key))}"
            problem = FileProblemError(
                "unknown_source", "no source has this folder", f"{guess} {known}".strip()
            )
            entries.append(Entry(name, ".", Item(".", path), problem=problem))
        else:
            entries += _of_source(by_key[path.name], path)
    return sorted(entries, key=lambda e: (e.source, e.name))


def _of_source(source: Source, folder: Path) -> Iterator[Entry]:
    items = list(items_below(folder))
    verdicts: list[Verdict] = [source.recognise(item.name) for item in items]
    undated: dict[str, FileProblemError] = {}
    if source.reissued:
        verdicts = [_dated(item, v, undated) for item, v in zip(items, verdicts, strict=True)]
    parts: list[Part] = []
    unused = {item.path: item for item in items if item.member}
    for item, verdict in zip(items, verdicts, strict=True):
        if verdict != "ignored":
            unused.pop(item.path, None)
        if isinstance(verdict, Part):
            problem = item.problem or undated.get(item.name)
            parts += [] if problem else [verdict]
            yield Entry(source.key, item.name, item, verdict, problem)
        elif item.problem:
            yield Entry(source.key, item.name, item, problem=item.problem)
        elif verdict is None:
            yield Entry(source.key, item.name, item, problem=_unknown(source, item.name))
    for member in unused.values():
        name = member.name.removesuffix(f"/{member.member}")
        problem = FileProblemError(
            "empty_delivery", "holds no table of the source", "check that it is the right zip"
        )
        yield Entry(source.key, name, replace(member, name=name, member=None), problem=problem)
    for absent in source.absent(parts):
        yield Entry(source.key, absent.name, absent=absent)


def _unknown(source: Source, name: str) -> FileProblemError:
    """What is said of a file whose name the source does not know."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in _OTHER_WORKBOOKS:
        return FileProblemError(
            "unknown_file",
            f"a workbook of another kind ({ending})",
            "save it as .xlsx",
        )
    return FileProblemError(
        "unknown_file",
        f"not a file of the source {source.key}",
        "check its name, or take it out of the inbox",
    )


def _dated(item: Item, verdict: Verdict, undated: dict[str, FileProblemError]) -> Verdict:
    """The verdict on a file of a source that is re-issued whole, with the day of its issue."""
    if not isinstance(verdict, Part) or item.problem:
        return verdict
    try:
        return issues.dated(verdict, item)
    except FileProblemError as problem:
        undated[item.name] = problem
        return verdict
