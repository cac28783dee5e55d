"""Expectation suites: one JSON file a staging table, in Great Expectations' own form.

The files in `expectations/` are what the gate runs. They are made here from the dictionary and
from the written rules (`poolvigil` writes them), and a test fails when they drift apart.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pv.dictionary import TABLES, Table
from pv.errors import GateError
from pv.quality import judgement
from pv.quality.rules import Rule, Severity, from_dictionary

STAGING = tuple(t for t in TABLES if t.schema == "staging")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation of a suite, as its file has it."""

    rule: str
    severity: Severity
    reason: str
    fails: str
    config: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Suite:
    """The suite of one staging table; `name` is the table's qualified name."""

    name: str
    expectations: tuple[Expectation, ...]

    @property
    def table(self) -> str:
        """Name of the table, and of the view in the schema `gate` with the rows under test."""
        return self.name.partition(".")[2]


def rules(table: Table) -> list[Rule]:
    """Every rule of a staging table: the dictionary's, then the written ones."""
    return [*from_dictionary(table), *judgement.RULES[table.qualified]]


def build() -> dict[str, dict[str, Any]]:
    """The content of every suite file, by suite name."""
    return {
        t.qualified: {"name": t.qualified, "expectations": [config(r) for r in rules(t)]}
        for t in STAGING
    }


def config(rule: Rule) -> dict[str, Any]:
    """The expectation of a rule, in Great Expectations' own form."""
    kind, kwargs = rule.check or (
        "unexpected_rows_expectation",
        {"unexpected_rows_query": _query(rule.fails)},
    )
    return {
        "type": kind,
        "kwargs": dict(kwargs),
        "meta": {
            "rule": rule.name,
            "severity": rule.severity,
            "reason": rule.reason,
            "fails": rule.fails,
        },
    }


def _query(fails: str) -> str:
    """The query of an UnexpectedRowsExpectation.

    Great Expectations passes it through `str.format`, so braces are doubled, and through
    SQLAlchemy's `text`, which takes an unescaped `:word` for a parameter.
    """
    literal = fails.replace("{", "{{").replace("}", "}}").replace(":", "\\:")
    return f"select file_id, line from {{batch}} where {literal}"


def write(folder: Path) -> list[Path]:
    """Write the suite files into `folder`; returns them in order."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name, content in build().items():
        file = folder / f"{name}.json"
        file.write_text(render(content), encoding="utf-8")
        files.append(file)
    return files


def render(content: dict[str, Any]) -> str:
    """A suite's file, byte for byte."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def load(folder: Path) -> list[Suite]:
    """The suites in `folder`, in the order of the staging tables.

    Raises GateError when a staging table has no suite: its rows would pass unseen.
    """
    return [_read(folder / f"{table.qualified}.json") for table in STAGING]


def _read(file: Path) -> Suite:
    if not file.is_file():
        raise GateError(f"no expectation suite {file.name}: write the suites again")
    content = json.loads(file.read_text(encoding="utf-8"))
    return Suite(
        content["name"],
        tuple(Expectation(**config["meta"], config=config) for config in content["expectations"]),
    )


def markdown() -> str:
    """Every rule as Markdown tables, one a suite, for `docs/quality.md`."""
    lines: list[str] = []
    for table in STAGING:
        lines += [
            f"### {table.qualified}",
            "",
            "| rule | severity | what and why |",
            "|---|---|---|",
        ]
        lines += [f"| `{r.name}` | {r.severity} | {r.reason} |" for r in rules(table)]
        lines.append("")
    return "\n".join(lines)
