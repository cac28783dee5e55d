"""Earlier looks: would a country have flagged a pair that now only the pool flags?"""

import duckdb
import numpy as np

from pv.signals.decision import Decision
from pv.signals.pooling import two_by_two
from pv.signals.rules import Rule
from pv.warehouse.frames import insert, read
from pv.warehouse.numbered import run_step


def fill(con: duckdb.DuckDBPyConnection, rule: Rule, decide: Decision) -> None:
    """Fill mart.earlier_flag: the first month end at which a country alone met the rule.

    Only pairs that the pool flags and no country flags now are looked at, at every month end
    (METHODS part 7, condition 1). Reads the temporary tables that sql/40_mart made.
    """
    low = min(rule.n_min, rule.n_min_additional_monitoring or rule.n_min)
    run_step(con, "42_look", {"n_min": low})
    found = read(
        con,
        """
        select *, epoch_ms(month_end) // 86400000 as day
        from country_look
        order by product, event, event_kind, country, month_end
        """,
    )
    a = found["a"]
    b, c = found["n_product"] - a, found["n_event"] - a
    statistics = two_by_two(a, b, c, found["n_cases"] - a - b - c)
    flagged = decide(found["product_no"], a, statistics)
    key = ("product", "event", "event_kind", "country")
    columns = {name: found[name][flagged] for name in (*key, "day")}
    # Rows are in the order of the looks, so the first of each pair and country is the earliest.
    place = np.ones(columns["day"].size, dtype=bool)
    place[1:] = np.any([columns[k][1:] != columns[k][:-1] for k in key], axis=0)
    first = {name: values[place] for name, values in columns.items()}
    first["first_flagged"] = first["day"].astype("datetime64[D]").astype("datetime64[us]")
    insert(con, "mart.earlier_flag", first)
