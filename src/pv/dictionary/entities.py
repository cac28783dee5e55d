"""`docs/entities.md`: how the tables of a snapshot are joined, drawn from their keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pv.dictionary.model import Table

# Tables whose rows others name by their key.
NAMED = (
    "core.case", "core.product", "core.country", "core.event_group", "mart.country_margin",
    "mart.product_margin", "mart.event_margin", "mart.period_margin", "mart.pair",
    "mart.rate_window", "ops.source_file", "ops.run", "ops.alpha_ledger",
)  # fmt: skip
# Elsewhere `country` is also a stratum that is no country, or 'all'.
_OF_CORE_ALONE = "core.country"
# What names a row that need not be there, and why.
MAY_BE_LOST = {
    ("core.case", "core.case_version"): "deleted cases",
    ("core.case", "mart.case_alert"): "deleted cases",
    ("core.case", "ops.case_alert"): "deleted cases",
    ("core.country", "core.exposure"): "WORLD",
    ("core.country", "core.background_rate"): "any population",
    ("core.country", "core.linkage_rightness"): "all",
    ("mart.pair", "mart.rate_window"): "windows without a case",
    ("mart.pair", "mart.signal_history"): "pairs that are no more",
    ("mart.pair", "mart.signal_status"): "decided pairs that are no more",
    ("mart.pair", "ops.decision"): "pairs that are no more",
    ("mart.rate_window", "mart.case_alert"): "alerts without exposure",
    ("mart.rate_window", "ops.alpha_ledger"): "tests of windows that are planned no more",
    ("ops.run", "ops.decision"): "earlier runs",
    ("ops.run", "ops.reissue"): "earlier runs",
}


@dataclass(frozen=True, slots=True)
class Join:
    """Rows of `to` that name one of `of`; `many` of them may name the same."""

    of: Table
    to: Table
    many: bool

    @property
    def on(self) -> tuple[str, ...]:
        """The columns that both have."""
        return self.of.key

    @property
    def may_be_lost(self) -> bool:
        """Whether a row of `to` may name what is not there."""
        return (self.of.qualified, self.to.qualified) in MAY_BE_LOST


def joins(tables: Sequence[Table]) -> list[Join]:
    """Every join of a table to those that name its rows, by the longest keys: what has product,
    event and event kind names a pair."""
    named = [t for t in tables if t.qualified in NAMED]
    found: list[Join] = []
    for table in tables:
        held = {f.name for f in table.fields}
        within = [
            t
            for t in named
            if t is not table
            and held.issuperset(t.key)
            and (t.qualified != _OF_CORE_ALONE or table.schema == t.schema)
        ]
        found += (
            Join(of, table, many=set(of.key) != set(table.key))
            for of in within
            if not any(set(of.key) < set(other.key) for other in within)
        )
    return found


def render(tables: Sequence[Table]) -> str:
    """The page: a picture of the joins of each schema, and the keys."""
    found = joins(tables)
    lines = [
        "# Entities",
        "",
        "Generated from the keys in `src/pv/dictionary` (`poolvigil dictionary`); a test fails "
        "when it drifts. What a table holds says the [data dictionary](data-dictionary.md), what "
        "its Parquet file does [parquet-schema.json](parquet-schema.json).",
        "",
        "Tables are joined on the columns beside the line, which are the key of the first table. "
        "A circle at its end says that the row may not be there: "
        + "; ".join(f"{to} of {of} ({why})" for (of, to), why in MAY_BE_LOST.items())
        + ". `event_kind` is a part of the key of a pair: an event and an event group may have one "
        "name.",
    ]
    for schema in dict.fromkeys(t.schema for t in tables):
        own = [j for j in found if j.to.schema == schema]
        lines += ["", f"## {schema}", "", "```mermaid", "erDiagram", *_arrows(own), "```"]
        lines += ["", "| table | key |", "|---|---|"]
        lines += [
            f"| {t.qualified} | {', '.join(t.key) or 'none'} |"
            for t in tables
            if t.schema == schema
        ]
    return "\n".join(lines) + "\n"


def _arrows(found: list[Join]) -> Iterator[str]:
    for join in found:
        begin, end = "|o" if join.may_be_lost else "||", "o{" if join.many else "o|"
        of, to = (t.qualified.replace(".", "_") for t in (join.of, join.to))
        yield f'  {of} {begin}--{end} {to} : "{", ".join(join.on)}"'
