"""The answers to the conditions of the pooled-only verdict, each with its reason in words.

A condition that needs the statistics is answered by a function here, one that rests on counts alone
by a file of sql/pairs/conditions. What an answer leads to is in `pv.dictionary.verdicts`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Int
from pv.pairs import conditions, leave_one_country_out, notices, possible_duplicates
from pv.pairs.chance import Chance, Lists
from pv.pairs.first_confirmed import Past
from pv.pairs.first_flags import NEVER
from pv.pairs.notices import Noticed
from pv.pairs.possible_duplicates import PossibleDuplicates
from pv.pairs.screen import Screen
from pv.pairs.sentences import Text, say, where
from pv.spec.linkage import Linkage

Mask = NDArray[np.bool_]


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
    fails = say(
        "Collapsing the countries {does} it (IC {crude_ic:.2f}); inside the countries, where like "
        "is compared with like, the IC is {ic:.2f} (lower limit {ic025:.2f}).",
        does=np.where(flagged, "does not raise", "flags"),
        **figures,
    )
    return Answer(pair, holds, figures, where(~holds, fails))


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
    fails = say(
        "By country alone {expected_by_country:.2f} cases are expected and the pool flags it; "
        "compared with what was received in the same months, {expected:.2f} (lower limit of the IC "
        "{ic025:.2f}).",
        **figures,
    )
    return Answer(pair, holds, figures, where(~holds, fails))


def spread(asked: Asked) -> Answer:
    """Enough countries have a case, and none may hold too large a share of them."""
    screen = asked.screen
    rule = screen.decide.rule
    pair = np.flatnonzero(screen.flagged)
    found = conditions.spread(screen.counts, screen.pairs, screen.counts.a, rule)
    n, unplaced, countries = found.n[pair], found.unplaced[pair], found.countries[pair]
    most, worst, holds = found.most[pair], found.worst[pair], found.holds[pair]
    few = say(
        "The pool flags it, but {countries} known {have} a case.",
        countries=countries,
        have=np.where(countries == 1, "country has", "countries have"),
    )
    one = say(
        "The pool flags it, but {top} holds {share:.0f}% of the cases.",
        top=_top_country(screen)[pair], share=100 * most / n,
    )  # fmt: skip
    may = say(
        "The pool flags it, but one country may hold {share:.0f}% of the cases: {unplaced} have no "
        "known country.",
        share=100 * worst / n, unplaced=unplaced,
    )  # fmt: skip
    stands = say(
        "{unplaced} of the {n} cases have no known country: they may come from one.",
        unplaced=unplaced, n=n,
    )  # fmt: skip
    fails = np.where(
        countries < rule.min_countries, few, np.where(found.most_allowed[pair], may, one)
    )
    reason = np.where(holds, where(unplaced > 0, stands), fails)
    figures = {"n": n, "n_countries": countries, "n_top": most, "n_worst": worst}
    return Answer(pair, holds, figures, reason)


def known_country(asked: Asked) -> Answer:
    """It holds on the cases with a known country alone."""
    screen = asked.screen
    pair = np.flatnonzero(screen.flagged)
    n = screen.pooled["n"][pair]
    n_known, holds = conditions.on_known(screen.counts, screen.pairs, pair, screen.decide)
    fails = say(
        "The pool flags it, but not on the {known} {cases} of a known country alone: {rest:.0f} "
        "{have} none.",
        known=n_known, cases=np.where(n_known == 1, "case", "cases"), rest=n - n_known,
        have=np.where(n - n_known == 1, "has", "have"),
    )  # fmt: skip
    return Answer(pair, holds, {"n": n, "n_known": n_known}, where(~holds, fails))


def duplicates(asked: Asked) -> Answer:
    """It holds when possible duplicates are joined."""
    pair = np.flatnonzero(asked.closely)
    n = asked.screen.pooled["n"][pair]
    n_joined, holds = asked.duplicates.n_joined[pair], asked.duplicates.holds[pair]
    fewer = n - n_joined
    fails = say(
        "The pool flags it, but {fewer:.0f} of the {n:.0f} cases may be other reports of a person "
        "already counted; were they, it would not be a signal of the pool.",
        fewer=fewer, n=n,
    )  # fmt: skip
    stands = say(
        "It stands also when {fewer:.0f} possible {are} left out.",
        fewer=fewer, are=np.where(fewer == 1, "duplicate is", "duplicates are"),
    )  # fmt: skip
    reason = np.where(holds, where(fewer > 0, stands), fails)
    return Answer(pair, holds, {"n": n, "n_joined": n_joined}, reason)


def stimulated(asked: Asked) -> Answer:
    """It held on what was received by the day of the first public notice."""
    noticed = asked.noticed
    pair = np.flatnonzero(asked.closely)
    n, n_before, holds = asked.screen.pooled["n"][pair], noticed.n_before[pair], noticed.holds[pair]
    told = {"day": noticed.day[pair], "issuer": noticed.issuer[pair], "title": noticed.title[pair]}
    by = "received by {day}, the day of a public notice ({issuer}: {title})."
    fails = say(
        "The pool flags it, but not on the {n_before:.0f} {cases} " + by,
        n_before=n_before, cases=np.where(n_before == 1, "case", "cases"), **told,
    )  # fmt: skip
    stands = say("It stood already on the {n_before:.0f} cases " + by, n_before=n_before, **told)
    reason = np.where(holds, where(~np.isnan(n_before), stands), fails)
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
    by_chance = say(
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
    return Answer(pair, holds, figures, where(~holds, np.where(scope, fails, outside)))


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
    stands = say(
        "The pool met every other condition and was confirmed by {pool}, before a country flagged "
        "alone, by {country}.",
        **said,
    )  # fmt: skip
    alone = say(
        "The pool was confirmed by {pool}, before a country flagged alone, by {country}; but the "
        "rule fails without one of the countries, so that it may have seen what is this one's.",
        **said,
    )  # fmt: skip
    late = say(
        "The pool was confirmed by {pool}, and a country alone flagged by {country}: no later.",
        **said,
    )  # fmt: skip
    never = "The pool was not confirmed before a country flagged alone."
    reason = np.where(holds, stands, np.where(one, alone, np.where(known, late, never)))
    number = np.array([as_of.toordinal() for as_of in past.changes.as_of] or [0])
    gain = np.where(known, number[country] - number[pool], np.nan)
    return Answer(pair, holds, {"gain_days": gain}, reason)


ANSWERED: Mapping[str, Callable[[Asked], Answer]] = {
    "direction": direction,
    "time": time,
    "spread": spread,
    "known_country": known_country,
    "duplicates": duplicates,
    "notices": stimulated,
}


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
