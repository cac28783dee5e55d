"""Public notices that make people report: a regulator's or a company's, with their dates."""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pv.vocab import schema
from pv.vocab.errors import VocabularyError
from pv.vocab.reading import Row, read


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; the columns of core.notice.

    It is about one product (`product_id`), about all of a `platform`, or, with neither, about
    all advanced therapies; and about an event group or a single event, exactly one of them.
    """

    notice_id: str
    product_id: str | None
    platform: str | None
    event_group: str | None
    event: str | None
    issuer: str
    notice_date: date
    title: str
    source: str


def load(directory: Path | None = None) -> list[Notice]:
    """The notices, ordered by notice_id.

    Raises VocabularyError for a notice of both a product and a platform, of both an event group
    and an event or of neither, and of a product, platform or event group that is not known.
    """
    products = read(schema.PRODUCT, directory)
    known = {
        "product_id": {row.text("product_id") for row in products},
        "platform": {row.text("platform") for row in products},
        "event_group": {row.text("event_group") for row in read(schema.EVENT_GROUP, directory)},
    }
    rows = read(schema.NOTICE, directory)
    for row in rows:
        _check(row, known)
    return [_notice(row) for row in rows]


def rows(directory: Path | None = None) -> list[dict[str, object]]:
    """The notices as plain rows for core.notice; `source` is called `reference` there."""
    result: list[dict[str, object]] = []
    for notice in load(directory):
        row: dict[str, object] = asdict(notice)
        row["reference"] = row.pop("source")
        result.append(row)
    return result


def _check(row: Row, known: dict[str, set[str]]) -> None:
    if row["product_id"] and row["platform"]:
        raise VocabularyError("give a product_id or a platform, not both", row.path, row.line)
    if bool(row["event_group"]) == bool(row["event"]):
        raise VocabularyError("give exactly one of event_group and event", row.path, row.line)
    for column, names in known.items():
        value = row[column]
        if value is not None and value not in names:
            raise VocabularyError(f"{column} {value!r} is not known", row.path, row.line)


def _notice(row: Row) -> Notice:
    return Notice(
        notice_id=row.text("notice_id"),
        product_id=row["product_id"],
        platform=row["platform"],
        event_group=row["event_group"],
        event=row["event"],
        issuer=row.text("issuer"),
        notice_date=date.fromisoformat(row.text("notice_date")),
        title=row.text("title"),
        source=row.text("source"),
    )
