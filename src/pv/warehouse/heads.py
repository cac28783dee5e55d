"""SQL files: one select each, under a head that says what it makes and what it needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Literal

from pv import resources

# How the rows of the select are kept: `table` replaces a work relation and appends to a stored
# table; `by key` first deletes the stored rows of the same key.
Kind = Literal["table", "view", "by key"]
_KINDS: tuple[Kind, ...] = ("view", "by key")
_LABELS = ("writes", "reads", "params", "grain")


@dataclass(frozen=True, slots=True)
class Query:
    """One SQL file.

    `writes` is None for an audit, whose rows go nowhere. Relations are qualified: `work.look` is
    the temporary relation `look`. `files` among `reads` stands for files outside the database.
    `why` is what the head says below its four lines.
    """

    name: str
    writes: str | None
    kind: Kind
    reads: tuple[str, ...]
    params: tuple[str, ...]
    grain: str
    why: str
    body: str


def folder(name: str) -> list[Query]:
    """The files of a folder below sql/, each after those that make what it reads."""
    return in_order(read(f"{name}/{file.stem}") for file in resources.sql_files(name))


def in_order(queries: Iterable[Query]) -> list[Query]:
    """Sort topologically; files that are free of each other keep the order of their names."""
    named = sorted(queries, key=lambda query: query.name)
    makers: dict[str, set[str]] = {}
    for query in named:
        if query.writes:
            makers.setdefault(query.writes, set()).add(query.name)
    needs = {
        q.name: sorted({m for r in q.reads if r != q.writes for m in makers.get(r, ())})
        for q in named
    }
    by_name = {query.name: query for query in named}
    return [by_name[name] for name in TopologicalSorter(needs).static_order()]


@cache
def read(name: str) -> Query:
    """The file `sql/<name>.sql`."""
    file = resources.root() / "sql" / f"{name}.sql"
    return parse(name, file.read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Query:
    """Part a file into head and select; a line of the head that begins with spaces goes on."""
    lines = text.splitlines()
    comments: list[str] = []
    for line in lines:
        if not line.startswith("--"):
            break
        comments.append(line.removeprefix("--").removeprefix(" "))
    said: dict[str, str] = {}
    rest = comments
    for label in _LABELS:
        start = f"{label}: "
        assert rest and rest[0].startswith(start), f"sql/{name}.sql: the head has no line {start!r}"
        value, rest = [rest[0].removeprefix(start)], rest[1:]
        while rest and rest[0].startswith(" "):
            value, rest = [*value, rest[0]], rest[1:]
        said[label] = " ".join(part.strip() for part in value)
    written, kind = _kind(said["writes"])
    return Query(
        name,
        None if written == "nothing" else written,
        kind,
        _listed(said["reads"]),
        tuple(param.removeprefix("$") for param in _listed(said["params"])),
        said["grain"],
        " ".join(line.strip() for line in rest),
        "\n".join(lines[len(comments) :]).strip().removesuffix(";").rstrip(),
    )


def _kind(written: str) -> tuple[str, Kind]:
    for kind in _KINDS:
        if written.endswith(f" ({kind})"):
            return written.removesuffix(f" ({kind})"), kind
    return written, "table"


def _listed(value: str) -> tuple[str, ...]:
    return () if value == "none" else tuple(part.strip() for part in value.split(","))
