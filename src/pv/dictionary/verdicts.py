"""The registry of verdicts and conditions: what is asked of a flagged pair, and what follows.

Data only. The verdict's SQL, the page, the glossary and the audits read it.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the pooled-only verdict: its name, what must hold, and what answers it.

    Python answers in `pv.pairs.answers`, SQL in sql/pairs/conditions/answer_<key>.
    """

    key: str
    asks: str
    answered_by: Literal["python", "sql"] = "python"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict: when a pair gets it, and how it reads.

    It applies where each condition that it names `fails` or `holds`, unless a verdict before it
    does. `name`, `meaning` and `advice` are for the page; `explained` follows `meaning` in the
    glossary; `when` is for docs/rules.md. `part` is the list of the page that it stands in, `doubt`
    what the page's answer gives as the reason for doubt, `detailed` the places that it may claim
    among the pairs shown in detail before the rest is filled up.
    """

    key: str
    name: str
    meaning: str
    advice: str
    explained: str
    when: str
    fails: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    part: Literal["signals", "aside", "nowhere"] = "signals"
    doubt: str | None = None
    detailed: int = 2


# In the order in which they are asked.
CONDITIONS = (
    Condition("no_country", "No country flags on its own, now or at an earlier look.", "sql"),
    Condition("direction", "The collapsed table and the stratified one agree."),
    Condition("spread", "Enough countries have a case, and none may hold too large a share."),
    Condition("duplicates", "It holds when possible duplicates are joined."),
    Condition("homogeneity", "The countries differ by no more than chance explains."),
    Condition("notices", "It held on what was received by the day of the first public notice."),
)

# In the order decided: a pair gets the first that applies.
VERDICTS = (
    Verdict(
        key="country_signal",
        fails=("no_country",),
        name="Country signal",
        meaning="At least one country flags this pair on its own data.",
        advice="Ask whether the country that flags has reviewed it, and whether the other "
        "countries agree.",
        explained="The countries are named.",
        when="the rule holds in a country alone, now or, where the pool flags and no country does "
        "now, at an earlier look, with what was known then",
        detailed=4,
    ),
    Verdict(
        key="confounded_by_country",
        fails=("direction",),
        name="Confounded by country",
        meaning="One table of all countries and the comparison inside the countries disagree.",
        advice="Not counted as a signal: at least part of what stands out comes from differences "
        "between the countries.",
        explained="It is not counted as a signal.",
        when="the rule holds on the collapsed table and not on the stratified one, or the two "
        "point in opposite directions",
        part="aside",
    ),
    Verdict(
        key="single_country_driven",
        fails=("spread",),
        name="Driven by one country",
        meaning="The pool flags the pair, but the cases come almost wholly from one country.",
        advice="Look for a local cause first: a batch, a registry, a habit of reporting.",
        explained="One country holds more than 80% of the cases, or is the only one with any.",
        when="it holds in the pool, but fewer than `min_countries` countries have a case, or one "
        "may have more than `max_country_share` of the cases",
    ),
    Verdict(
        key="duplicate_sensitive",
        fails=("duplicates",),
        name="Rests on duplicates",
        meaning="The countries together flag this pair, but not when cases that look like one "
        "person's are counted once.",
        advice="Compare the possible duplicates by their source records before anything else.",
        explained="The cases are compared with one another, across countries too.",
        when="it holds in the pool, but not when possible duplicates are joined; or the cases "
        "that are left are one country's, as above",
        doubt="possible duplicates",
    ),
    Verdict(
        key="pooled_heterogeneous",
        fails=("homogeneity",),
        name="Pooled, countries differ",
        meaning="The countries together flag this pair and none does alone, but they differ from "
        "one another by more than chance explains.",
        advice="A signal to look at, not noise: ask first what the countries with the excess have "
        "in common.",
        explained="The exact p-value of equal ratios is below 0.05.",
        when="the exact p-value of equal ratios in all countries is below `homogeneity_alpha`",
        doubt="countries that differ",
        detailed=3,
    ),
    Verdict(
        key="stimulated",
        fails=("notices",),
        name="Stimulated reporting",
        meaning="The countries together flag this pair, but did not before a public notice about "
        "it.",
        advice="The notice may have brought the reports. Read those received before it, and "
        "compare rates of patients treated.",
        explained="Cases received after the earliest notice are left out, of the pair as of all "
        "that it is compared with, and the rule then fails.",
        when="it does not hold on what was received by the day of the earliest public notice about "
        "the pair",
        doubt="a public notice",
    ),
    Verdict(
        key="pooled_only",
        holds=tuple(condition.key for condition in CONDITIONS),
        name="Pooled only",
        meaning="The countries together flag this pair; no single country does.",
        advice="Under this rule no country would have raised it from its own reports. Review the "
        "cases of all countries together.",
        explained="The excess is spread over countries too small to see it, which is what pooling "
        "is for.",
        when="the rule holds in the pool and none of the above applies",
        detailed=15,
    ),
)

# Of a pair of which nothing is asked.
NOT_FLAGGED = Verdict(
    key="not_flagged",
    name="Not flagged",
    meaning="The rule holds neither in the pool nor in a country.",
    advice="This is not evidence of safety: too few cases also give no flag.",
    explained="It is not evidence of safety: too few cases give no flag either.",
    when="the rule holds neither in the pool, nor in a country, nor on the collapsed table: "
    "nothing is asked",
    part="nowhere",
)

# In the order of the page and of the list of signals, best first.
LISTED = (
    "pooled_only",
    "country_signal",
    "pooled_heterogeneous",
    "stimulated",
    "duplicate_sensitive",
    "single_country_driven",
    "confounded_by_country",
    "not_flagged",
)
BY_KEY = {verdict.key: verdict for verdict in (*VERDICTS, NOT_FLAGGED)}
