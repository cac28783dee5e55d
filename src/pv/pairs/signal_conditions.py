"""mart.signal_condition: every condition of the pooled-only verdict with its answer."""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Int
from pv.dictionary import verdicts
from pv.pairs import answers, first_confirmed, headlines
from pv.pairs.answers import Answer, Asked
from pv.pairs.chance import Chance, Lists
from pv.pairs.first_confirmed import Past, Standing
from pv.pairs.first_flags import NEVER
from pv.pairs.headlines import Headlines
from pv.pairs.pooling import Pairs
from pv.pairs.screen import Screen
from pv.pairs.sentences import as_json
from pv.warehouse.relations import put, run, take

Mask = NDArray[np.bool_]

# Conditions of which the counts of each look are asked, or that know since when they count.
_ASKED_OF_EACH_LOOK = ("direction", "spread", "known_country", "notices")


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
    given = {
        condition.key: _by_python(screen, answers.ANSWERED[condition.key](asked))
        if condition.answered_by == "python"
        else take(con, f"work.answer_{condition.key}")
        for condition in verdicts.CONDITIONS
        if condition.answered_by != "others"
    }
    met = {key: _met(screen.pairs, answer) for key, answer in given.items()}
    no_country, barred = met.pop("no_country"), screen.asked & ~met["indication"]
    doubted = ~screen.flagged | ~np.logical_and.reduce(list(met.values()))
    flagged = screen.flagged | screen.by_country
    clear = (~doubted | ~no_country) & ~barred
    folded = headlines.fold(con, screen.counts, pairs, chance, flagged, clear)
    headlines.fill(con, pairs, folded)
    lists = chance.lists(doubted, no_country, barred=barred, headline=folded.is_headline)
    given["confirmed"] = _by_python(screen, answers.confirmed(screen, chance, lists))
    first = _first_confirmed(asked, chance, past, met, folded)
    now = ~doubted & np.where(no_country, lists.pooled_only.confirmed, lists.pool.confirmed)
    at = past.places(screen.pairs)
    first = np.where((first == NEVER) & now[at], past.look, first)
    first_confirmed.fill(con, past, first)
    given["pool_first"] = _by_python(screen, answers.pool_first(screen, past, first, no_country))
    every = list(given.values())
    columns = {name: np.concatenate([answer[name] for answer in every]) for name in every[0]}
    condition = np.repeat(list(given), [answer["holds"].size for answer in every])
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
        "evidence": as_json(answer.evidence),
        "reason": reason,
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
