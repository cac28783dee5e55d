"""`docs/data-dictionary.md` from the dictionary."""

from collections.abc import Iterable, Mapping, Sequence

from pv.dictionary.fields import OF_VIEWS
from pv.dictionary.model import Field, Macro, Table, View
from pv.dictionary.verdicts import BY_KEY, CONDITIONS, LISTED, NOT_FLAGGED, VERDICTS


def render(
    tables: Sequence[Table],
    rooms: Mapping[str, Sequence[Table]],
    views: Sequence[View] = (),
    macros: Sequence[Macro] = (),
) -> str:
    """The whole dictionary as one Markdown page: views and macros of the snapshot, stored tables by
    schema, then the work relations of each room."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `src/pv/dictionary` (`poolvigil dictionary`); a test fails when it drifts. "
        "[How the relations follow from each other](lineage.md), [how the tables of a snapshot are "
        "joined](entities.md).",
        *_views(views),
        *_macros(macros),
    ]
    schema = None
    for table in tables:
        if table.schema != schema:
            schema = table.schema
            lines += ["", f"## {schema}"]
        lines += ["", f"### {table.qualified}", "", table.describe(), "", *_fields(table.fields)]
    known = {f.name for t in tables for f in t.fields}
    return "\n".join([*lines, *_work(rooms, known)]) + "\n"


def _views(views: Sequence[View]) -> list[str]:
    """Views in one line each, and the columns that no table has."""
    if not views:
        return []
    lines = [
        "",
        "## Views of the snapshot",
        "",
        "In the schema `main`, for people. A column means what it means in the tables below.",
        "",
        "| view | one row per | what it is for | columns |",
        "|---|---|---|---|",
    ]
    for view in views:
        names = " ".join(f.name for f, _ in view.columns)
        lines.append(f"| {view.name} | {_cell(view.grain)} | {_cell(view.why)} | {_cell(names)} |")
    own = {f.name: (f, type_) for v in views for f, type_ in v.columns if f.name in OF_VIEWS}
    lines += ["", "| column of views alone | type | meaning |", "|---|---|---|"]
    lines += [f"| {n} | {type_} | {_cell(f.describe())} |" for n, (f, type_) in own.items()]
    return lines


def _macros(macros: Sequence[Macro]) -> list[str]:
    if not macros:
        return []
    lines = [
        "",
        "## Macros of the snapshot",
        "",
        "Values of `select`, or, where rows are said, tables of `from`. "
        "[How to use them](analysts.md).",
        "",
        "| macro | what it gives |",
        "|---|---|",
    ]
    for macro in macros:
        gives = f"Rows. {macro.why}" if macro.gives_rows else macro.why
        lines.append(f"| `{macro.call}` | {_cell(gives)} |")
    return lines


def _fields(fields: Iterable[Field]) -> list[str]:
    return [
        "| column | type | required | meaning |",
        "|---|---|---|---|",
        *(
            f"| {f.name} | {f.type} | {'yes' if f.required else ''} | {_cell(f.describe())} |"
            for f in fields
        ),
    ]


def _work(rooms: Mapping[str, Sequence[Table]], known: set[str]) -> list[str]:
    """Work relations in one line each; of their fields those that no stored table has."""
    lines = [
        "",
        "## work",
        "",
        "Relations between the steps of a night: in no snapshot, only for those who work on "
        "poolvigil. A column with `?` may be null; columns that stored tables have too mean the "
        "same there. `x_text` is the cell of column x, as a file writes it.",
    ]
    for room, tables in rooms.items():
        if not tables:
            continue
        lines += ["", f"### Work relations of {room}", ""]
        lines += ["| relation | one row per | columns |", "|---|---|---|"]
        for table in tables:
            columns = " ".join(f.name if f.required else f"{f.name}?" for f in table.fields)
            said = f"{table.grain}. Beware: {table.beware}" if table.beware else table.grain
            lines.append(f"| {table.qualified} | {_cell(said)} | {columns} |")
        own = {f.name: f for t in tables for f in t.fields if f.name not in known}
        known |= own.keys()
        own = {name: f for name, f in own.items() if not name.endswith("_text")}
        if own:
            lines += ["", "| column | type | meaning |", "|---|---|---|"]
            lines += [f"| {f.name} | {f.type} | {_cell(f.describe())} |" for f in own.values()]
    return lines


def _cell(text: str) -> str:
    return text.replace("|", chr(92) + "|")


def conditions() -> str:
    """The conditions as a table of docs/rules.md, in the order asked."""
    rows = [f"| `{c.key}` | {c.asks} |" for c in CONDITIONS]
    return "\n".join(["| condition | what must hold |", "|---|---|", *rows])


def verdicts() -> str:
    """The verdicts as a table of docs/rules.md, in the order decided."""
    rows = [f"| `{v.key}` | {v.when} |" for v in (*VERDICTS, NOT_FLAGGED)]
    return "\n".join(["| verdict | when |", "|---|---|", *rows])


def verdicts_to_read() -> str:
    """The verdicts as a table of docs/safety-officers.md, in the order of the page."""
    rows = [
        f"| {v.name} (`{v.key}`) | {v.meaning} | {v.advice} |"
        for v in map(BY_KEY.__getitem__, LISTED)
    ]
    return "\n".join(["| verdict | says | what to do |", "|---|---|---|", *rows])
