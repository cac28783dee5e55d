"""Judge one date: counts, pairs and rates, in one transaction."""

from datetime import date

import duckdb

from pv.counts import counts as counting
from pv.pairs.judge import Look, enter, state
from pv.rates import rates, windows
from pv.spec.design import Design
from pv.spec.design import load as load_design
from pv.spec.plan import Assumption, load_retention
from pv.spec.rules import Rule
from pv.warehouse.numbered import transaction
from pv.warehouse.relations import run, take


def judge(  # noqa: PLR0913, PLR0917 - what a verdict depends on
    con: duckdb.DuckDBPyConnection,
    rule: Rule,
    as_of: date,
    seed: int = 1,
    state_id: str | None = None,
    design: Design | None = None,
    assumption: Assumption | None = None,
) -> dict[str, int]:
    """Rebuild every mart table in one transaction; returns the number of pairs by verdict.

    `as_of` is that of the cases. `seed` is that of the Monte Carlo p-values. The verdicts are
    added to mart.signal_history as `state_id`, which names all they depend on (None: not at all).
    `design` is that of the sequential chains, `assumption` that of retention; None: as shipped.
    """
    design, assumption = design or load_design(), assumption or load_retention()
    with transaction(con):
        run(con, "count/versions", {"roles": list(rule.roles)})
        known = take(con, "core.look")
        number, last = known["look_no"].size - 1, max(known["as_of"].tolist(), default=None)
        assert last == as_of, f"the cases are as of {last}, not {as_of}"
        look = Look(number, as_of, rule, seed, state_id)
        enter(con, look)
        run(con, "count/margins")
        state(con, counting.read(con), look, None)
        rates.fill(con, as_of)
        windows.fill(con, as_of, list(rule.roles), design, assumption)
    found = con.execute("select verdict, count(*) from mart.signal group by all order by all")
    return dict(found.fetchall())
