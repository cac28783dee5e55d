"""docs/statistics.md: what it shows is what comes out, and no function or field is left out."""

import doctest
import inspect
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from pv import stats

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"
TEXT = PAGE.read_text("utf-8")
CODE = "".join(re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S))
ROWS = [line.strip("|").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
FUNCTIONS = [name for name in dir(stats) if inspect.isfunction(getattr(stats, name))]
CLASSES = [name for name in dir(stats) if inspect.isclass(getattr(stats, name))]


def test_every_example_gives_what_the_page_shows() -> None:
    # A fence is no line of output.
    examples = doctest.DocTestParser().get_doctest(CODE, {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    found = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(examples, out=told.append)
    assert not found.failed, "".join(told)
    assert found.attempted > len(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_answers_a_question_and_has_an_example(name: str) -> None:
    questions = [row for row in ROWS if len(row) == 4 and f"`{name}`" in row[1]]
    assert len(questions) == 1
    question, _, formula, source = (cell.strip() for cell in questions[0])
    assert question.endswith("?")
    assert formula
    assert source
    assert re.search(rf"\bstats\.{name}\(", CODE)


@pytest.mark.parametrize("name", CLASSES)
def test_every_result_has_its_fields_in_their_order(name: str) -> None:
    value = getattr(stats, name)
    if issubclass(value, Exception) or value is stats.Result:
        assert f"`{name}`" in TEXT
        return
    listed = [row[1] for row in ROWS if len(row) == 2 and f"`{name}`" in row[0]]
    names = [f.name for f in fields(value)] if is_dataclass(value) else list(value._fields)
    assert [re.findall(r"`(\w+)`", cells) for cells in listed] == [names]


def test_no_name_on_the_page_is_of_something_else() -> None:
    used = set(re.findall(r"\bstats\.(\w+)", TEXT))
    assert used - {*dir(stats)} == set()
    tabled = {name for row in ROWS if len(row) == 4 for name in re.findall(r"`(\w+)`", row[1])}
    assert tabled - {*FUNCTIONS, *CLASSES, "SHARP"} == set()
