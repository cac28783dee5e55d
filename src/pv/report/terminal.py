"""The night's summary on a terminal: where things lie and the top signals as a table."""

from typing import Any

import duckdb


def show(console, summary: dict[str, Any], most: int = 12) -> None:
    """Print what was published and the first `most` signals of its snapshot."""
    from rich.markup import escape
    from rich.table import Table

    with duckdb.connect(summary["snapshot"], read_only=True) as con:
        rows = con.execute(
            """
            select product, event, verdict, n, expected, ic025, n_countries, countries_flagged
            from main.signals
            limit $most
            """,
            {"most": most},
        ).fetchall()
    table = Table(title=f"Top signals as of {summary['as_of']}", title_justify="left")
    for column in ("product", "event", "verdict"):
        table.add_column(column, overflow="fold")
    for column in ("cases", "expected", "IC025", "countries"):
        table.add_column(column, justify="right")
    table.add_column("flags alone in", overflow="fold")
    for product, event, verdict, n, expected, ic025, countries, alone in rows:
        style = "bold" if verdict == "pooled_only" else ""
        table.add_row(
            escape(product), escape(event), verdict, str(n), f"{expected:.2f}", f"{ic025:+.2f}",
            str(countries), ", ".join(alone) or "none", style=style,
        )  # fmt: skip
    console.print(table)
    verdicts = ", ".join(f"{n} {name}" for name, n in sorted(summary["verdicts"].items()))
    rows_ = summary["rows"]
    console.print(
        f"{summary['status']}: {summary['cases']['counted']:,} cases counted "
        f"({rows_['read']:,} rows read = {rows_['kept']:,} kept + {rows_['quarantined']:,} "
        f"quarantined); verdicts: {verdicts}"
    )
    console.print(f"report:   {summary['report']}", soft_wrap=True, highlight=False)
    console.print(f"snapshot: {summary['snapshot']}", soft_wrap=True, highlight=False)
