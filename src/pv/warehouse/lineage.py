"""Which step makes which relation of which others, and its picture for `docs/lineage.md`.

A step is a SQL file, by its head, or a Python module, by what it puts, takes and asks for in SQL.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pv import resources
from pv.dictionary import SCHEMAS, TABLES, WORK
from pv.warehouse import heads

# Rooms in the order of the night, and the Python rooms that belong to them.
ROOMS = {
    "raw": ("sources",),
    "staging": (),
    "gate": ("quality",),
    "core": ("cases",),
    "count": ("counts",),
    "pairs": ("pairs",),
    "rates": ("rates",),
    "decisions": ("decisions",),
    "night": ("night",),
    "audit": (),
    "views": ("warehouse",),
    "share": (),
    "report": ("report",),
}
_ROOM_OF = {python: room for room, rooms in ROOMS.items() for python in rooms}
_SCRIPTS = ("macros", "migrations", "kept", "former")
_PUTS = re.compile(r"_?put(_\w+)?")
_SQL = re.compile(rf"\b(delete from|insert into|update|from|join)\s+((?:{'|'.join(SCHEMAS)})\.\w+)")
_KNOWN = {t.qualified for t in (*TABLES, *WORK)}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `name` is that of the SQL file below sql/ or of the module."""

    name: str
    room: str
    reads: frozenset[str]
    writes: frozenset[str]

    @property
    def is_python(self) -> bool:
        """Whether it is a module."""
        return self.name.startswith("pv.")


def steps() -> list[Step]:
    """Every step that touches a relation, in the order of their names."""
    return sorted([*_files(), *_modules()], key=lambda step: step.name)


def _files() -> Iterator[Step]:
    sql = resources.root() / "sql"
    for file in sql.rglob("*.sql"):
        name = file.relative_to(sql).with_suffix("").as_posix()
        room = name.partition("/")[0]
        if room in _SCRIPTS:
            continue
        query = heads.read(name)
        written = {query.writes} if query.writes else set()
        yield Step(name, room, frozenset(query.reads), frozenset(written))


def _modules() -> Iterator[Step]:
    package = Path(__file__).parents[1]
    for python, room in _ROOM_OF.items():
        for file in (package / python).glob("*.py"):
            reads, writes = _touched(ast.parse(file.read_text(encoding="utf-8")))
            if (reads | writes) & _KNOWN:
                yield Step(
                    f"pv.{python}.{file.stem}", room, frozenset(reads & _KNOWN),
                    frozenset(writes & _KNOWN),
                )  # fmt: skip


def _touched(module: ast.Module) -> tuple[set[str], set[str]]:
    """The relations that a module reads and writes."""
    reads: set[str] = set()
    writes: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            named = {k.value for k in node.keywords if k.arg == "relation"}
            if called == "take":
                reads |= _text(node.args[1:2])
            elif _PUTS.fullmatch(called):
                writes |= _text(node.args[1:2])
            writes |= _text(named)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for verb, relation in _SQL.findall(node.value):
                if verb in ("from", "join"):
                    reads.add(relation)
                elif verb != "delete from":
                    writes.add(relation)
    return reads, writes


def _text(nodes: Iterable[ast.expr]) -> set[str]:
    """Relations that the expressions name; an f-string names every one that it may stand for."""
    named: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            named.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(n.value)) if isinstance(n, ast.Constant) else r"\w+"
                for n in node.values
            ]
            named |= {name for name in _KNOWN if re.fullmatch("".join(parts), name)}
    return named


def render(found: Iterable[Step]) -> str:
    """`docs/lineage.md`: a picture of the rooms, and one of the relations in each room."""
    found = list(found)
    made_in: dict[str, set[str]] = {}
    for step in found:
        for relation in step.writes:
            made_in.setdefault(relation, set()).add(step.room)
    rooms = [room for room in ROOMS if any(step.room == room for step in found)]
    lines = [
        "# Lineage",
        "",
        "Generated from the heads of the SQL files and from what Python puts and takes "
        "(`poolvigil dictionary`); a test fails when it drifts. What a relation holds says the "
        "[data dictionary](data-dictionary.md).",
        "",
        "An arrow goes from a room to those that read what it makes, with the number of relations.",
        "",
        "```mermaid",
        "flowchart LR",
        *_between(found, rooms, made_in),
        "```",
    ]
    for room in rooms:
        arrows = list(_within([step for step in found if step.room == room], room, made_in))
        if arrows:
            lines += ["", f"## {room}", "", "```mermaid", "flowchart LR", *arrows, "```"]
    return "\n".join(lines) + "\n"


def _between(found: list[Step], rooms: list[str], made_in: dict[str, set[str]]) -> Iterator[str]:
    crossing: dict[tuple[str, str], set[str]] = {}
    for step in found:
        for relation in step.reads:
            for maker in made_in.get(relation, set()) - {step.room}:
                crossing.setdefault((maker, step.room), set()).add(relation)
    for (maker, reader), relations in sorted(
        crossing.items(), key=lambda item: tuple(map(rooms.index, item[0]))
    ):
        yield f"  {maker} -- {len(relations)} --> {reader}"


def _within(steps: list[Step], room: str, made_in: dict[str, set[str]]) -> Iterator[str]:
    """Arrows from what is read to what is made; modules and what other rooms made have shapes of
    their own."""
    made = {relation for step in steps for relation in step.writes}
    shown: set[str] = set()
    arrows: set[tuple[str, str]] = set()
    for step in steps:
        if not step.writes:
            continue
        if step.is_python:
            shown.add(f'  {_id(step.name)}{{{{"{step.name}"}}}}')
            arrows |= {(relation, step.name) for relation in step.reads}
            arrows |= {(step.name, relation) for relation in step.writes}
        else:
            arrows |= {(relation, made) for relation in step.reads for made in step.writes}
    for relation in {name for arrow in arrows for name in arrow} - {s.name for s in steps}:
        label = relation.removeprefix("work.")
        foreign = relation not in made
        shown.add(f"  {_id(relation)}" + (f'(["{label}"])' if foreign else f'["{label}"]'))
    yield from sorted(shown)
    for one, other in sorted(arrows):
        yield f"  {_id(one)} --> {_id(other)}"


def _id(name: str) -> str:
    return re.sub(r"\W", "_", name)
