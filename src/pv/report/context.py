"""The report's content, read from the published snapshot and from nowhere else."""

import json
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol, TypeVar

import duckdb

from pv.dictionary.fields.verdicts import VARIANTS
from pv.dictionary.verdicts import BY_KEY, LISTED
from pv.errors import PublishError, UsageError
from pv.report import case_alerts, latency, queries
from pv.report.case_alerts import CaseAlerts
from pv.report.latency import Latency
from pv.report.model import (
    PARTS,
    Basis,
    Cases,
    Chance,
    Check,
    Drift,
    Drugs,
    File,
    Held,
    Linked,
    ListError,
    Pair,
    Permutation,
    Pooled,
    PossibleDuplicate,
    Quality,
    QuarantineRule,
    QuarterDifference,
    Rate,
    Region,
    Reissue,
    Report,
    Rightness,
    Run,
    Signal,
    Simulated,
    SourceCases,
    Stratum,
    Unresolved,
    Variant,
    VerdictCount,
)
from pv.report.words import pair_of_cases

# Pairs listed of advanced therapies that are flagged, and of each other list.
ROWS = 50
ROWS_OTHER = 20
# Up to so many cases their near-duplicates are shown.
FEW_CASES = 5
# Pairs shown in detail. Each verdict may claim places before the rest is filled up: what only the
# pool sees is what the page is for, but every kind of verdict can be looked at.
DETAILED = 30
ASIDE = [key for key, verdict in BY_KEY.items() if verdict.part == "aside"]
LABELLED = [key for key, verdict in BY_KEY.items() if verdict.part == "listed"]
WATCH = [key for key, verdict in BY_KEY.items() if verdict.part == "watch"]


class _Keyed(Protocol):
    @property
    def key(self) -> int: ...


Row = TypeVar("Row")
Keyed = TypeVar("Keyed", bound=_Keyed)


def read(snapshot: Path) -> Report:
    """The report's content from a published snapshot, opened read-only.

    Raises UsageError when there is no such file, PublishError when it does not hold exactly one
    run or lists a signal that has no counts.
    """
    if not snapshot.is_file():
        raise UsageError(f"no snapshot at {snapshot}: run the night first")
    with duckdb.connect(str(snapshot), read_only=True) as con:
        return _report(con)


def _report(con: duckdb.DuckDBPyConnection) -> Report:
    listed = _rows(
        con, Signal, queries.SIGNALS, most=ROWS, fewer=ROWS_OTHER, aside=ASIDE, watch=WATCH,
        listed=LABELLED,
    )  # fmt: skip
    signals = {part: [s for s in listed if s.part == part] for part in PARTS}
    return Report(
        run=_run(con),
        verdicts=_rows(con, VerdictCount, queries.VERDICTS),
        signals=signals,
        pairs=_pairs(con, to_detail([s for part in PARTS for s in signals[part]])),
        permutations={p.kind: p for p in _rows(con, Permutation, queries.PERMUTATION_NULL)},
        errors=_rows(con, ListError, queries.LIST_ERROR),
        latency=_latency(con),
        alerts=_alerts(con),
        quality=_quality(con),
    )


def to_detail(listed: Sequence[Signal]) -> list[Signal]:
    """The signals to show in detail, in the order of the list: at most `DETAILED`.

    Each verdict has its places; those it leaves go to the first of the list.
    """
    chosen: set[int] = set()
    for verdict in map(BY_KEY.__getitem__, LISTED):
        own = [i for i, s in enumerate(listed) if s.verdict == verdict.key]
        chosen.update(own[: verdict.detailed])
    left = [i for i in range(len(listed)) if i not in chosen]
    chosen.update(left[: DETAILED - len(chosen)])
    return [listed[i] for i in sorted(chosen)]


def _run(con: duckdb.DuckDBPyConnection) -> Run:
    runs = con.execute(queries.RUN).fetchall()
    if len(runs) != 1:
        raise PublishError(f"the snapshot holds {len(runs)} runs in ops.run, the report needs one")
    *plain, settings, rules, inputs, versions = runs[0]
    return Run(*plain, *(json.loads(text) for text in (settings, rules, inputs, versions)))


