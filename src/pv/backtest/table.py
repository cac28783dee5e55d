"""A backtest on a terminal: the known pairs, the controls that flagged, and the shares."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from pv.backtest.result import Backtest, Found, Gain

_DAYS_A_YEAR = 365.25
_CODES = 1  # countries that are named; more are counted


def show(console: "Console", found: "Backtest") -> None:
    """Print the known pairs as a table, then what controls did, then the shares."""
    from rich.markup import escape

    span = f"{found.looks} looks from {found.first} to {found.last} ({found.made_by})"
    _table(console, f"Known pairs: {span}", found.of_kind("positive"), regulator=True)
    flagged = [each for each in found.of_kind("control", "weak_control") if each.flagged]
    if flagged:
        _table(console, "Controls that flagged at some look", flagged, regulator=False)
    for line in sentences(found):
        console.print(escape(line), soft_wrap=True, highlight=False)


def sentences(found: "Backtest") -> list[str]:
    """The shares in words, and what of the truth could not be tested."""
    n = found.counts()
    said: list[str] = []
    if n["positive"]:
        said.append(
            f"known pairs: {n['positive']}; the pool watched {n['positive_watched']} and confirmed "
            f"{n['positive_confirmed']}; before any single country it watched "
            f"{n['watched_before_country']} and confirmed {n['confirmed_before_country']}"
        )
    if n["dated"]:
        said.append(
            f"before the regulator, of {n['dated']} with a date: the pool watched "
            f"{_share(n['watched_before_regulator'], n['dated'])} and confirmed "
            f"{_share(n['confirmed_before_regulator'], n['dated'])}; a single country flagged "
            f"{_share(n['country_before_regulator'], n['dated'])}"
        )
    said += [
        f"{name}: {n[kind]}; flagged at some look {n[f'{kind}_flagged']}, confirmed "
        f"{n[f'{kind}_confirmed']}"
        for kind, name in (("control", "controls"), ("weak_control", "weak controls"))
        if n[kind]
    ]
    if missing := found.missing():
        said.append(f"not in the data: {', '.join(missing)}")
    if outside := found.outside():
        said.append(
            f"outside the rule's scope, so never confirmed: {', '.join(outside)} (name them in "
            "the scope of the home's spec/rule.toml and replay again)"
        )
    return said


def gain_in_words(gain: "Gain | None") -> str:
    """Years ahead of the first country; `>` where none has flagged yet."""
    if gain is None:
        return "-"
    return f"{'>' if gain.at_least else ''}{gain.days / _DAYS_A_YEAR:+.1f} y"


def _table(
    console: "Console", title: str, rows: "tuple[Found, ...] | list[Found]", *, regulator: bool
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    # What a narrow terminal lacks is taken from the names, never from a number.
    rest = max(8, min(30, (console.width - 64) // 2))
    table.add_column("product", no_wrap=True, overflow="ellipsis", max_width=rest)
    table.add_column("event", no_wrap=True, overflow="ellipsis", max_width=rest)
    for column in ("n", "unkn"):
        table.add_column(column, justify="right", no_wrap=True)
    for column in ("watch", "confirmed", "country"):
        table.add_column(column, no_wrap=True)
    table.add_column("gain", justify="right", no_wrap=True)
    table.add_column("regulator" if regulator else "kind", no_wrap=True)
    for each in rows:
        seen = each.seen
        table.add_row(
            escape(each.product.lower()), escape(each.event), str(seen.n), str(seen.n_unknown),
            _month(seen.watch), _month(seen.confirmed), _country(each), gain_in_words(each.gain),
            escape((each.known.regulator_date or "-") if regulator else each.known.kind),
            style="bold" if seen.confirmed else "",
        )  # fmt: skip
    console.print(table)


def _country(found: "Found") -> str:
    codes = found.seen.countries
    if found.seen.country is None:
        return "-"
    more = f" +{len(codes) - _CODES}" if len(codes) > _CODES else ""
    return f"{_month(found.seen.country)} {' '.join(codes[:_CODES])}{more}"


def _month(day: date | None) -> str:
    return "-" if day is None else f"{day:%Y-%m}"


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.0%})"
