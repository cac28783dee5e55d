"""Persons told of in two agencies' files: FAERS's quarters and E2B(R2), read as a night reads them.

The second report is near the first, not equal: days off, no age, another spelling, another term.
"""

from typing import Any
from xml.sax.saxutils import escape

import duckdb
import polars as pl
import pytest

from pv import cases
from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.evaluate.linkage import Labelled, Rightness, labelled, rightness
from pv.simulate.world.faers_writer import write_quarters
from pv.simulate.world.second_report import SecondReports
from pv.sources import load_inbox
from pv.spec import AnalysisSpec

PERSONS = 1_500
ROLES = {"PS": "1", "SS": "1", "C": "2", "I": "3"}
SEXES = {"M": "1", "F": "2"}


def element(name: str, *inside: str) -> str:
    """An element of elements, or nothing where it would be empty."""
    return f"<{name}>{''.join(inside)}</{name}>" if any(inside) else ""


def said(name: str, value: Any) -> str:
    """An element of text, or nothing where nothing is said."""
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>"


def day(name: str, value: Any, precision: str = "day") -> str:
    """A date with its format: 102 is a day, 610 a month."""
    if value is None:
        return ""
    form, text = ("102", f"{value:%Y%m%d}") if precision == "day" else ("610", f"{value:%Y%m}")
    return said(f"{name}format", form) + said(name, text)


def as_r2(second: SecondReports) -> bytes:
    """The reports as a file of E2B(R2)."""
    drugs = second.drugs.partition_by("number", as_dict=True)
    events = second.events.partition_by("number", as_dict=True)
    told = []
    for report in second.reports.iter_rows(named=True):
        number = report["number"]
        start = day("reactionstartdate", report["event_date"], report["precision"])
        told.append(
            element(
                "safetyreport",
                said("safetyreportid", number),
                said("occurcountry", report["country"]),
                day("receivedate", report["received"]),
                day("receiptdate", report["received"]),
                said("companynumb", number),
                element("sender", said("sendertype", "1"),
                        said("senderorganization", report["sender"])),
                element(
                    "patient",
                    said("patientonsetage", report["age_years"]),
                    said("patientonsetageunit", None if report["age_years"] is None else "801"),
                    said("patientsex", SEXES.get(report["sex"])),
                    *(
                        element("reaction", said("reactionmeddrapt", event["pt"]), start)
                        for event in events[number,].iter_rows(named=True)
                    ),
                    *(
                        element(
                            "drug",
                            said("drugcharacterization", ROLES[drug["role"]]),
                            said("medicinalproduct", drug["drugname"]),
                            said("drugbatchnumb", drug["lot"]),
                            day("drugstartdate", drug["start"]),
                            element("activesubstance",
                                    said("activesubstancename", drug["substance"])),
                        )
                        for drug in drugs[number,].iter_rows(named=True)
                    ),
                ),
            )
        )  # fmt: skip
    return f'<?xml version="1.0"?>\n<ichicsr lang="en">{"".join(told)}</ichicsr>'.encode()


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> tuple[Labelled, duckdb.DuckDBPyConnection, list[Rightness]]:
    folder = tmp_path_factory.mktemp("formats")
    sample = labelled(1, PERSONS)
    write_quarters(sample.reports, folder / "inbox" / "faers")
    file = folder / "inbox" / "e2b_r2" / "partners.xml"
    file.parent.mkdir()
    file.write_bytes(as_r2(sample.second))
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    load_inbox(con, folder / "inbox", folder / "scratch", b"key")
    con.execute("update ops.source_file set status = 'ok' where status = 'loaded'")
    received = pl.concat([sample.second.reports["received"], sample.reports.reports["receipt"]])
    latest: Any = received.max()
    cases.build(con, latest, None, AnalysisSpec.load().duplicates)
    return sample, con, rightness(con, sample)


def test_every_second_report_is_read_from_its_own_format(found) -> None:
    sample, con, _ = found
    assert sample.second.reports.height == PERSONS
    assert con.execute(
        "select name, rows_read, rows_kept, rows_quarantined from ops.source_file "
        "where source = 'e2b_r2'"
    ).fetchall() == [("partners.xml", PERSONS, PERSONS, 0)]


def test_pairs_across_formats_are_found_and_nearly_all_that_are_linked_are_right(found) -> None:
    *_, rows = found
    across = [row for row in rows if row.sources == "e2b_r2 and faers"]
    told = sum(row.told for row in across)
    assert told >= 0.95 * PERSONS
    assert sum(row.right for row in across) >= 0.95 * sum(row.linked for row in across)
    assert sum(row.found for row in across) >= 0.90 * told