def _pairs(con: duckdb.DuckDBPyConnection, signals: Sequence[Signal]) -> list[Pair]:
    columns = {
        "keys": list(range(len(signals))),
        "products": [s.product for s in signals],
        "events": [s.event for s in signals],
        "event_kinds": [s.event_kind for s in signals],
    }
    con.execute(queries.SHOWN, columns)
    pooled = {p.key: p for p in _rows(con, Pooled, queries.POOLED)}
    for key, signal in enumerate(signals):
        if key not in pooled:
            raise PublishError(f"{' / '.join(signal.key)} is in mart.signal, not in mart.pair")
    strata = _by_key(_rows(con, Stratum, queries.STRATA))
    regions = _by_key(_rows(con, Region, queries.REGIONS))
    rates = _by_key(_rows(con, Rate, queries.RATES))
    chances = _by_key(_rows(con, Chance, queries.CHANCES))
    variants = _by_key(_rows(con, Variant, queries.SENSITIVITY, variants=list(VARIANTS)))
    alike = _rows(con, PossibleDuplicate, queries.POSSIBLE_DUPLICATES, few=FEW_CASES)
    possible_duplicates = _by_key(alike)
    return [
        Pair(
            number=key + 1,
            signal=signal,
            pooled=pooled[key],
            strata=strata.get(key, []),
            regions=regions.get(key, []),
            rates=rates.get(key, []),
            chances=chances.get(key, []),
            variants=variants.get(key, []),
            possible_duplicates=possible_duplicates.get(key, []),
        )
        for key, signal in enumerate(signals)
    ]


def _latency(con: duckdb.DuckDBPyConnection) -> Latency:
    windows = _rows(con, latency.Window, latency.WINDOWS, most=latency.GRID_ROWS)
    best = _rows(con, latency.Best, latency.BEST)
    return Latency(
        pairs=latency.by_pair(windows),
        states=_rows(con, latency.StateCount, latency.STATES),
        best={(b.product, b.event, b.event_kind, b.latency_window): b for b in best},
    )


def _alerts(con: duckdb.DuckDBPyConnection) -> CaseAlerts:
    most = case_alerts.SHOWN
    return CaseAlerts(
        shown=_rows(con, case_alerts.Alert, case_alerts.ALERTS, most=most),
        total=_rows(con, case_alerts.Total, case_alerts.TOTAL)[0],
    )


def _quality(con: duckdb.DuckDBPyConnection) -> Quality:
    return Quality(
        files=_rows(con, File, queries.FILES),
        held=_rows(con, Held, queries.HELD),
        reissues=_rows(con, Reissue, queries.REISSUES),
        quarters=_rows(con, QuarterDifference, queries.QUARTERS),
        drift=_rows(con, Drift, queries.DRIFT),
        drugs=_rows(con, Drugs, queries.DRUGS),
        unresolved=_rows(con, Unresolved, queries.UNRESOLVED),
        quarantine=_rows(con, QuarantineRule, queries.QUARANTINE),
        validation=_rows(con, Check, queries.VALIDATION),
        cases=_rows(con, Cases, queries.CASES)[0],
        bases=_rows(con, Basis, queries.BASES),
        sources=_rows(con, SourceCases, queries.SOURCES),
        linked=_rows(con, Linked, queries.LINKED),
        weighed=[pair_of_cases(pair) for pair in _dicts(con, queries.WEIGHED, most=ROWS_OTHER)],
        rightness=_rows(con, Rightness, queries.RIGHTNESS),
        simulated=_rows(con, Simulated, queries.SIMULATED)[0],
    )


def _dicts(con: duckdb.DuckDBPyConnection, query: str, **params: object) -> list[dict[str, Any]]:
    """The rows of a query by the names of its columns."""
    found = con.execute(query, params)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def _rows(
    con: duckdb.DuckDBPyConnection, row: type[Row], query: str, **params: object
) -> list[Row]:
    """The rows of a query as `row`, whose fields are the query's columns."""
    found = con.execute(query, params)
    names = [column[0] for column in found.description or ()]
    return [row(**dict(zip(names, values, strict=True))) for values in found.fetchall()]


def _by_key(rows: Sequence[Keyed]) -> dict[int, list[Keyed]]:
    return {key: list(group) for key, group in groupby(rows, key=attrgetter("key"))}
