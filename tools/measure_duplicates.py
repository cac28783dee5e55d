"""Measure how right the shipped weights of duplicates are on the labelled sample, and keep it.

    python tools/measure_duplicates.py

Writes src/pv/spec/duplicates_measured.csv, which every report prints. To be run again when the
weights, the comparison or the sample change; a test says when the file is not of this program.
"""

import csv
import io

from pv.evaluate.linkage import Rightness, measure
from pv.spec import AnalysisSpec
from pv.spec.duplicates import MEASURED

SEED = 1


def table(found: list[Rightness], specification: str) -> str:
    """The file: a row for each country and pair of sources."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = ("country", "sources", "n_linked", "n_right", "n_told", "n_found")
    writer.writerow(("specification", *columns))
    for row in found:
        writer.writerow(
            (specification, row.country, row.sources, row.linked, row.right, row.told, row.found)
        )
    return out.getvalue()


if __name__ == "__main__":
    shipped = AnalysisSpec.load().duplicates
    MEASURED.write_text(table(measure(shipped, SEED), shipped.digest), encoding="utf-8")
    print(f"written: {MEASURED}")
