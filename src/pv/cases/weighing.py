"""Weigh two cases against each other, field by field: Splink on a DuckDB in memory.

m, u and the frequencies are given, nothing is trained here: a night gives the same weights as a
replay of it.
"""

import math
from typing import Any

import duckdb
import numpy as np

from pv.spec.duplicates import Agreement, Duplicates
from pv.warehouse.connect import in_memory
from pv.warehouse.relations import put


def _lists(name: str) -> tuple[str, ...]:
    """Of two lists: has one nothing beside the entry that they share, or do they share none, which
    is said of the rarest already; then four of most, most, some."""
    left, right = f"{name}_l", f"{name}_r"
    both = f"len(list_intersect({left}, {right}))"
    return (
        f"len({left}) < 2 or len({right}) < 2 or {both} = 0",
        f"{both} > 3 and 3 * {both} >= len({left}) + len({right})",
        f"3 * {both} >= len({left}) + len({right})",
        f"{both} > 1",
    )


def _rarest(name: str) -> tuple[str, ...]:
    left, right, lists = f"{name}_l", f"{name}_r", f"{name}_list"
    return (
        f"{left} is null or {right} is null",
        f"{left} = {right}",
        f"list_contains({lists}_l, {right}) or list_contains({lists}_r, {left})",
        f"list_has_any({lists}_l, {lists}_r)",
    )


# For each field when it says nothing, and the SQL of its levels, the closest first.
_CONDITIONS: dict[str, tuple[str, ...]] = {
    "product": _rarest("product"),
    "products": _lists("product_list"),
    "event": _rarest("event"),
    "events": _lists("event_list"),
    "age": (
        "age_years_l is null or age_years_r is null",
        "abs(age_years_l - age_years_r) < 0.5",
        "abs(age_years_l - age_years_r) <= 1.5",
        "abs(age_years_l - age_years_r) <= greatest(age_years_l, age_years_r) / 10",
    ),
    "sex": ("sex_l is null or sex_r is null", "sex_l = sex_r"),
    "country": (
        "(country_l is null or country_r is null) and region_l is not distinct from region_r "
        "or country_l is null and region_l is null or country_r is null and region_r is null",
        "country_l = country_r",
    ),
    "day": (
        "event_day_l is null or event_day_r is null",
        "event_day_l = event_day_r",
        "abs(event_day_l - event_day_r) <= 3",
        "abs(event_day_l - event_day_r) <= 14",
    ),
    "month": (
        "event_month_l is null or event_month_r is null "
        "or event_day_l is not null and event_day_r is not null",
        "event_month_l = event_month_r",
    ),
    "start": (
        "start_day_l is null or start_day_r is null",
        "start_day_l = start_day_r",
        "abs(start_day_l - start_day_r) <= 3",
    ),
    "lot": ("len(lots_l) = 0 or len(lots_r) = 0", "list_has_any(lots_l, lots_r)"),
    "receipt": (
        "received_l is null or received_r is null",
        "abs(received_l - received_r) <= 90",
        "abs(received_l - received_r) <= 365",
    ),
    "sender": (
        "sender_l is null or sender_r is null",
        "sender_l = sender_r and receipt_date_l = receipt_date_r and source_l = source_r",
        "sender_l = sender_r",
    ),
    "outcome": ("outcome_l is null or outcome_r is null", "outcome_l = outcome_r"),
}
# What tells persons apart.
PERSONAL = ("age", "sex", "day", "month", "start", "lot")
# Weights are rounded to three decimals before they are added up.
_ROUNDING = 0.01
_INPUT = {
    "cases": "from compared_version",
    "candidates": "select distinct version_no, other_version_no from candidate_pair",
}


def weigh(con: duckdb.DuckDBPyConnection, spec: Duplicates) -> None:
    """Make work.weighed_pair of work.candidate_pair and work.compared_version: bits (log2).

    Pairs below the least weight that could matter are left out, also of what tells persons apart.
    The database in memory has half of the night's limit and its threads, and spills beside the
    warehouse; it is offline.
    """
    with in_memory(con) as memory:
        for name, query in _INPUT.items():
            memory.register("arriving", con.execute(query).to_arrow_reader(100_000))
            memory.execute(f"create table {name} as from arriving")
            memory.unregister("arriving")
        _choose(memory, spec)
        predicted = _predicted(memory, spec)
        weights = ", ".join(
            f"round({_weight(field, levels)}, 3) as weight_{field}"
            for field, levels in spec.fields.items()
        )
        found = memory.execute(
            f"select version_no_l as version_no, version_no_r as other_version_no, "
            f"round(match_weight, 3) as match_bits, {weights} from {predicted}"
        ).fetchnumpy()
    put(con, "work.weighed_pair", {name: np.ma.getdata(column) for name, column in found.items()})


