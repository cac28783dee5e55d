"""What a person says of two cases: they are one, or they are two."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pv import log
from pv.decisions import chain, trail
from pv.errors import UsageError
from pv.night import lock, person, writer
from pv.settings import Home
from pv.warehouse.connect import OFFLINE
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of two cases, with the numbers that their authorities gave them."""

    case: str
    other: str
    decision: str
    decided_by: str
    reason: str


def decide(root: Path, cases: tuple[int, int], decision: str, reason: str) -> Decision:
    """Keep what is said of two cases, by their case_id; the next night follows it.

    Nothing is overwritten: of two cases the last decision holds, and `withdraw` leaves them to
    the evidence again. Raises `UsageError` when a case is not known.
    """
    home = Home(root.resolve())
    if not home.warehouse.exists() and not home.published.is_dir():
        raise UsageError(f"no night has run in {root}: no case is known")
    if cases[0] == cases[1]:
        raise UsageError("give two different cases")
    if not reason.strip():
        raise UsageError("say why (--reason): a decision lasts, and others must understand it")
    with lock.hold(home, f"duplicates {decision}"), writer.warehouse(home) as con:
        first, second = sorted(_key(con, case) for case in cases)
        given = {
            "authority": first[0], "source_case_id": first[1],
            "other_authority": second[0], "other_source_case_id": second[1],
            "decision": decision, "decided_by": person.name(), "decided_at": trail.now(),
            "reason": reason.strip(),
        }  # fmt: skip
        pair = f"{' '.join(first)} and {' '.join(second)}"
        with transaction(con):
            made = chain.append(con, relation="ops.duplicate_decision", row=given)
            trail.record(con, "duplicate_decided", pair, made, given["decided_by"])
        said = Decision(
            " ".join(first), " ".join(second), decision, given["decided_by"], given["reason"]
        )
        with log.to_file(home.logs):
            log.say(
                f"{decision}: {said.case} and {said.other}", by=said.decided_by, reason=said.reason
            )
    return said


def listed(root: Path, undecided: bool, limit: int) -> list[dict[str, Any]]:
    """The pairs of the published snapshot, those nearest to the threshold first."""
    return _rows(
        root,
        "select * from duplicates "
        "where not $undecided or decision is null and match_rule = 'probable' "
        "order by match_probability nulls last, case_id, other_case_id limit $limit",
        {"undecided": undecided, "limit": limit},
    )


def shown(root: Path, case: int) -> list[dict[str, Any]]:
    """All pairs of one case; raises `UsageError` when it has none."""
    found = _rows(
        root,
        "select * from duplicates where $case in (case_id, other_case_id) "
        "order by match_probability desc nulls last, case_id, other_case_id",
        {"case": case},
    )
    if not found:
        raise UsageError(f"case {case} has no duplicate, and none is possible")
    return found


def _rows(root: Path, query: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    current = Home(root.resolve()).current
    if not current.exists():
        raise UsageError(f"no snapshot is published in {root}")
    with duckdb.connect(str(current), read_only=True, config=OFFLINE) as con:
        found = con.execute(query, given)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _key(con: duckdb.DuckDBPyConnection, case: int) -> tuple[str, str]:
    found = con.execute(
        "select authority, source_case_id from core.case_key where case_id = $case", {"case": case}
    ).fetchone()
    if found is None:
        raise UsageError(f"no case has the number {case} (case_id)")
    return found
