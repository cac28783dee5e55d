"""The lineage of relations: what is read is made, once, and what is made is read."""

from collections import Counter
from pathlib import Path

from pv.dictionary import TABLES, WORK
from pv.warehouse import kit, lineage

STEPS = lineage.steps()
READ = {relation for step in STEPS for relation in step.reads}
MADE = {relation for step in STEPS for relation in step.writes}

# A file for each kind of source file, lines of texts and of sheets, what every step adds to, and an
# answer for each condition.
OF_SEVERAL = ("staging.", "work.raw_line", "work.raw_daen", "ops.", "mart.signal_condition")


def test_what_is_read_is_made() -> None:
    # The gate's views of the rows under test are made with it (pv.quality.batch).
    under_test = {f"gate.{t.name}" for t in TABLES if t.schema == "staging"}
    made_outside = {"files", "gate.night", "gate.product", "gate.exposure_claim",
                    "gate.published"} | under_test  # fmt: skip

    assert READ - MADE - made_outside == set()


def test_every_work_relation_is_made_and_read() -> None:
    assert {t.qualified for t in WORK} - MADE == {"work.failing"}  # a rule of the gate each
    assert {t.qualified for t in WORK} - READ == {"work.failing"}


def test_a_stored_table_that_no_step_reads_is_published() -> None:
    """Its readers are the analysts."""
    published = {t.qualified for t in kit.published_tables()}

    assert {t.qualified for t in TABLES} - READ - published == set()


def test_a_relation_is_made_by_one_step() -> None:
    makers = Counter(relation for step in STEPS for relation in step.writes)

    assert {
        relation
        for relation, steps in makers.items()
        if steps > 1 and not relation.startswith(OF_SEVERAL)
    } == set()


def test_the_lineage_in_docs_is_the_generated_one() -> None:
    page = Path(__file__).parents[2] / "docs" / "lineage.md"

    assert page.read_text(encoding="utf-8") == lineage.render(STEPS), "run: poolvigil dictionary"
