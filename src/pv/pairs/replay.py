"""Replay: judge one look after the other from what each adds to the counts of the one before."""

from collections.abc import Callable, Mapping
from datetime import date

import duckdb
import numpy as np

from pv.counts import changes as look_by_look
from pv.counts import versions
from pv.counts.counts import Counts
from pv.errors import PoolvigilError
from pv.pairs import bayes, families, first_flags, history, pooling, screen
from pv.pairs.decision import Decision
from pv.pairs.families import Families
from pv.pairs.judge import Look, Replayed, enter, state
from pv.pairs.pooling import Pairs
from pv.spec import AnalysisSpec
from pv.spec.rule import Rule
from pv.warehouse.transaction import transaction

_NO_PRIOR = bayes.Prior(None, "no verdict depends on it: a replay leaves it out")


def replay(
    con: duckdb.DuckDBPyConnection,
    spec: AnalysisSpec,
    states: Mapping[date, str],
    say: Callable[[str], None],
) -> dict[str, int]:
    """Add the state of each date to mart.signal_history; returns how many were added and there.

    `states` names the state of each date, which must be a look of the cases (core.look). A state
    that is there already is left alone, and each one is added in a transaction of its own, so that
    a replay that was killed goes on where it was. Mart is left as of the last look that was judged:
    a night has to judge again.
    """
    done = set(history.states(con))
    wanted = {day: name for day, name in states.items() if name not in done}
    told = {"states": len(states), "added": len(wanted)}
    if not wanted:
        return told
    versions.make(con, spec.rule.counted, spec.rule.stratum_min_cases)
    # A prior is fitted to every pair.
    few = Decision(spec.rule, _NO_PRIOR, np.zeros(0, dtype=bool)).fewest()
    changes = look_by_look.read_frequent(con, 1 if spec.rule.needs_prior else few)
    number = {day: look for look, day in enumerate(changes.as_of)}
    missing = sorted(set(wanted) - set(number))
    assert not missing, f"no look of the cases: {missing}"
    of_looks: dict[int, Families] = {}
    for look, counts, _ in changes.looks(max(number[day] for day in wanted)):
        day = changes.as_of[look]
        of_looks[look] = families.of_pool(counts, spec.rule)
        if day not in wanted:
            continue
        say(f"replay: as of {day}")
        try:
            kept, prior = flagged_somewhere(counts, spec.rule)
        except PoolvigilError as error:
            say(f"replay: as of {day} no verdict: {error}")
            continue
        at = Look(look, day, spec, prior)
        enter(con, at)
        state(con, kept, at, Replayed(changes, of_looks))
        with transaction(con):
            history.append(con, wanted[day], day, spec.rule)
    return told


def flagged_somewhere(counts: Counts, rule: Rule) -> tuple[Counts, bayes.Prior]:
    """The counts without the pairs that the rule holds for neither in the pool, nor crude, nor in
    a country, and the prior: these pairs are not flagged, whatever else is known of them.

    Raises `PoolvigilError` when the rule needs EB05 and the data do not determine a prior.
    """
    prior = _NO_PRIOR
    if rule.needs_prior:
        every = Pairs.of(counts)
        prior = bayes.fit_prior(counts, every, pooling.pooled(counts, every), rule)
    decide = Decision(rule, prior, counts.monitored)
    pairs = Pairs.of(counts)
    n = np.bincount(pairs.of_cell, weights=counts.a, minlength=pairs.product.size)
    counts = counts.of_cells((n >= decide.fewest())[pairs.of_cell])
    pairs = Pairs.of(counts)
    pooled, crude = pooling.pooled(counts, pairs), pooling.crude(counts, pairs)
    held = decide(pairs.product, pooled["n"], pooled) | decide(pairs.product, pooled["n"], crude)
    enough = counts.a >= decide.fewest()
    held |= screen.without_periods(counts, pairs, decide, ~held)
    held[pairs.of_cell[enough][first_flags.alone_in(counts.of_cells(enough), decide)]] = True
    return counts.of_cells(held[pairs.of_cell]), prior
