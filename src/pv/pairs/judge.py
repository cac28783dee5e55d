"""Judge one look: the statistics of each pair, the conditions, and the verdict."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from pv.counts import changes as look_by_look
from pv.counts.changes import Changes
from pv.counts.counts import Counts, with_listed
from pv.dictionary import verdicts
from pv.errors import PublishError
from pv.pairs import (
    answers,
    bayes,
    chance,
    comparators,
    detectability,
    families,
    first_flags,
    list_error,
    lot_clusters,
    monitoring,
    permutation_null,
    screen,
    sensitivity,
    signal_conditions,
)
from pv.pairs.beside import Beside
from pv.pairs.chance import Chance
from pv.pairs.families import Families
from pv.pairs.first_confirmed import Past
from pv.pairs.screen import Screen
from pv.spec import AnalysisSpec
from pv.warehouse.connect import empty
from pv.warehouse.relations import put, rows, run
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class Look:
    """A look to be judged: its number, its date, and what is asked of it.

    `prior` is None for a night, which fits one; a replay gives the look's own.
    """

    number: int
    as_of: date
    spec: AnalysisSpec
    prior: bayes.Prior | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay knows of every look up to the one that is judged."""

    changes: Changes
    families: Mapping[int, Families]


def enter(con: duckdb.DuckDBPyConnection, look: Look) -> None:
    """Empty the mart, but for its history, and let counted_* show what counts at the look."""
    with transaction(con):
        empty(con, "mart")
    run(con, "count/at_look", {"look_no": look.number})


def state(
    con: duckdb.DuckDBPyConnection, counts: Counts, look: Look, replayed: Replayed | None
) -> None:
    """Judge one look: fill the tables of pairs up to mart.signal, and audit them.

    A night and a replay share it. `counts` are those of the look; a replay may leave out pairs
    that the rule holds for nowhere, gives what it knows of every look, and saves the evidence that
    no verdict reads. Raises `PublishError` when an audit finds a row.
    """
    counts = with_listed(con, counts)
    found = Screen.of(counts, look.spec.rule, look.prior)
    with ThreadPoolExecutor(1) as executor:
        asked = found.flagged & (replayed is None)
        _state(con, found, look, replayed, Beside.of(executor, found, asked, look.spec.seed))
    audit(con)


def _state(
    con: duckdb.DuckDBPyConnection,
    found: Screen,
    look: Look,
    replayed: Replayed | None,
    beside: Beside,
) -> None:
    """Fill the tables of pairs."""
    counts, evidence = found.counts, replayed is None
    alone = found.pooled_alone()
    chance_of = Chance.of(
        counts, found.pairs, found.decide, found.flagged, found.alone, found.pooled["expected"],
        found.cell["expected"],
    )  # fmt: skip
    past = _look_back(con, found, look, replayed)
    detectability.fill(con, found, evidence=evidence)
    screen.fill(
        con, found, beside.regions.result(), beside.fragility.result(),
        beside.homogeneity_p.result(),
    )  # fmt: skip
    if evidence:
        draws = beside.draws(permutation_null.read_links(con, counts), look.spec.seed)
    closely = alone | (found.flagged & (chance_of.scope | (found.advanced & evidence)))
    asked = answers.ask(con, found, closely, look.spec.linkage, look.as_of)
    lists = signal_conditions.fill(con, asked, chance_of, past)
    chance.fill(con, found.pairs, chance_of, lists)
    if evidence:
        other = comparators.read(con, counts, found.pairs, found.pooled["expected"])
        comparators.fill(con, found.pairs, other)
        # What labels list too, though chance is not reckoned for it.
        in_scope = counts.in_scope[found.pairs.product]
        in_question = in_scope & (found.flagged | found.by_country)
        lot_clusters.fill(con, look.spec.rule)
        sensitivity.fill(con, found, in_question, asked.duplicates, asked.noticed, other)
    else:
        comparators.none(con)
        lot_clusters.none(con)
    _decide(con, look)
    if evidence:
        permutation_null.fill(con, draws.result())
        list_error.fill(con, chance_of, lists, draws.result())
        run(con, "pairs/listed")
        run(con, "pairs/seriousness")
        monitoring.fill(con, look.spec.rule)


def audit(con: duckdb.DuckDBPyConnection) -> None:
    """Raise `PublishError` when the state that stands in mart holds what must not be."""
    found = rows(con, "audit/state_is_whole")
    if found:
        raise PublishError(
            f"audit state_is_whole found {len(found)} rows, the first: {found[0][0]}"
        )


def _look_back(
    con: duckdb.DuckDBPyConnection, found: Screen, look: Look, replayed: Replayed | None
) -> Past:
    """Fill mart.first_flag; gives what the earlier looks say of the same pairs.

    Looked back at are flagged pairs in scope or of advanced therapies, and pairs that the pool
    flags and no country does.
    """
    counts, pairs = found.counts, found.pairs
    scope = counts.in_scope[pairs.product] | found.advanced
    chosen = (found.flagged & ~found.by_country) | (scope & (found.flagged | found.by_country))
    product, event = pairs.product[chosen], pairs.event[chosen]
    if replayed is None:
        changes = look_by_look.read(con, product, event, margins="scope")
    else:
        changes = replayed.changes.of_pairs(product, event)
    first = first_flags.sweep(changes, found.decide, look.number, pool=replayed is None)
    first_flags.fill(con, first)

    def of_look(number: int, then: Counts) -> Families:
        if replayed is not None:
            return replayed.families[number]
        return families.of_pool(then, look.spec.rule)

    return Past(changes, first, of_look, look.number)


def _decide(con: duckdb.DuckDBPyConnection, look: Look) -> None:
    """Fill mart.signal from the answers, by the registry of verdicts."""
    put(con, "work.verdict_requirement", signal_conditions.requirements())
    listed = np.array(verdicts.LISTED)
    put(con, "work.listed_verdict", {"verdict": listed, "listed_place": np.arange(listed.size)})
    rule = look.spec.rule
    run(
        con,
        "pairs/verdict",
        {
            "as_of": look.as_of,
            "rule": rule.description,
            "homogeneity_alpha": rule.homogeneity_alpha,
        },
    )
