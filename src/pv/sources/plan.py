"""What there is to do: the inbox compared with the ledger. Nothing is read or written here."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from pv.sources.ledger import HELD, STAGED, UNREAD, Line
from pv.sources.survey import Entry

# (source, release): files that belong together.
Delivery = tuple[str, str]
# (source, name, sha256): the same file with the same bytes.
Key = tuple[str, str, str | None]
# (staging table, name, sha256) of the files of a delivery, in order.
Contents = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with one entry of the inbox.

    `staged` has its rows in staging already, `held` waits for a person's word: neither is read.
    `twin` names the file with the same bytes in a delivery that is already here; `replaces` are
    the earlier contents of the file of this name. Another issue under the same name replaces none.
    """

    entry: Entry
    file_id: int
    staged: bool
    held: bool
    twin: str | None
    replaces: tuple[Line, ...]

    @property
    def is_to_read(self) -> bool:
        """Whether its file is to be opened, as far as the inbox says."""
        return not (
            self.staged or self.held or self.twin or self.entry.absent or self.entry.problem
        )


def to_forget(entries: Sequence[Entry], lines: Sequence[Line], accepted: Set[Key]) -> list[Line]:
    """Lines of files that have left the inbox before they went through the gate, and of those that
    are held and have to be judged again."""
    present = {entry.key for entry in entries}
    gone = [
        line
        for line in lines
        if line.key not in present and line.status not in ("ok", "superseded", UNREAD)
    ]
    news = _news(entries, lines, gone, accepted)
    held = [line for line in lines if line.status == HELD and line.source in news]
    return gone + [line for line in held if line not in gone]


def _news(
    entries: Sequence[Entry], lines: Sequence[Line], gone: Sequence[Line], accepted: Set[Key]
) -> set[str]:
    """The sources of which a file came or went, or was let in by a person: what is held of them may
    be judged otherwise now."""
    known = {line.key for line in lines if line.status != "superseded"}
    return (
        {entry.source for entry in entries if entry.key not in known}
        | {line.source for line in gone}
        | {line.source for line in lines if line.status == HELD and line.key in accepted}
    )


def without_kept(entries: Sequence[Entry], lines: Sequence[Line]) -> list[Entry]:
    """The entries less the missing tables that are kept from a file since gone from the inbox."""
    names = {(entry.source, entry.name) for entry in entries}
    kept = {
        (line.source, line.release, line.staging_table)
        for line in lines
        if line.status == "ok" and (line.source, line.name) not in names
    }
    return [
        e
        for e in entries
        if not e.absent or (e.source, e.absent.release, e.absent.staging_table) not in kept
    ]


def tasks(
    entries: Sequence[Entry], lines: Sequence[Line], again: Set[int] = frozenset()
) -> list[Task]:
    """One task an entry, in order. A new file gets the next file_id, so that a night that was
    interrupted gives the same numbers as one that was not. A file that was read before the
    warehouse was lost keeps its own. Files in use of which the file_id is in `again` are read as if
    they were new.
    """
    current = {line.key: line for line in lines if line.status != "superseded"}
    published: dict[tuple[str, str], list[Line]] = {}
    for line in current.values():
        if line.status in ("ok", UNREAD):
            published.setdefault((line.source, line.name), []).append(line)
    twins = _twins(entries, current)
    next_id = max((line.file_id for line in lines), default=0) + 1
    made: list[Task] = []
    for entry in entries:
        line = current.get(entry.key)
        if line and line.file_id in again:
            line = None
        made.append(
            Task(
                entry,
                line.file_id if line else next_id,
                line is not None and line.status in STAGED,
                line is not None and line.status == HELD,
                twins.get((entry.source, entry.name)),
                tuple(
                    old
                    for old in published.get((entry.source, entry.name), [])
                    if old.sha256 != entry.sha256 and old.release == _release(entry)
                ),
            )
        )
        next_id += line is None
    return made


def _release(entry: Entry) -> str | None:
    known = entry.part or entry.absent
    return known.release if known else None


def _twins(
    entries: Sequence[Entry], current: Mapping[tuple[str, str, str | None], Line]
) -> dict[tuple[str, str], str]:
    """For each file of a delivery that is here already under other names: the file it equals.

    Whole deliveries are compared, not files: the tables of a delivery are joined with one
    another, so one that came again with a change in one table is needed with all of its tables.
    An issue that says what another said is one of its own: it tells what was still so on its day.
    """
    present: dict[Delivery, list[tuple[str, str, str]]] = {}
    staged: set[Delivery] = set()
    issued: dict[Delivery, date | None] = {}
    for entry in entries:
        if entry.part and entry.sha256:
            delivery = (entry.source, entry.part.release)
            issued[delivery] = entry.part.issued_on
            present.setdefault(delivery, []).append(
                (entry.part.staging_table, entry.name, entry.sha256)
            )
            if (line := current.get(entry.key)) and line.status in (*STAGED, UNREAD):
                staged.add(delivery)
    gone: dict[Delivery, list[tuple[str, str, str]]] = {}
    for line in current.values():
        delivery = (line.source, line.release or "")
        issued[delivery] = line.issued_on
        if line.status == "ok" and delivery not in present:
            gone.setdefault(delivery, []).append(
                (line.staging_table or "", line.name, line.sha256 or "")
            )
    contents: dict[Delivery, Contents] = {
        delivery: tuple(sorted(files)) for delivery, files in (present | gone).items()
    }
    first: dict[tuple[str, date | None, tuple[tuple[str, str], ...]], Delivery] = {}
    for delivery in (*sorted(gone), *sorted(staged), *sorted(present)):
        alike = delivery[0], issued[delivery], _bytes_of(contents[delivery])
        first.setdefault(alike, delivery)
    twins: dict[tuple[str, str], str] = {}
    for delivery in present.keys() - staged:
        other = first[delivery[0], issued[delivery], _bytes_of(contents[delivery])]
        if other != delivery:
            pairs = zip(contents[delivery], contents[other], strict=True)
            twins |= {(delivery[0], mine[1]): its[1] for mine, its in pairs}
    return twins


def _bytes_of(contents: Contents) -> tuple[tuple[str, str], ...]:
    return tuple((table, sha256) for table, _, sha256 in contents)
