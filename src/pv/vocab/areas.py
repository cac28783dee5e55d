"""Therapeutic areas of substances: with whose cases an advanced therapy of the area is compared."""

from pathlib import Path

from pv.vocab import schema, substances
from pv.vocab.errors import VocabularyError
from pv.vocab.reading import Row, read


def rows(directory: Path | None = None) -> list[dict[str, object]]:
    """The areas as plain rows for core.therapeutic_area, by folded substance.

    `source` is called `reference` there. Raises VocabularyError when a name is no substance, or two
    names of one substance have different areas.
    """
    rules = substances.load(directory)
    known: dict[str, Row] = {}
    for row in read(schema.THERAPEUTIC_AREA, directory):
        substance = substances.fold(row.text("substance"), rules)
        if substance is None:
            raise VocabularyError(f"{row['substance']!r} is no substance", row.path, row.line)
        first = known.setdefault(substance, row)
        if first["therapeutic_area"] != row["therapeutic_area"]:
            raise VocabularyError(
                f"{row['substance']!r} is {substance}, which already has another area "
                f"({first.place()})",
                row.path,
                row.line,
            )
    return [
        {
            "substance": substance,
            "therapeutic_area": row.text("therapeutic_area"),
            "reference": row.text("source"),
        }
        for substance, row in sorted(known.items())
    ]
