"""The night's summary on a terminal: where things lie and the top signals as a table."""

from typing import Any


def show(console, summary: dict[str, Any]) -> None:
    """Print what was published, its first signals, and what is held."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    what_if = "What if: top" if summary.get("what_if") else "Top"
    title = f"{what_if} signals as of {summary['as_of']}"
    narrow = console.width < 100
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 0 if narrow else 1)
    )
    # A narrow terminal folds names and cuts nothing.
    rest = max(14, min(48, console.width - (61 if narrow else 66)))
    table.add_column("product", overflow="fold", max_width=14)
    table.add_column("event", overflow="fold", max_width=rest)
    table.add_column("verdict", no_wrap=True, min_width=11)
    for column, width in (("n", 3), ("E", 5), ("IC025", 5), ("ctry", 4)):
        table.add_column(column, justify="right", no_wrap=True, min_width=width)
    for each in summary["signals"]:
        group = " (group)" if each["event_kind"] == "event_group" else ""
        table.add_row(
            escape(each["product"]), escape(f"{each['event']}{group}"), each["verdict"],
            str(each["n"]), f"{each['expected']:.2f}", f"{each['ic025']:+.2f}",
            str(each["n_countries"]), style="bold" if each["verdict"] == "pooled_only" else "",
        )  # fmt: skip
    console.print(table)
    verdicts = ", ".join(f"{n} {name}" for name, n in sorted(summary["verdicts"].items()))
    rows = summary["rows"]
    console.print(
        f"{summary['status']}: {summary['cases']['counted']:,} cases counted "
        f"({rows['read']:,} rows read = {rows['kept']:,} kept + {rows['quarantined']:,} "
        f"quarantined); verdicts: {verdicts}"
    )
    if summary.get("quarters_that_differ"):
        quarters = ", ".join(summary["quarters_that_differ"])
        console.print(
            f"quarter_differs: {quarters}: not the rows or bytes of quarter_facts.csv", style="bold"
        )
    if summary.get("reissues"):
        console.print(_reissued(summary["reissues"]))
    if summary["held"]:
        console.print(_held(summary["held"]))
    if summary.get("what_if"):
        console.print(
            "what-if: page, snapshot and history of the home are as they were", style="bold"
        )
    console.print(f"report:   {summary['report']}", soft_wrap=True, highlight=False)
    console.print(f"snapshot: {summary['snapshot']}", soft_wrap=True, highlight=False)


def _reissued(reissues: list[dict[str, Any]]) -> Any:
    """What came again with other bytes, and what changed."""
    from rich.panel import Panel
    from rich.text import Text

    told = "\n".join(
        f"{each['source']}: {each['name']}: {each['rows_before']:,} rows before, "
        f"{each['rows_after']:,} now{_changed(each)}"
        for each in reissues
    )
    title = f"CAME AGAIN WITH OTHER BYTES: {len(reissues)}"
    return Panel(Text(told), title=title, title_align="left", border_style="bold yellow")


def _changed(each: dict[str, Any]) -> str:
    if each["n_added"] is None:
        return ""
    return (
        f"; {each['compared_by']}s: {each['n_added']:,} added, {each['n_withdrawn']:,} withdrawn, "
        f"{each['n_changed']:,} changed"
    )


def _held(held: list[dict[str, str]]) -> Any:
    """A frame that nobody overlooks: what is held, why, and what to do."""
    from rich.panel import Panel
    from rich.text import Text

    told = "\n".join(
        f"{each['source']}: {each['name']}: {each['reason']}; {each['mend']}" for each in held
    )
    title = f"HELD FOR A PERSON: {len(held)} (what was before stays in use)"
    return Panel(Text(told), title=title, title_align="left", border_style="bold red")
