"""The suite files: made from the dictionary and the written rules, and nothing else."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from pv.dictionary import Field, Table
from pv.errors import GateError
from pv.quality import suites
from pv.quality.rules import Rule, from_dictionary

ROOT = Path(__file__).parents[2]


def test_the_suite_files_are_those_that_the_dictionary_and_the_rules_make() -> None:
    made = {f"{name}.json": suites.render(content) for name, content in suites.build().items()}
    there = {f.name: f.read_text(encoding="utf-8") for f in (ROOT / "expectations").glob("*")}
    assert there == made, "run suites.write on expectations/"


def test_docs_list_every_rule() -> None:
    text = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    assert suites.markdown() in text, "put suites.markdown() into docs/quality.md"


def test_what_is_written_is_what_is_loaded(tmp_path: Path) -> None:
    suites.write(tmp_path)
    loaded = suites.load(tmp_path)
    assert [s.name for s in loaded] == [t.qualified for t in suites.STAGING]
    [drug] = [s for s in loaded if s.name == "staging.report_drug"]
    [unnamed] = [e for e in drug.expectations if e.rule == "drug_unnamed"]
    assert drug.table == "report_drug"
    assert unnamed.severity == "warning"
    assert unnamed.config["kwargs"]["unexpected_rows_query"].endswith(unnamed.fails)


def test_a_staging_table_without_a_suite_is_an_error(tmp_path: Path) -> None:
    suites.write(tmp_path)
    (tmp_path / "staging.report_drug.json").unlink()
    with pytest.raises(GateError, match=r"no expectation suite staging\.report_drug\.json"):
        suites.load(tmp_path)


def test_names_of_rules_are_unique_in_a_suite() -> None:
    for table in suites.STAGING:
        names = [rule.name for rule in suites.rules(table)]
        assert len(names) == len(set(names)), table.qualified


def rules_of(field: Field) -> list[Rule]:
    return from_dictionary(Table("staging", "t", "row", (field,)))


def test_each_constraint_of_a_field_makes_its_rule() -> None:
    field = Field(
        "code", "varchar", "A code", required=True, allowed=("a", "it's"), pattern="[a-z]{1,3}"
    )
    assert [(r.name, r.fails) for r in rules_of(field)] == [
        ("code_missing", "code is null"),
        ("code_not_allowed", "code not in ('a', 'it''s')"),
        ("code_malformed", "not regexp_full_match(code, '[a-z]{1,3}')"),
    ]


@pytest.mark.parametrize(
    ("low", "high", "fails"),
    [(0, 130, "x < 0 or x > 130"), (0, None, "x < 0"), (None, 130, "x > 130")],
)
def test_a_range_fails_outside_its_limits(
    low: float | None, high: float | None, fails: str
) -> None:
    [rule] = rules_of(Field("x", "double", "A number", minimum=low, maximum=high))
    assert (rule.name, rule.fails) == ("x_out_of_range", fails)


def test_a_field_without_constraints_and_the_provenance_make_no_rule() -> None:
    assert rules_of(Field("note", "varchar", "A note")) == []
    assert rules_of(Field("file_id", "integer", "The file", required=True)) == []


def test_a_query_survives_the_formatting_and_the_parameters_of_great_expectations() -> None:
    fails = "not regexp_full_match(x, '(?:[A-Z]{2}|a:b)') or y::date is null"
    config = suites.config(Rule("r", "warning", "why", fails))
    query = config["kwargs"]["unexpected_rows_query"].format(batch="gate.t")
    assert str(sa.text(query)) == f"select file_id, line from gate.t where {fails}"


def test_a_suite_file_has_what_the_gate_needs_of_each_expectation() -> None:
    for file in (ROOT / "expectations").glob("*.json"):
        content = json.loads(file.read_text(encoding="utf-8"))
        for expectation in content["expectations"]:
            assert set(expectation["meta"]) == {"rule", "severity", "reason", "fails"}
            assert expectation["meta"]["severity"] in {"critical", "warning", "info"}
