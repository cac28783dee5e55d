"""What is known of each FAERS quarter: rows of its tables, bytes of its zip; none is shipped."""

from pathlib import Path

from pv.vocab import schema
from pv.vocab.reading import read

# The column of each table, and where its rows lie.
_TABLES = {
    "demo": "staging.report",
    "drug": "staging.report_drug",
    "reac": "staging.report_event",
    "outc": "staging.report_outcome",
    "rpsr": "staging.report_source",
    "ther": "staging.report_therapy",
    "indi": "staging.report_indication",
}
ZIP = "bytes of the zip"


def rows(directory: Path | None = None) -> list[dict[str, object]]:
    """A row for each quarter and figure: what is counted, its staging table (None: the zip), the
    figure, where it is from. Raises VocabularyError."""
    found: list[dict[str, object]] = []
    for row in read(schema.QUARTER_FACTS, directory):
        figures = [(f"rows of {name.upper()}", table, row[name]) for name, table in _TABLES.items()]
        for what, table, figure in (*figures, (ZIP, None, row["zip_bytes"])):
            if figure is not None:
                found.append(
                    {
                        "quarter": row.text("quarter"),
                        "figure": what,
                        "staging_table": table,
                        "stated": int(figure),
                        "reference": row.text("source"),
                    }
                )
    return found
