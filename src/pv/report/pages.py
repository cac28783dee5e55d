"""From the content to HTML that opens from a file share with no network: one template a page."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pv.dictionary.verdicts import BY_KEY, CONDITIONS, LISTED
from pv.report import figures, glossary, timeline, words
from pv.report.content import Content
from pv.report.headline import PRIORITIES, Headline
from pv.report.pairs import Pair

_TEMPLATES = Path(__file__).parent / "templates"
# So many rows of a list are one table: a browser lays out what is near its window, table by table.
ROWS_TOGETHER = 100
# Countries listed with what they could have seen; the snapshot has them all.
MOST_COUNTRIES = 8

# What the condition that fails asks to be looked at.
_STEP_OF = {
    "notices": "Read the cases that were received before the public notice.",
    "known_country": "Ask the sources for the country of the cases that have none.",
    "spread": "Ask the country with most cases whether something else explains them there.",
    "duplicates": "Decide whether the cases that look alike are one person's.",
    "not_listed": "Compare severity and frequency with the label.",
    "indication": "Look at the cases in which the event is not the indication.",
}

# The lists of advanced therapies that have a page of their own: part, title, what the table says.
APART = (
    ("watch", "Watch list", "Important events first, by the p-value."),
    ("listed", "Listed reactions",
     "Counts of all reports, of the last year and of the year before; chance is not asked."),
    ("aside", "Set aside", "Stratified figures."),
)  # fmt: skip
_MORE = {
    "watch": "Designated events stand on the index, among the signals.",
    "listed": "Everything else is not on our list, which nobody has held against all labels of all "
    "countries. A designated event with a new fatal case or a new country stands on the index, "
    "among the signals.",
    "aside": "These pairs are listed so that nobody has to find this out again.",
}

# What lies beside the pages.
FILES = (("Workbook", "poolvigil.xlsx"),)

Page = tuple[str, str]  # Its path below the folder of the night, and its HTML.


def render(content: Content) -> Iterator[Page]:
    """Every page. What came with a report or a file is escaped; figures are our own."""
    site = _Site(content)
    lines = content.triage.headlines
    advanced = [line for line in lines if line.advanced]
    yield site.page("index.html", lists=True, choices=_choices(advanced))
    for part, title, caption in APART:
        own = {"part": part, "title": title, "caption": caption, "said": _said(content, part)}
        choices = _choices(content.triage.part(part, advanced=True))
        yield site.page("list.html", f"{part}.html", lists=True, choices=choices, **own)
    others = [line for line in lines if not line.advanced]
    yield site.page("others.html", lists=True, choices=_choices(others))
    yield site.page("decisions.html", lists=True)
    for name in ("observable.html", "quality.html", "method.html"):
        yield site.page(name)
    for pair in content.pairs():
        yield site.page("headline.html", pair.signal.page, **_of_pair(content, pair))
    for product in content.products:
        name = product.facts.product
        windows = [own for own in content.latency.pairs if own.pair[0] == name]
        yield site.page("product.html", product.facts.page, product=product, windows=windows)
    for country in content.countries:
        yield site.page("country.html", country.sent.page, country=country)


class _Site:
    """The environment and what every template may show."""

    def __init__(self, content: Content) -> None:
        self._shared = {
            "run": content.run,
            "simulated": content.quality.simulated,
            "quality": content.quality,
            "answer": content.answer,
            "triage": content.triage,
            "last": content.triage.last,
            "latency": content.latency,
            "best": content.latency.best,
            "alerts": content.alerts,
            "page_of": content.page_of,
            "headlines": {line.key: line for line in content.triage.headlines},
            "products": content.products,
            "countries": content.countries,
            "decisions": content.decisions,
            "product_page_of": {p.facts.product: p.facts.page for p in content.products},
            "country_page_of": {c.sent.country: c.sent.page for c in content.countries},
            "age_script": _script("age.js"),
            "list_script": _script("lists.js"),
            "most_countries": MOST_COUNTRIES,
            "files": FILES,
        }

    def page(self, template: str, path: str = "", *, lists: bool = False, **own: Any) -> Page:
        """A page of a template; links begin with the way to the folder of the night."""
        here = path or template
        shared = {
            **self._shared,
            "here": here,
            "root": "../" if "/" in here else "./",
            "lists": lists,
        }
        return here, environment().get_template(template).render(**shared, **own)


def _script(name: str) -> dict[str, str]:
    """A script of our own, and the hash by which a page allows it."""
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return {"text": Markup(text), "hash": f"sha256-{digest}"}  # noqa: S704  (our own)


def _said(content: Content, part: str) -> list[str]:
    """What the page of a list says above it."""
    of_part = [verdict for verdict in BY_KEY.values() if verdict.part == part]
    about = [f"{verdict.meaning} {verdict.advice}" for verdict in of_part]
    if part == "watch":
        answer = content.answer
        about.append(
            f"{words.plural(answer.listed(part), 'pair')} in scope ({content.run.scope}); without "
            f"any effect up to {words.number(answer.expected(part), 1)} would be expected here."
        )
    return [*about, _MORE[part]]


def _of_pair(content: Content, pair: Pair) -> dict[str, Any]:
    line = pair.signal
    folded = {(f["product"], f["event"], f["event_kind"]) for f in line.folded}
    return {
        "pair": pair,
        "figure": figures.forest(figures.lines(pair)),
        "windows": content.latency.of({line.pair, *folded}),
        "next_steps": _next_steps(pair),
    }


def _alerted(line: Headline) -> str:
    """An alert names a term or a group: those of a term's groups are told on its page too."""
    is_new = "is" if line.n_alerts == 1 else "are"
    held = " or of an event group that holds it" if line.event_kind == "event" else ""
    return (
        f"{words.plural(line.n_alerts, 'case alert')} of this event{held} {is_new} new: each is "
        "read by a person, by its source records."
    )