def _choose(memory: duckdb.DuckDBPyConnection, spec: Duplicates) -> None:
    """Make `pairs` of the candidates whose personal fields can give the bits that they must.

    Three of four cannot, and cost as much to weigh.
    """
    most = " + ".join(_most_bits(field, spec.fields[field]) for field in PERSONAL)
    memory.execute(
        f"""
        create table pairs as
        select '0' as match_key, version_no as join_key_l, other_version_no as join_key_r
        from candidates
        join (select columns('(.*)') as '\\1_l' from cases) on version_no_l = version_no
        join (select columns('(.*)') as '\\1_r' from cases) on version_no_r = other_version_no
        where {most} >= $least
        """,
        {"least": spec.least_personal - _ROUNDING},
    )


def _most_bits(field: str, levels: tuple[Agreement, ...]) -> str:
    """The most bits that a field gives two cases, in SQL: those of the rarest value."""
    unknown, *conditions = _CONDITIONS[field]
    said = " ".join(
        f"when {condition} then {_bits(level.m, level.least_u if level.by_frequency else level.u)}"
        for condition, level in zip(conditions, levels, strict=True)
    )
    differ = _bits(1 - sum(level.m for level in levels), 1 - sum(level.u for level in levels))
    return f"case when {unknown} then 0 {said} else {differ} end"


def _bits(m: float, u: float) -> str:
    return repr(math.log2(m / u)) if u else "'infinity'::double"


def _predicted(memory: duckdb.DuckDBPyConnection, spec: Duplicates) -> str:
    """The name of the table of weights that Splink makes."""
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(memory)
    linker = Linker(api.register("cases"), settings(spec), log_level=None, validate_settings=False)
    for column in sorted({level.field for level in spec.level if level.by_frequency}):
        # The frequencies are columns of the cases already: Splink need not count.
        memory.execute(
            f"create table tf_of_{column} as select null::varchar as {column}, "
            f"null::double as tf_{column} limit 0"
        )
        linker.table_management.register_term_frequency_lookup(
            api.register(f"tf_of_{column}"), column
        )
    linker.table_management.register_blocked_pairs_for_predict(api.register("pairs"))
    found = linker.inference.predict(threshold_match_weight=spec.least_weight, warning_mode="never")
    return found.physical_name


def settings(spec: Duplicates) -> dict[str, Any]:
    """The model as Splink reads it. Even odds: the prior follows from the size of the database."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "version_no",
        "probability_two_random_records_match": 0.5,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            {
                "output_column_name": field,
                "comparison_levels": _levels(field, levels),
            }
            for field, levels in spec.fields.items()
        ],
    }


def _levels(field: str, levels: tuple[Agreement, ...]) -> list[dict[str, Any]]:
    unknown, *conditions = _CONDITIONS[field]
    differ = {
        "sql_condition": "ELSE",
        "label_for_charts": "differ",
        "m_probability": 1 - sum(level.m for level in levels),
        "u_probability": 1 - sum(level.u for level in levels),
    }
    return [
        {"sql_condition": unknown, "label_for_charts": "unknown", "is_null_level": True},
        *(
            {
                "sql_condition": condition,
                "label_for_charts": level.says,
                "m_probability": level.m,
                "u_probability": level.u,
                **_by_frequency(field, level),
            }
            for condition, level in zip(conditions, levels, strict=True)
        ),
        differ,
    ]


def _by_frequency(field: str, level: Agreement) -> dict[str, Any]:
    if not level.by_frequency:
        return {}
    return {
        "tf_adjustment_column": field,
        "tf_minimum_u_value": level.least_u,
        "disable_tf_exact_match_detection": True,
    }


def _weight(field: str, levels: tuple[Agreement, ...]) -> str:
    """The columns of Splink that hold the weight of a field."""
    return f"mw_{field}" + (
        f" + mw_tf_adj_{field}" if any(level.by_frequency for level in levels) else ""
    )
