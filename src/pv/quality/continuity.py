"""Nothing gets smaller, and the data lock point makes no jump, without a person: that is held.

A held file has no row in staging or quarantine; what was before stays in use.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pv.dictionary.tables.staging import STAGING
from pv.warehouse import manifest
from pv.warehouse.connect import OFFLINE
from pv.warehouse.transaction import transaction

# Where a snapshot tells its files and cases.
_TOLD_IN = ("parquet/ops.source_file.parquet", "parquet/ops.source_cases.parquet")
STAYS = "what came earlier under this name stays in use"


@dataclass(frozen=True, slots=True)
class Shares:
    """From which loss, and from which jump of the data lock point, on a person is asked."""

    redelivery: float = 0.9
    deletions: float = 0.05
    loss: float = 0.1
    lock_point_days: int = 92


@dataclass(frozen=True, slots=True)
class Published:
    """The last published night: (source, name, sha256, rows kept) of its files, and the cases of
    each source; None where they are not known, and what is in staging before the night counts."""

    files: tuple[tuple[str, str, str, int], ...] = ()
    cases: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is held; `kind` is that of ops.held."""

    kind: str
    source: str
    name: str
    reason: str


def published(snapshot: Path) -> Published | None:
    """What the link `snapshot` to the current snapshot says; None where nothing was published.

    A snapshot that does not say it, or is damaged, leaves what the warehouse has.
    """
    if not snapshot.is_symlink():
        return None
    said = manifest.read(snapshot)
    if said is None or any(
        manifest.problem(snapshot / name, said.files.get(name)) for name in _TOLD_IN
    ):
        return Published()
    files, cases = (str(snapshot / name) for name in _TOLD_IN)
    # Parquet has no lock: the database may be open in another's hands.
    with duckdb.connect(config=OFFLINE) as con:
        found = con.execute(
            "select source, name, sha256, rows_kept from read_parquet($file) where status = 'ok'",
            {"file": files},
        ).fetchall()
        counted = con.execute(
            "select source, cases_in_use from read_parquet($file)", {"file": cases}
        ).fetchall()
    return Published(tuple(found), dict(counted))


def put_published(con: duckdb.DuckDBPyConnection, last: Published | None) -> None:
    """Make gate.published; of a warehouse whose snapshot cannot tell, its files are."""
    con.execute(
        "create table gate.published (source varchar, name varchar, sha256 varchar, "
        "rows_kept bigint)"
    )
    if last and last.cases is None:
        con.execute(
            "insert into gate.published by name "
            "select source, name, sha256, rows_kept from ops.source_file where status = 'ok'"
        )
    elif last and last.files:
        columns = ("source", "name", "sha256", "rows_kept")
        con.execute(
            "insert into gate.published by name select "
            + ", ".join(f"unnest(${column}) as {column}" for column in columns),
            dict(zip(columns, map(list, zip(*last.files, strict=True)), strict=True)),
        )


def to_hold(
    con: duckdb.DuckDBPyConnection, last: Published | None, shares: Shares, failed: Collection[int]
) -> dict[int, str]:
    """What would take too much away of what was published, or move the data lock point too far:
    file_ids with their message.

    `failed` are the files of which more than half is bad. The views of the schema `gate` are in
    place and the lines that break a rule are out. What is held now changes what the others would
    take away: to be called again without it, until nothing is to be held.
    """
    if last is None:
        return {}
    return (
        _jumping(con, shares.lock_point_days)
        | _redelivered(con, shares.redelivery, failed)
        | _deleting(con, shares.deletions)
    ) or _losing(con, last.cases, shares.loss)


def hold(con: duckdb.DuckDBPyConnection, messages: Mapping[int, str]) -> None:
    """Take the rows of these files out, and give the files the state `held`."""
    with transaction(con):
        _clear(con, messages)
        for file_id, message in messages.items():
            con.execute(
                "update ops.source_file set status = 'held', rows_read = 0, rows_kept = 0, "
                "rows_quarantined = 0, message = $message where file_id = $file_id",
                {"file_id": file_id, "message": message},
            )


def held(con: duckdb.DuckDBPyConnection) -> list[Held]:
    """Every file that is held, by source and name."""
    found = con.execute(
        "select source, name, message from ops.source_file where status = 'held' order by all"
    ).fetchall()
    return [
        Held(kind, source, name, reason)
        for source, name, message in found
        for kind, _, reason in [message.partition(": ")]
    ]


def supersede(con: duckdb.DuckDBPyConnection, failed: Collection[int]) -> None:
    """Let the files under test take the places of those that came earlier under their names."""
    replaced = con.execute(
        "select file_id, by_file_id, rows_read from gate.replaced "
        "where not list_contains($failed, by_file_id)",
        {"failed": [*failed]},
    ).fetchall()
    note_reissues(con, failed)
    _clear(con, [file_id for file_id, _, _ in replaced])
    for file_id, by_file_id, rows_read in replaced:
        con.execute(
            "update ops.source_file set status = 'superseded', rows_read = 0, rows_kept = 0, "
            "rows_quarantined = 0, message = $message where file_id = $file_id",
            {
                "file_id": file_id,
                "message": f"file {by_file_id} came under this name and took its place; "
                f"rows read until then: {rows_read}",
            },
        )


