"""A rule about the rows of one staging table, and the rules that the dictionary implies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pv.dictionary import Field, Table
from pv.dictionary.ddl import PROVENANCE

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `fails` is the SQL condition that holds for the rows that break it.

    `critical` stops the night, `warning` sends the row to quarantine, `info` only reports.
    `check` is Great Expectations' own expectation of the same meaning (type and arguments);
    None where it has none that works on DuckDB: then `fails` itself is the expectation.
    """

    name: str
    severity: Severity
    reason: str
    fails: str
    check: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class FileRule:
    """One rule about a file whole; `view` has the file_id of those under test that break it."""

    name: str
    reason: str
    view: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule found: a row of ops.validation."""

    suite: str
    rule: str
    severity: str
    rows_checked: int
    rows_failed: int
    detail: str

    @property
    def success(self) -> bool:
        """The rule held for every row."""
        return self.rows_failed == 0


def from_dictionary(table: Table) -> list[Rule]:
    """What required, allowed, minimum, maximum and pattern of each field say, as row rules."""
    return [rule for field in table.fields for rule in _of_field(field)]


def _of_field(field: Field) -> list[Rule]:
    name = field.name
    made: list[Rule] = []
    # The database itself keeps provenance from being null.
    if field.required and name not in PROVENANCE:
        made.append(
            Rule(
                f"{name}_missing",
                "warning",
                f"{name} is required and is empty or could not be read; "
                "correct it in the source and deliver the file again",
                f"{name} is null",
                ("expect_column_values_to_not_be_null", {"column": name}),
            )
        )
    if field.allowed:
        made.append(
            Rule(
                f"{name}_not_allowed",
                "warning",
                f"{name} is none of: {', '.join(field.allowed)}; the source uses a code that its "
                "reader does not know: add it there",
                f"{name} not in ({', '.join(map(_literal, field.allowed))})",
                (
                    "expect_column_values_to_be_in_set",
                    {"column": name, "value_set": list(field.allowed)},
                ),
            )
        )
    if field.minimum is not None or field.maximum is not None:
        made.append(_range(name, field.minimum, field.maximum))
    if field.pattern:
        made.append(
            Rule(
                f"{name}_malformed",
                "warning",
                f"{name} does not look like {field.pattern}; correct it in the source",
                f"not regexp_full_match({name}, {_literal(field.pattern)})",
            )
        )
    return made


def _range(name: str, low: float | None, high: float | None) -> Rule:
    outside: list[str] = []
    words: list[str] = []
    if low is not None:
        outside.append(f"{name} < {low}")
        words.append(f"below {low}")
    if high is not None:
        outside.append(f"{name} > {high}")
        words.append(f"above {int(high):,}" if high == int(high) else f"above {high}")
    return Rule(
        f"{name}_out_of_range",
        "warning",
        f"{name} is {' or '.join(words)}; check the unit and the column order in the source",
        " or ".join(outside),
        (
            "expect_column_values_to_be_between",
            {"column": name, "min_value": low, "max_value": high},
        ),
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
