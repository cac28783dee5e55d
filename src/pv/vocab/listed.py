"""Listed reactions: what the public labels of the advanced therapies say that they may cause."""

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pv.vocab import schema
from pv.vocab.errors import VocabularyError
from pv.vocab.reading import Row, read


@dataclass(frozen=True, slots=True)
class Listed:
    """One reaction in one place of a label; the columns of core.listed.

    It is about an event group or a single event, or about neither: then no term is known under
    which it is reported, and the fact matches nothing. `listed_since` is the day from which it is
    surely listed, None for always. Only what is `checked` counts in verdicts.
    """

    product_id: str
    reaction: str
    event: str | None
    event_group: str | None
    section: str
    listed_since: date | None
    checked: bool
    source: str


def load(directory: Path | None = None) -> list[Listed]:
    """The listed reactions, ordered by product and reaction.

    Raises VocabularyError for a reaction with both an event group and an event, and for a product
    or event group that is not known.
    """
    known = {
        "product_id": {row.text("product_id") for row in read(schema.PRODUCT, directory)},
        "event_group": {row.text("event_group") for row in read(schema.EVENT_GROUP, directory)},
    }
    rows = read(schema.LISTED, directory)
    for row in rows:
        _check(row, known)
    return [_listed(row) for row in rows]


def rows(directory: Path | None = None) -> list[dict[str, object]]:
    """The listed reactions as plain rows for core.listed; `source` is called `reference` there."""
    result: list[dict[str, object]] = []
    for reaction in load(directory):
        row: dict[str, object] = asdict(reaction)
        row["reference"] = row.pop("source")
        result.append(row)
    return result


def _check(row: Row, known: dict[str, set[str]]) -> None:
    if row["event_group"] and row["event"]:
        raise VocabularyError("give an event_group or an event, not both", row.path, row.line)
    for column, names in known.items():
        value = row[column]
        if value is not None and value not in names:
            raise VocabularyError(f"{column} {value!r} is not known", row.path, row.line)


def _listed(row: Row) -> Listed:
    since = row["listed_since"]
    return Listed(
        product_id=row.text("product_id"),
        reaction=row.text("reaction"),
        event=row["event"],
        event_group=row["event_group"],
        section=row.text("section"),
        listed_since=None if since is None else _last_day(since),
        checked=row["checked"] == "yes",
        source=row.text("source"),
    )


def _last_day(partial: str) -> date:
    """The last day of a date of which only the year or the month may be known."""
    year, month, day = (int(part) for part in (*partial.split("-"), "0", "0")[:3])
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])
