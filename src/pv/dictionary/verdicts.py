"""The registry of verdicts and conditions: what is asked of a flagged pair, and what follows.

Data only. The verdict's SQL, the page, the glossary and the audits read it.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the pooled-only verdict: its name, what must hold, and what answers it.

    Python answers in `pv.pairs.answers`, SQL in sql/pairs/conditions/answer_<key>; what is answered
    by `others` rests on the answers to all others.
    """

    key: str
    asks: str
    answered_by: Literal["python", "sql", "others"] = "python"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and how it reads; when a pair gets it is in `CLAUSES`.

    `name`, `meaning` and `advice` are for the page; `explained` follows `meaning` in the glossary;
    `when` is for docs/rules.md. `part` is the list of the page that it stands in, `doubt` what the
    page's answer gives as the reason for doubt.
    """

    key: str
    name: str
    meaning: str
    advice: str
    explained: str
    when: str
    part: Literal["signals", "watch", "aside", "listed", "nowhere"] = "signals"
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """When a verdict applies: where each condition that it names `fails` or `holds`."""

    verdict: str
    fails: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


# In the order in which they are asked.
CONDITIONS = (
    Condition("no_country", "No country flags on its own, now or at an earlier look.", "sql"),
    Condition(
        "pool_first",
        "The pool was confirmed before the first flag of a country, and holds without any one "
        "country; asked where one has flagged.",
        "others",
    ),
    Condition("direction", "The collapsed table and the stratified one agree."),
    Condition("time", "Periods of receipt do not take away what the countries alone flag."),
    Condition("spread", "Enough countries have a case, and none may hold too large a share."),
    Condition("known_country", "It holds on the cases with a known country alone."),
    Condition("duplicates", "It holds when possible duplicates are joined."),
    Condition("notices", "It held on what was received by the day of the first public notice."),
    Condition(
        "indication", "It is what the product is given for in fewer than half of its cases.", "sql"
    ),
    Condition("not_listed", "No public label lists it by the data lock point.", "sql"),
    Condition("confirmed", "Chance alone does not explain it, among all pairs in scope.", "others"),
)

# In the order decided: a pair gets the verdict of the first clause that applies. The flag of a
# country is no claim of the pool, which the other conditions doubt: confirmed, or else watched.
# What is listed, or is the indication, is so whoever flags it.
CLAUSES = (
    Clause("listed", fails=("not_listed",)),
    Clause("indication", fails=("indication",)),
    Clause("pooled_first", fails=("no_country",), holds=("pool_first",)),
    Clause("country_signal", fails=("no_country", "pool_first"), holds=("confirmed",)),
    Clause("watch", fails=("no_country", "confirmed")),
    Clause("confounded_by_country", fails=("direction",)),
    Clause("confounded_by_time", fails=("time",)),
    Clause("single_country_driven", fails=("spread",)),
    Clause("country_unknown", fails=("known_country",)),
    Clause("duplicate_sensitive", fails=("duplicates",)),
    Clause("stimulated", fails=("notices",)),
    Clause("watch", fails=("confirmed",)),
    Clause("pooled_only", holds=tuple(c.key for c in CONDITIONS if c.key != "pool_first")),
)

# In the order in which a clause first names them.
VERDICTS = (
    Verdict(
        key="listed",
        name="Listed reaction",
        meaning="A public label lists this reaction already.",
        advice="No discovery: watch its counts and its trend, and whether it is more severe or "
        "more frequent than the label says.",
        explained="It is in no family and asks nothing of chance. What is not on our list may be "
        "listed all the same.",
        when="a public label lists it by the data lock point, in a row that is checked",
        part="listed",
    ),
    Verdict(
        key="indication",
        name="Indication",
        meaning="The event is what the product is given for.",
        advice="Not counted as a signal: the disease came first. Look at the cases in which it is "
        "not the indication.",
        explained="In half of the cases or more the event, or one of its group, is the reported "
        "indication of the product.",
        when="in half of the cases or more the event, or one of its group, is the reported "
        "indication of the product",
        part="aside",
    ),
    Verdict(
        key="pooled_first",
        name="Pooled first",
        meaning="A country flags this pair, and the countries together had been confirmed before.",
        advice="Ask how long each country would have waited. Review the cases of all countries "
        "together.",
        explained="Both dates are of looks with what was known then; the days between them are the "
        "detection gain.",
        when="the rule holds in a country alone, now or at an earlier look, but the pool met every "
        "other condition and was confirmed at a look before the first of these, and it holds in "
        "the pool whichever country is left out",
    ),
    Verdict(
        key="country_signal",
        name="Country signal",
        meaning="At least one country flags this pair on its own data, and chance does not explain "
        "it.",
        advice="Ask whether the country that flags has reviewed it, and whether the other "
        "countries agree.",
        explained="The countries are named.",
        when="the rule holds in a country alone, now or, where the pool flags and no country does "
        "now, at an earlier look, with what was known then, and it is confirmed",
    ),
    Verdict(
        key="watch",
        name="Watch",
        meaning="A country or the pool flags this pair, but chance alone may explain it.",
        advice="Not counted as a signal. Look again when more cases have come; the list says how "
        "many of its pairs chance is expected to bring.",
        explained="Of pairs that look like it too many would be there without any effect; or the "
        "product is outside the scope, for which chance is not reckoned.",
        when="the rule holds in a country alone and it is not confirmed; or none of the verdicts "
        "below applies but `pooled_only`, and it is not confirmed",
        part="watch",
    ),
    Verdict(
        key="confounded_by_country",
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
        key="confounded_by_time",
        name="Confounded by time",
        meaning="By country alone the pool flags this pair, compared with reports received in the "
        "same months it does not.",
        advice="Not counted as a signal: the event came to be reported more often while the "
        "product came into use, or both less.",
        explained="It is not counted as a signal.",
        when="the rule holds on the pool by country alone and not by country and period of receipt",
        part="aside",
    ),
    Verdict(
        key="single_country_driven",
        name="Driven by one country",
        meaning="The pool flags the pair, but the cases come almost wholly from one country.",
        advice="Look for a local cause first: a batch, a registry, a habit of reporting.",
        explained="One country holds more than 80% of the cases, or is the only one with any.",
        when="it holds in the pool, but fewer than `min_countries` countries have a case, or one "
        "may have more than `max_country_share` of the cases",
    ),
    Verdict(
        key="country_unknown",
        name="Country unknown",
        meaning="The pool flags this pair, but not on the cases whose country is known.",
        advice="Ask the sources for the country of the others: only then can anybody say whether "
        "a single country would have seen it.",
        explained="Cases masked to a region have no known country either.",
        when="it holds in the pool, but not when the cases without a known country are left out, "
        "of the pair as of all that it is compared with",
        part="watch",
    ),
    Verdict(
        key="duplicate_sensitive",
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
        key="stimulated",
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
        name="Pooled only",
        meaning="The countries together flag this pair, no single country does, and chance does "
        "not explain it.",
        advice="Under this rule no country would have raised it from its own reports. Review the "
        "cases of all countries together.",
        explained="The excess is spread over countries too small to see it, which is what pooling "
        "is for.",
        when="the rule holds in the pool, none of the above applies, and it is confirmed",
    ),
)

# Of a pair of which nothing is asked.
NOT_FLAGGED = Verdict(
    key="not_flagged",
    name="Not flagged",
    meaning="The rule holds neither in the pool nor in a country.",
    advice="This is not evidence of safety: too few cases also give no flag.",
    explained="It is not evidence of safety: too few cases give no flag either.",
    when="the rule holds neither in the pool, nor in a country, nor by country alone, nor "
    "on the collapsed table: nothing is asked",
    part="nowhere",
)

# In the order of the page and of the list of signals, best first.
LISTED = (
    "pooled_only",
    "pooled_first",
    "country_signal",
    "stimulated",
    "duplicate_sensitive",
    "single_country_driven",
    "watch",
    "country_unknown",
    "listed",
    "confounded_by_country",
    "confounded_by_time",
    "indication",
    "not_flagged",
)
BY_KEY = {verdict.key: verdict for verdict in (*VERDICTS, NOT_FLAGGED)}
