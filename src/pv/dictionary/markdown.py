"""`docs/data-dictionary.md` from the dictionary."""

from collections.abc import Iterable

from pv.dictionary.model import Table


def render(tables: Iterable[Table]) -> str:
    """The whole dictionary as one Markdown page, grouped by schema."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `src/pv/dictionary` (`poolvigil dictionary`); a test fails when it drifts.",
    ]
    schema = None
    for table in tables:
        if table.schema != schema:
            schema = table.schema
            lines += ["", f"## {schema}"]
        lines += ["", f"### {table.qualified}", "", table.describe(), ""]
        lines += ["| column | type | required | meaning |", "|---|---|---|---|"]
        lines += [
            f"| {f.name} | {f.type} | {'yes' if f.required else ''} | "
            f"{f.describe().replace('|', chr(92) + '|')} |"
            for f in table.fields
        ]
    return "\n".join(lines) + "\n"
