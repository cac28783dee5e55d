"""The night's summary on a terminal: where things lie and the top signals as a table."""

from typing import Any

import duckdb


def show(console, summary: dict[str, Any], most: int = 12) -> None:
    """Print what was published, the first `most` signals of its snapshot, and what is held."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    with duckdb.connect(summary["snapshot"], read_only=True) as con:
        rows = con.execute(
            """
            select
                product, event || if(event_kind = 'event_group', ' (group)', ''), verdict, n,
                expected, ic025, n_countries
            from main.signals
            limit $most
            """,
            {"most": most},
        ).fetchall()
    title = f"Top signals as of {summary['as_of']}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    # What a narrow terminal lacks is taken from the event's name, never from a number.
    rest = max(14, min(48, console.width - 66))
    table.add_column("product", no_wrap=True, overflow="ellipsis", max_width=14)
    table.add_column("event", no_wrap=True, overflow="ellipsis", max_width=rest)
    table.add_column("verdict", no_wrap=True, min_width=11)
    for column, width in (("n", 3), ("E", 5), ("IC025", 5), ("ctry", 4)):
        table.add_column(column, justify="right", no_wrap=True, min_width=width)
    for product, event, verdict, n, expected, ic025, countries in rows:
        table.add_row(
            escape(product), escape(event), verdict, str(n), f"{expected:.2f}", f"{ic025:+.2f}",
            str(countries), style="bold" if verdict == "pooled_only" else "",
        )  # fmt: skip
    console.print(table)
    verdicts = ", ".join(f"{n} {name}" for name, n in sorted(summary["verdicts"].items()))
    rows_ = summary["rows"]
    console.print(
        f"{summary['status']}: {summary['cases']['counted']:,} cases counted "
        f"({rows_['read']:,} rows read = {rows_['kept']:,} kept + {rows_['quarantined']:,} "
        f"quarantined); verdicts: {verdicts}"
    )
    if summary["held"]:
        console.print(_held(summary["held"]))
    console.print(f"report:   {summary['report']}", soft_wrap=True, highlight=False)
    console.print(f"snapshot: {summary['snapshot']}", soft_wrap=True, highlight=False)


def _held(held: list[dict[str, str]]) -> Any:
    """A frame that nobody overlooks: what is held, why, and what to do."""
    from rich.panel import Panel
    from rich.text import Text

    told = "\n".join(
        f"{each['source']}: {each['name']}: {each['reason']}; {each['mend']}" for each in held
    )
    title = f"HELD FOR A PERSON: {len(held)} (what was before stays in use)"
    return Panel(Text(told), title=title, title_align="left", border_style="bold red")