def note_reissues(con: duckdb.DuckDBPyConnection, failed: Collection[int]) -> None:
    """Keep in ops.reissue what differs between the files under test and those whose places they
    take, while the rows of both are in staging."""
    con.execute(
        "delete from ops.reissue where (old_file_id, new_file_id) in "
        "(select (old_file_id, new_file_id) from gate.reissue)"
    )
    con.execute(
        "insert into ops.reissue by name "
        "from gate.reissue where not list_contains($failed, new_file_id)",
        {"failed": [*failed]},
    )


def count_cases(con: duckdb.DuckDBPyConnection) -> None:
    """Make ops.source_cases what the files in use have. One statement when it is empty."""
    con.execute("delete from ops.source_cases")
    con.execute(
        "insert into ops.source_cases by name select source, count(*) as cases_in_use "
        "from gate.used_case where moment = 'after' group by source order by source"
    )


def _redelivered(
    con: duckdb.DuckDBPyConnection, share: float, failed: Collection[int]
) -> dict[int, str]:
    """Files that keep too few of the rows of those in whose place they came; and what else came
    tonight in place of tables of their delivery, because these are joined with one another."""
    found = con.execute(
        "select file_id, source, release, rows_kept, rows_before from gate.redelivery "
        "where rows_kept < $share * rows_before",
        {"share": share},
    ).fetchall()
    if not found:
        return {}
    messages = {
        file_id: f"redelivery: it keeps {kept:,} rows, and what came earlier under this name kept "
        f"{before:,}; fewer than {share:.0%} ask for a person"
        + ("; more than half of its rows are bad" if file_id in failed else "")
        + f"; {STAYS}"
        for file_id, _, _, kept, before in found
    }
    deliveries = {(source, release) for _, source, release, _, _ in found}
    beside = con.execute(
        "select file_id, source, release from gate.redelivery where file_id not in "
        "(select file_id from staging.report where action = 'delete')"
    ).fetchall()
    return {
        file_id: f"redelivery: it came with a table of its delivery that is held; {STAYS}"
        for file_id, *delivery in beside
        if tuple(delivery) in deliveries
    } | messages


def _deleting(con: duckdb.DuckDBPyConnection, share: float) -> dict[int, str]:
    """Lists that delete too many of the cases of a source."""
    (lists,) = con.execute(
        "select count(*) from staging.report where action = 'delete' "
        "and file_id in (select file_id from gate.new_file)"
    ).fetchone() or (0,)
    found = (
        lists
        and con.execute(
            "select file_id, source, cases_deleted, cases from gate.deletion "
            "where cases_deleted > $share * cases order by file_id, source desc",
            {"share": share},
        ).fetchall()
    )
    return {
        file_id: f"deletions: it deletes {deleted:,} of the {cases:,} cases of {source}; more than "
        f"{share:.0%} ask for a person"
        for file_id, source, deleted, cases in found or ()
    }


def _jumping(con: duckdb.DuckDBPyConnection, days: int) -> dict[int, str]:
    """Deliveries with a receipt too long after the latest in use: one wrong date would move the
    data lock point of all."""
    found = con.execute(
        "select file_id, latest_receipt, days, lock_point from gate.jump where days > $days",
        {"days": days},
    ).fetchall()
    return {
        file_id: f"lock_point: its delivery has reports received up to {latest}, {later:,} days "
        f"after the latest of all others, {lock_point}; more than {days:,} ask for a person"
        for file_id, latest, later, lock_point in found
    }


def _losing(
    con: duckdb.DuckDBPyConnection, published: Mapping[str, int] | None, share: float
) -> dict[int, str]:
    """What came tonight of the sources that would lose too many cases, whatever takes them away,
    with the lists that may delete them. What a person has let in may take away what it does."""
    messages: dict[int, str] = {}
    for source, before, without, after in _counted(con):
        let_in = max(before - without, 0)
        cases = (before if published is None else published.get(source, 0)) - let_in
        if cases - after > share * cases and after < without:
            told = f"source_loss: {source} would lose {cases - after:,} of its {cases:,} cases by "
            told += f"what came tonight; more than {share:.0%} ask for a person"
            messages |= dict.fromkeys(_came(con, source), told)
    return messages


def _counted(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int, int, int]]:
    """Each source with its cases at the moments of gate.used_file; none when nothing is new."""
    return con.execute(
        """
        select source, count(*) filter (where moment = 'before'),
            count(*) filter (where moment = 'without'), count(*) filter (where moment = 'after')
        from gate.used_case
        where exists (from gate.new_file)
        group by source
        order by source desc
        """
    ).fetchall()


def _came(con: duckdb.DuckDBPyConnection, source: str) -> list[int]:
    found = con.execute(
        """
        select file_id
        from gate.new_file
        where source = $source
           or file_id in (
                select file_id
                from staging.report
                where action = 'delete'
                  and authority in (select authority from staging.report where source = $source)
           )
        order by file_id
        """,
        {"source": source},
    ).fetchall()
    return [file_id for (file_id,) in found]


def _clear(con: duckdb.DuckDBPyConnection, file_ids: Iterable[int]) -> None:
    """Take every row of the files out of staging and quarantine."""
    gone = {"files": [*file_ids]}
    for table in ("ops.quarantine", *(t.qualified for t in STAGING)) if gone["files"] else ():
        con.execute(f"delete from {table} where list_contains($files, file_id)", gone)