def _next_steps(pair: Pair) -> list[str]:
    """What to look at, from what is found: the verdict's advice first."""
    line = pair.signal
    failed = [c for c in pair.conditions if not c.holds and c.condition in _STEP_OF]
    fails = [words.VARIANTS[v.variant].lower() for v in pair.variants if not v.stands]
    steps = [
        f"It was closed and is back: {line.returned_because}." if line.returned_because else "",
        BY_KEY[line.verdict].advice,
        f"Read the {words.plural(line.n_fatal, 'fatal case')} first." if line.n_fatal else "",
        _alerted(line) if line.n_alerts else "",
        "Look for a defect of quality first: the cases cluster in a lot or come from one sender."
        if pair.clusters
        else "",
        "Compare with the rates by window: they have signalled, against person-time and background."
        if line.rates
        else "",
        *(_STEP_OF[c.condition] for c in failed),
        f"Ask what is behind it: the rule fails for {words.listing(fails)}." if fails else "",
        f"Decide the {words.plural(len(pair.possible_duplicates), 'possible duplicate')}."
        if pair.possible_duplicates
        else "",
        f"Ask in the {words.plural(len(pair.silent), 'country', 'countries')} with product and "
        "event why no case of both is known there."
        if pair.silent
        else "",
    ]
    return [step for step in steps if step]


def _choices(lines: Sequence[Headline]) -> dict[str, Sequence[tuple[str, str]]]:
    """What lines can be filtered by: of each the values that occur, and their words."""
    platforms = sorted({line.platform for line in lines} - {""})
    return {
        "product": [(p, p) for p in sorted({line.product for line in lines}, key=str.casefold)],
        "platform": [(p, words.platform(p)) for p in platforms],
        "verdict": [(k, BY_KEY[k].name) for k in LISTED if any(v.verdict == k for v in lines)],
        "state": [
            (k, v) for k, v in words.SIGNAL_STATES.items() if any(h.state == k for h in lines)
        ],
        "country": [(s, s) for s in sorted({s for line in lines for s in line.strata})],
    }


@cache
def environment() -> Environment:
    """What every page is rendered with; it keeps the templates that it has compiled."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": words.number,
        "whole": words.whole,
        "percent": words.percent,
        "chance": words.chance,
        "day": words.day,
        "listing": words.listing,
        "platform": words.platform,
        "facts": words.facts,
        "lower_first": lambda text: text[:1].lower() + text[1:],
    }
    made.globals |= {
        "plural": words.plural,
        "together": ROWS_TOGETHER,
        "options": words.options,
        "alert_states": words.ALERT_STATES,
        "states": words.STATES,
        "families": words.FAMILIES,
        "variants": words.VARIANTS,
        "listed_verdicts": [BY_KEY[key] for key in LISTED],
        "verdicts": BY_KEY,
        "conditions": {condition.key: condition for condition in CONDITIONS},
        "priorities": PRIORITIES,
        "moments": timeline.KINDS,
        "roles": words.ROLES,
        "classes": words.ATMP_CLASSES,
        "file_states": words.FILE_STATES,
        "country_bases": words.COUNTRY_BASES,
        "states_of_signals": words.SIGNAL_STATES,
        "outcomes": words.SIGNAL_OUTCOMES,
        "link_rules": words.link_rules,
        "max_countries": figures.MAX_COUNTRIES,
        "terms": sorted(glossary.TERMS, key=lambda term: term.name.casefold()),
    }
    return made
