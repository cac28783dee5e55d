"""The answers to the conditions of the pooled-only verdict: mart.signal_condition.

A condition that needs the statistics is answered by a function here, one that rests on counts alone
by a file of sql/pairs/conditions. What an answer leads to is in `pv.dictionary.verdicts`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float, Int
from pv.dictionary import verdicts
from pv.pairs import (
    conditions,
    first_confirmed,
    headlines,
    leave_one_country_out,
    notices,
    possible_duplicates,
)
from pv.pairs.chance import Chance, Lists
from pv.pairs.first_confirmed import Past, Standing
from pv.pairs.first_flags import NEVER
from pv.pairs.headlines import Headlines
from pv.pairs.notices import Noticed
from pv.pairs.pooling import Pairs, Tables, chunks
from pv.pairs.possible_duplicates import PossibleDuplicates
from pv.pairs.screen import Screen
from pv.spec.linkage import Linkage
from pv.stats import homogeneity as exact
from pv.warehouse.relations import put, run, take

Mask = NDArray[np.bool_]
Text = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of P pairs when the conditions are asked.

    `closely` [P] are the pairs of which the costly conditions are asked: those that meet the first
    three as far as this look shows, flagged pairs in scope, and in a night those of advanced
    therapies. `duplicates` and `noticed` hold for these.
    """

    screen: Screen
    closely: Mask
    duplicates: PossibleDuplicates
    noticed: Noticed


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one condition for M pairs, by their positions `pair` [M].

    `evidence` are the figures [M] behind it, by name. `reason` [M] puts it in words: why it fails,
    or what is worth saying where it holds; empty else.
    """

    pair: Int
    holds: Mask
    evidence: Mapping[str, NDArray[Any]]
    reason: Text


def ask(
    con: duckdb.DuckDBPyConnection, screen: Screen, closely: Mask, linkage: Linkage, as_of: date
) -> Asked:
    """Ask the costly conditions of the pairs `closely` [P]; fill mart.possible_duplicate.

    Reads what counts at the look (sql/count).
    """
    counts, pairs, decide = screen.counts, screen.pairs, screen.decide
    duplicates = possible_duplicates.joined(con, counts, pairs, closely, decide, linkage)
    possible_duplicates.fill(con, pairs, duplicates)
    noticed = notices.before(con, pairs, closely, decide, as_of)
    return Asked(screen, closely, duplicates, noticed)


def fill(con: duckdb.DuckDBPyConnection, asked: Asked, chance: Chance, past: Past) -> Lists:
    """Fill mart.signal_condition; make work.asked_pair, work.headline and work.first_confirmed.

    Reads mart.pair_country, mart.first_flag, and what counts at the look (sql/count). Gives the
    lists of what is confirmed.
    """
    screen, pairs = asked.screen, asked.screen.pairs
    chosen = screen.asked
    names = {"product_no": pairs.product[chosen], "event_no": pairs.event[chosen]}
    put(con, "work.asked_pair", names)
    run(con, "pairs/conditions")
    answers = {
        condition.key: _by_python(screen, ANSWERED[condition.key](asked))
        if condition.answered_by == "python"
        else take(con, f"work.answer_{condition.key}")
        for condition in verdicts.CONDITIONS
        if condition.answered_by != "others"
    }
    met = {key: _met(screen.pairs, answer) for key, answer in answers.items()}
    no_country, barred = met.pop("no_country"), screen.asked & ~met["indication"]
    doubted = ~screen.flagged | ~np.logical_and.reduce(list(met.values()))
    flagged = screen.flagged | screen.by_country
    clear = (~doubted | ~no_country) & ~barred
    folded = headlines.fold(con, screen.counts, pairs, chance, flagged, clear)
    headlines.fill(con, pairs, folded)
    lists = chance.lists(doubted, no_country, barred=barred, headline=folded.is_headline)
    answers["confirmed"] = _by_python(screen, confirmed(screen, chance, lists))
    first = _first_confirmed(asked, chance, past, met, folded)
    now = ~doubted & np.where(no_country, lists.pooled_only.confirmed, lists.pool.confirmed)
    at = past.places(screen.pairs)
    first = np.where((first == NEVER) & now[at], past.look, first)
    first_confirmed.fill(con, past, first)
    answers["pool_first"] = _by_python(screen, pool_first(screen, past, first, no_country))
    every = list(answers.values())
    columns = {name: np.concatenate([answer[name] for answer in every]) for name in every[0]}
    condition = np.repeat(list(answers), [answer["holds"].size for answer in every])
    put(con, "work.pair_answer", {**columns, "condition": condition})
    run(con, "pairs/answered")
    return lists


def _first_confirmed(
    asked: Asked, chance: Chance, past: Past, met: Mapping[str, Mask], folded: Headlines
) -> Int:
    """The first look before this one at which each pair of `past` was confirmed.

    What only tonight answers (`met` [P] by condition, and which pairs are folded) stands for every
    look; a notice counts from its own day on.
    """
    listed = asked.screen.flagged & chance.scope
    for key, holds in met.items():
        if key not in _ASKED_OF_EACH_LOOK:
            listed = listed & holds
    at = past.places(asked.screen.pairs)
    day = asked.noticed.day[at]
    noticed_from = np.array([past.look_of(d) if d else past.look for d in day], dtype=np.int64)
    standing = Standing(listed[at], folded.is_headline[at], noticed_from, met["notices"][at])
    return first_confirmed.sweep(past, standing, chance, asked.screen.decide)


def _met(pairs: Pairs, answer: dict[str, NDArray[Any]]) -> Mask:
    """The pairs [P] of which a condition is answered, and holds."""
    width = pairs.event.max(initial=0) + 1
    held = answer["holds"].astype(bool)
    key = answer["product_no"][held] * width + answer["event_no"][held]
    return np.isin(pairs.product * width + pairs.event, key)


def _by_python(screen: Screen, answer: Answer) -> dict[str, NDArray[Any]]:
    reason = answer.reason.copy()
    reason[reason == ""] = None
    return {
        "product_no": screen.pairs.product[answer.pair],
        "event_no": screen.pairs.event[answer.pair],
        "holds": answer.holds,
        "evidence": _json(answer.evidence),
        "reason": reason,
    }


def homogeneity_p(screen: Screen, chosen: Mask, seed: int) -> Float:
    """P-values [P] of one ratio of observed to expected in all strata; nan where not chosen."""
    result = np.full(chosen.size, np.nan)
    positions = np.flatnonzero(chosen)
    strata = screen.counts.totals.size
    for chunk in chunks(screen.counts, positions):
        tables = Tables.of(screen.counts, screen.pairs, chunk)
        a = tables.by_stratum(tables.a, strata)
        expected = tables.by_stratum(tables.expected, strata)
        result[chunk] = exact.screen(a, expected, seed=seed).p_value
    return result


def direction(asked: Asked) -> Answer:
    """The collapsed table and the stratified one agree."""
    screen = asked.screen
    pair = np.flatnonzero(screen.asked)
    flagged = screen.flagged[pair]
    figures = {
        "crude_ic": screen.crude["ic"][pair],
        "ic": screen.pooled["ic"][pair],
        "ic025": screen.pooled["ic025"][pair],
    }
    holds = conditions.direction(
        flagged, screen.crude_flagged[pair], screen.time_flagged[pair], figures["crude_ic"]
    )
    fails = _say(
        "Collapsing the countries {does} it (IC {crude_ic:.2f}); inside the countries, where like "
        "is compared with like, the IC is {ic:.2f} (lower limit {ic025:.2f}).",
        does=np.where(flagged, "does not raise", "flags"),
        **figures,
    )
    return Answer(pair, holds, figures, _where(~holds, fails))


def time(asked: Asked) -> Answer:
    """What is expected by country alone does not make a flag that periods of receipt take away."""
    screen = asked.screen
    pair = np.flatnonzero(screen.asked)
    holds = ~screen.time_flagged[pair]
    figures = {
        "expected_by_country": screen.expected_by_country[pair],
        "expected": screen.pooled["expected"][pair],
        "ic025": screen.pooled["ic025"][pair],
    }
    fails = _say(
        "By country alone {expected_by_country:.2f} cases are expected and the pool flags it; "
        "compared with what was received in the same months, {expected:.2f} (lower limit of the IC "
        "{ic025:.2f}).",
        **figures,
    )
    return Answer(pair, holds, figures, _where(~holds, fails))


def spread(asked: Asked) -> Answer:
    """Enough countries have a case, and none may hold too large a share of them."""
    screen = asked.screen
    rule = screen.decide.rule
    pair = np.flatnonzero(screen.flagged)
    found = conditions.spread(screen.counts, screen.pairs, screen.counts.a, rule)
    n, unplaced, countries = found.n[pair], found.unplaced[pair], found.countries[pair]
    most, worst, holds = found.most[pair], found.worst[pair], found.holds[pair]
    few = _say(
        "The pool flags it, but {countries} known {have} a case.",
        countries=countries,
        have=np.where(countries == 1, "country has", "countries have"),
    )
    one = _say(
        "The pool flags it, but {top} holds {share:.0f}% of the cases.",
        top=_top_country(screen)[pair], share=100 * most / n,
    )  # fmt: skip
    may = _say(
        "The pool flags it, but one country may hold {share:.0f}% of the cases: {unplaced} have no "
        "known country.",
        share=100 * worst / n, unplaced=unplaced,
    )  # fmt: skip
    stands = _say(
        "{unplaced} of the {n} cases have no known country: they may come from one.",
        unplaced=unplaced, n=n,
    )  # fmt: skip
    fails = np.where(
        countries < rule.min_countries, few, np.where(found.most_allowed[pair], may, one)
    )
    reason = np.where(holds, _where(unplaced > 0, stands), fails)
    figures = {"n": n, "n_countries": countries, "n_top": most, "n_worst": worst}
    return Answer(pair, holds, figures, reason)


def known_country(asked: Asked) -> Answer:
    """It holds on the cases with a known country alone."""
    screen = asked.screen
    pair = np.flatnonzero(screen.flagged)
    n = screen.pooled["n"][pair]
    n_known, holds = conditions.on_known(screen.counts, screen.pairs, pair, screen.decide)
    fails = _say(
        "The pool flags it, but not on the {known} {cases} of a known country alone: {rest:.0f} "
        "{have} none.",
        known=n_known, cases=np.where(n_known == 1, "case", "cases"), rest=n - n_known,
        have=np.where(n - n_known == 1, "has", "have"),
    )  # fmt: skip
    return Answer(pair, holds, {"n": n, "n_known": n_known}, _where(~holds, fails))


def duplicates(asked: Asked) -> Answer:
    """It holds when possible duplicates are joined."""
    pair = np.flatnonzero(asked.closely)
    n = asked.screen.pooled["n"][pair]
    n_joined, holds = asked.duplicates.n_joined[pair], asked.duplicates.holds[pair]
    fewer = n - n_joined
    fails = _say(
        "The pool flags it, but {fewer:.0f} of the {n:.0f} cases may be other reports of a person "
        "already counted; were they, it would not be a signal of the pool.",
        fewer=fewer, n=n,
    )  # fmt: skip
    stands = _say(
        "It stands also when {fewer:.0f} possible {are} left out.",
        fewer=fewer, are=np.where(fewer == 1, "duplicate is", "duplicates are"),
    )  # fmt: skip
    reason = np.where(holds, _where(fewer > 0, stands), fails)
    return Answer(pair, holds, {"n": n, "n_joined": n_joined}, reason)


def stimulated(asked: Asked) -> Answer:
    """It held on what was received by the day of the first public notice."""
    noticed = asked.noticed
    pair = np.flatnonzero(asked.closely)
    n, n_before, holds = asked.screen.pooled["n"][pair], noticed.n_before[pair], noticed.holds[pair]
    told = {"day": noticed.day[pair], "issuer": noticed.issuer[pair], "title": noticed.title[pair]}
    by = "received by {day}, the day of a public notice ({issuer}: {title})."
    fails = _say(
        "The pool flags it, but not on the {n_before:.0f} {cases} " + by,
        n_before=n_before, cases=np.where(n_before == 1, "case", "cases"), **told,
    )  # fmt: skip
    stands = _say("It stood already on the {n_before:.0f} cases " + by, n_before=n_before, **told)
    reason = np.where(holds, _where(~np.isnan(n_before), stands), fails)
    return Answer(pair, holds, {"n": n, "n_before_notice": n_before}, reason)


def confirmed(screen: Screen, chance: Chance, lists: Lists) -> Answer:
    """Chance does not explain it: the expected share of false pairs on its list is small."""
    pair = np.flatnonzero((screen.flagged | screen.by_country) & ~chance.listed)
    scope, holds, q = chance.scope[pair], lists.confirmed[pair], lists.q[pair]
    most = np.where(chance.important, chance.q_max[True], chance.q_max[False])[pair]
    figures = {
        "p_value": np.where(scope, chance.p[pair], np.nan),
        "q": np.where(scope, q, np.nan),
        "q_max": np.where(scope, most, np.nan),
    }
    by_chance = _say(
        "Chance alone may explain it: of pairs with a figure like this or better, {share:.1f}% "
        "are expected to be chance, and {most:.0f}% are allowed.",
        share=100 * q, most=100 * most,
    )  # fmt: skip
    all_chance = (
        "Chance alone may explain it: without any effect as many pairs or more are expected to "
        "reach a figure like this."
    )
    outside = "The product is outside the rule's scope: what chance brings is not reckoned there."
    fails = np.where(q < 1, by_chance, all_chance)
    return Answer(pair, holds, figures, _where(~holds, np.where(scope, fails, outside)))


def pool_first(screen: Screen, past: Past, first: Int, no_country: Mask) -> Answer:
    """The pool was confirmed at a look before the first at which a country flagged, and what it saw
    is no single country's: tonight the rule holds whichever country is left out.

    A few weeks before a country has the cases that its flag needs, the usual cases of the others
    may fill up the pool's. At the look of the confirmation leaving a country out would leave too
    few cases of a harm that all countries share; tonight there are more.

    `first` are the looks at which the pairs of `past` were first confirmed; asked are pairs that a
    country has flagged.
    """
    every = np.full((2, no_country.size), NEVER)
    at = past.places(screen.pairs)
    every[:, at] = first, past.first_country()
    pair = np.flatnonzero(screen.asked & ~no_country)
    pool, country = every[:, pair]
    day = np.array([str(as_of) for as_of in past.changes.as_of] or [""], dtype=object)
    known = (pool != NEVER) & (country != NEVER)
    before = known & (pool < country)
    asked, one = np.flatnonzero(before), np.zeros(pair.size, dtype=bool)
    one[asked] = leave_one_country_out.falls_without_one(
        screen.counts, screen.pairs, pair[asked], screen.decide
    )
    holds = before & ~one
    said = {"pool": day[pool].astype(str), "country": day[country].astype(str)}
    stands = _say(
        "The pool met every other condition and was confirmed by {pool}, before a country flagged "
        "alone, by {country}.",
        **said,
    )  # fmt: skip
    alone = _say(
        "The pool was confirmed by {pool}, before a country flagged alone, by {country}; but the "
        "rule fails without one of the countries, so that it may have seen what is this one's.",
        **said,
    )  # fmt: skip
    late = _say(
        "The pool was confirmed by {pool}, and a country alone flagged by {country}: no later.",
        **said,
    )  # fmt: skip
    never = "The pool was not confirmed before a country flagged alone."
    reason = np.where(holds, stands, np.where(one, alone, np.where(known, late, never)))
    number = np.array([as_of.toordinal() for as_of in past.changes.as_of] or [0])
    gain = np.where(known, number[country] - number[pool], np.nan)
    return Answer(pair, holds, {"gain_days": gain}, reason)


# Conditions of which the counts of each look are asked, or that know since when they count.
_ASKED_OF_EACH_LOOK = ("direction", "spread", "known_country", "notices")

ANSWERED: Mapping[str, Callable[[Asked], Answer]] = {
    "direction": direction,
    "time": time,
    "spread": spread,
    "known_country": known_country,
    "duplicates": duplicates,
    "notices": stimulated,
}


def requirements() -> dict[str, NDArray[Any]]:
    """The registry as columns: what each clause requires, in the order decided."""
    order = {condition.key: place for place, condition in enumerate(verdicts.CONDITIONS)}
    rows = [
        (place, clause.verdict, order[key], key, holds)
        for place, clause in enumerate(verdicts.CLAUSES)
        for keys, holds in ((clause.fails, False), (clause.holds, True))
        for key in keys
    ]
    names = ("verdict_place", "verdict", "condition_place", "condition", "holds")
    return {name: np.array([row[i] for row in rows]) for i, name in enumerate(names)}


def _top_country(screen: Screen) -> Text:
    """The country with most cases of each pair, of equals the first in the alphabet."""
    counts, pairs = screen.counts, screen.pairs
    known = np.flatnonzero(counts.is_country[counts.stratum])
    # Strata are in the order of their names.
    order = np.lexsort((counts.stratum[known], -counts.a[known], pairs.of_cell[known]))
    pair, first = np.unique(pairs.of_cell[known[order]], return_index=True)
    result = np.full(pairs.product.size, "", dtype=object)
    result[pair] = counts.country[counts.stratum[known[order[first]]]]
    return result


def _where(chosen: Mask, text: Text) -> Text:
    return np.where(chosen, text, "")


def _say(template: str, **columns: NDArray[Any]) -> Text:
    """The template with the values of each row in place, as `str.format` would do for one."""
    said: Any = np.array("", dtype=str)
    for literal, name, spec, _ in Formatter().parse(template):
        said = np.strings.add(said, literal)
        if name is not None:
            values = columns[name]
            text = np.char.mod(f"%{spec}", values) if spec else values.astype(str)
            said = np.strings.add(said, text)
    return said.astype(object)


def _json(evidence: Mapping[str, NDArray[Any]]) -> Text:
    """The figures of each row as a JSON object."""
    figures = {name: np.where(np.isnan(v), "null", v.astype(str)) for name, v in evidence.items()}
    body = ", ".join(f'"{name}": {{{name}}}' for name in figures)
    return _say("{{" + body + "}}", **figures)
