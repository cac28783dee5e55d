"""From the report's content to one HTML file that opens from a file share with no network."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pv.dictionary.verdicts import BY_KEY, LISTED
from pv.report import context, figures, glossary, words
from pv.report.latency import GRID_ROWS
from pv.report.model import Pair, Report

BAD_STATES = ("failed", "missing", "unread")
# Columns of reference risks where the run's rule names none (Rule.reference_rr has these).
DEFAULT_RISKS = (2.0, 5.0, 10.0)
DEFAULT_SCOPE = ("advanced_therapies",)
# Countries listed with what they could have seen; the snapshot has them all.
LISTED_COUNTRIES = 8


def write(snapshot: Path, target: Path) -> Path:
    """Write the report of a published snapshot to `target` (an .html file) and return it.

    The same snapshot gives the same bytes. The file appears whole or not at all. Raises
    UsageError when there is no snapshot, PublishError when it is not a whole one.
    """
    html = render(context.read(snapshot))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.write_bytes(html.encode("utf-8", "replace"))
    os.replace(partial, target)  # noqa: PTH105  (says that an existing file is replaced)
    return target


def render(report: Report) -> str:
    """The page. Everything that came with a report or a file is escaped; figures are our own."""
    return _environment().get_template("report.html").render(
        report=report,
        run=report.run,
        quality=report.quality,
        latency=report.latency,
        alerts=report.alerts,
        alert_states=words.ALERT_STATES,
        best=report.latency.best,
        states=words.STATES,
        grid_rows=GRID_ROWS,
        few_cases=context.FEW_CASES,
        pairs=report.pairs,
        rule=rule_in_words(report.run.rules),
        references=reference_risks(report.run.rules),
        scope=scope_in_words(report.run.rules),
        families=words.FAMILIES,
        variants=words.VARIANTS,
        listed_verdicts=[BY_KEY[key] for key in LISTED],
        verdicts=BY_KEY,
        classes=words.ATMP_CLASSES,
        file_states=words.FILE_STATES,
        country_bases=words.COUNTRY_BASES,
        link_rules=words.link_rules,
        terms=sorted(glossary.TERMS, key=lambda term: term.name.casefold()),
        anchors=_anchors(report.pairs),
        figures={pair.number: _figure(pair) for pair in report.pairs},
        max_countries=figures.MAX_COUNTRIES,
        listed_countries=LISTED_COUNTRIES,
        bad_files=[f for f in report.quality.files if f.status in BAD_STATES],
        unbalanced=[
            f
            for f in report.quality.files
            if f.rows_read != f.rows_kept + f.rows_quarantined
        ],
        failed_checks=(failed := [c for c in report.quality.validation if not c.success]),
        doubtful=[check for check in failed if check.severity != "info"],
    )  # fmt: skip


def rule_in_words(rules: Any) -> str:
    """The rule as its author describes it; without a description, its settings one by one."""
    if isinstance(rules, dict) and rules.get("description"):
        return str(rules["description"])
    return "; ".join(f"{name} = {value}" for name, value in words.facts(rules))


def scope_in_words(rules: Any) -> str:
    """The products whose lists have an error; those of a rule that does not name them."""
    named = rules.get("scope", DEFAULT_SCOPE) if isinstance(rules, dict) else DEFAULT_SCOPE
    return words.listing([words.SCOPES.get(name, name) for name in named])


def reference_risks(rules: Any) -> list[str]:
    """The reference relative risks as heads of columns; those of a run that does not name them."""
    named = rules.get("reference_rr", DEFAULT_RISKS) if isinstance(rules, dict) else DEFAULT_RISKS
    return [f"{rr:g}" for rr in named]


def _figure(pair: Pair) -> Markup:
    return Markup(figures.forest(figures.lines(pair), salt=str(pair.number)))  # noqa: S704


def _anchors(pairs: Sequence[Pair]) -> dict[tuple[str, str, str], str]:
    return {pair.signal.key: f"pair-{pair.number}" for pair in pairs}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": words.number,
        "whole": words.whole,
        "percent": words.percent,
        "chance": words.chance,
        "day": words.day,
        "listing": words.listing,
        "facts": words.facts,
    }
    environment.globals |= {"plural": words.plural, "options": words.options}
    return environment
