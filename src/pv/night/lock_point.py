"""The data lock point of a night: what was received by this day counts.

It is the latest receipt in the data, as far as the files may move it. A file moves it up to the day
that was written down when the file came (`lock_point_until` of ops.source_file): some days beyond
the lock point that was published then. Later receipts of the file do not count and are told, until
a person names a day, or the lock point has passed them by other files. So one wrong date moves
nobody, and does not keep the others back either; and a step that is held stays held, instead of
being gone in several nights.
"""

import shlex
from datetime import date, timedelta

import duckdb

from pv.errors import UsageError
from pv.night import held
from pv.night.held import Held
from pv.settings import Home
from pv.spec.receipt import Receipt

KIND = "lock_point"

_RECEIVED = """
    from staging.report r
    left join ops.source_file f using (file_id)
"""


def until(home: Home, receipt: Receipt) -> date | None:
    """The day up to which files that come tonight may move the lock point; None: nothing is
    published that it could be compared with."""
    published = _published(home)
    return None if published is None else published + timedelta(days=receipt.step_days)


def _published(home: Home) -> date | None:
    """The data lock point of the current snapshot."""
    if not home.current.exists():
        return None
    with duckdb.connect(str(home.current), read_only=True) as con:
        (found,) = con.execute("select as_of from ops.run").fetchone() or (None,)
    return found


def latest(con: duckdb.DuckDBPyConnection, home: Home) -> date:
    """The latest receipt that moves the lock point.

    Raises `UsageError` when there is no report, or every one of them is held.
    """
    first, last = _range(con, home)
    (found,) = con.execute(
        f"""
        select max(r.receipt_date) {_RECEIVED}
        where f.lock_point_until is null or r.receipt_date <= f.lock_point_until
        """
    ).fetchone() or (None,)
    if found is None:
        raise UsageError(
            f"every report was received far from the published data lock point (from {first} to "
            f"{last}): correct the dates, or let them in: {_command(home, last)}"
        )
    return found


def asked(con: duckdb.DuckDBPyConnection, home: Home, as_of: date) -> date:
    """The day that a person named; receipts up to it move the lock point from now on.

    Raises `UsageError` when nothing was received by that day, or nothing later than it was.
    """
    first, last = _range(con, home)
    if as_of > last:
        raise UsageError(
            f"--as-of {as_of} is after the latest receipt in the data, which is of {last}: "
            f"nobody knows yet what will be received by then; name {last} or an earlier day"
        )
    if as_of < first:
        raise UsageError(
            f"--as-of {as_of} is before the first receipt in the data, which is of {first}"
        )
    con.execute(
        "update ops.source_file set lock_point_until = $as_of where lock_point_until < $as_of",
        {"as_of": as_of},
    )
    return as_of


def hold(con: duckdb.DuckDBPyConnection, home: Home, lock_point: date) -> list[Held]:
    """Write down and return the files that have receipts beyond what they may move it to.

    `lock_point` is the latest receipt that moves it: receipts up to it count, whatever file they
    are of.
    """
    found = con.execute(
        f"""
        select
            f.source, f.name, f.lock_point_until, count(*), min(r.receipt_date),
            max(r.receipt_date)
        {_RECEIVED}
        where r.receipt_date > f.lock_point_until and r.receipt_date > $lock_point
        group by all
        order by all
        """,
        {"lock_point": lock_point},
    ).fetchall()
    rows = [
        Held(
            KIND,
            source,
            name,
            f"{count:,} of its reports were received from {first} to {last}, after {reach}, up to "
            "which it may move the data lock point of all; they do not count yet",
            f"correct the dates and deliver it again, or let them in: {_command(home, last)}",
        )
        for source, name, reach, count, first, last in found
    ]
    held.write(con, [KIND], rows)
    return rows


def _range(con: duckdb.DuckDBPyConnection, home: Home) -> tuple[date, date]:
    """The first and the latest receipt in the data, held or not."""
    first, last = con.execute(
        "select min(receipt_date), max(receipt_date) from staging.report"
    ).fetchone() or (None, None)
    if first is None or last is None:
        raise UsageError(
            f"no readable report yet: put files under {home.inbox}/<source>/ "
            "(docs/sources.md names the sources)"
        )
    return first, last


def _command(home: Home, day: date) -> str:
    return f"poolvigil run --home {shlex.quote(str(home.root))} --as-of {day}"
