"""What a message of E2B(R3) becomes in staging, and what is refused."""

import hashlib
import hmac
import io
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pv.cases import build
from pv.errors import FileProblemError
from pv.sources import e2b_codes, e2b_message, load_inbox
from pv.sources.xml import records
from pv.spec import AnalysisSpec
from pv.warehouse.connect import connect

_19 = 'codeSystem="2.16.840.1.113883.3.989.2.1.1.19"'
_MEDDRA = 'codeSystem="2.16.840.1.113883.6.163" codeSystemVersion="26.1"'
_COUNTRY = 'codeSystem="1.0.3166.1.2.2"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = '<MCCI_IN200100UV01 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0" '
ROOT += 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'


def observation(code: str, value: str, system: str = _19) -> str:
    return f'<observation><code code="{code}" {system}/>{value}</observation>'


def reaction(
    value: str = f'<value xsi:type="CE" code="10016256" {_MEDDRA} displayName="Fatigue"/>',
    onset: str = '<effectiveTime><low value="20240105"/></effectiveTime>',
    country: str = f'<code code="DE" {_COUNTRY}/>',
    parts: str = "",
) -> str:
    place = f"<locatedEntity><locatedPlace>{country}</locatedPlace></locatedEntity>"
    related = "".join(
        f"<outboundRelationship2>{part}</outboundRelationship2>"
        for part in parts.split("\n")
        if part
    )
    said = f"{onset}{value}<location>{place}</location>{related}"
    return f"<subjectOf2>{observation('29', said)}</subjectOf2>"


def drug(number: int, name: str, inside: str = "", substance: str = "") -> str:
    named = f"<ingredientSubstance><name>{substance}</name></ingredientSubstance>"
    ingredient = f"<ingredient>{named}</ingredient>"
    return (
        f'<component><substanceAdministration><id root="d{number}"/><consumable><instanceOfKind>'
        f"<kindOfProduct><name>{name}</name>{ingredient if substance else ''}</kindOfProduct>"
        f"</instanceOfKind></consumable>{inside}</substanceAdministration></component>"
    )


def dose(start: str, lot: str = "", route: str = "") -> str:
    return (
        f'<outboundRelationship2 typeCode="COMP"><substanceAdministration>{start}'
        f"<routeCode><originalText>{route}</originalText></routeCode><consumable><instanceOfKind>"
        f"<productInstanceInstance><lotNumberText>{lot}</lotNumberText></productInstanceInstance>"
        "</instanceOfKind></consumable></substanceAdministration></outboundRelationship2>"
    )


def role(number: int, code: str) -> str:
    value = f'<value code="{code}" codeSystem="2.16.840.1.113883.3.989.2.1.1.13"/>'
    return (
        f'<component><causalityAssessment><code code="20" {_19}/>{value}<subject2>'
        f'<productUseReference><id root="d{number}"/></productUseReference></subject2>'
        "</causalityAssessment></component>"
    )


def message(
    *,
    own: str = "DE-ACME-1",
    worldwide: str = "DE-ACME-1",
    created: str = "20240203101010+0000",
    received: str = '<availabilityTime value="20240202"/>',
    sex: str = '<administrativeGenderCode code="2" codeSystem="1.0.5218"/>',
    age: str = '<value xsi:type="PQ" value="48" unit="a"/>',
    reactions: str | None = None,
    drugs: str | None = None,
    roles: str | None = None,
    more: str = "",
) -> str:
    return (
        "<PORR_IN049016UV><controlActProcess>"
        f'<effectiveTime value="{created}"/><subject><investigationEvent>'
        f'<id root="2.16.840.1.113883.3.989.2.1.3.1" extension="{own}"/>'
        f'<id root="2.16.840.1.113883.3.989.2.1.3.2" extension="{worldwide}"/>'
        "<text>A NARRATIVE of Jane Doe</text>"
        f'<effectiveTime><low value="20240102"/></effectiveTime>{received}'
        "<component><adverseEventAssessment><subject1><primaryRole>"
        f'<player1><name>JANEDOE</name>{sex}<birthTime value="19760102"/></player1>'
        f"<subjectOf2>{observation('3', age)}</subjectOf2>"
        f"{reaction() if reactions is None else reactions}"
        '<subjectOf2><organizer><code code="4" codeSystem="2.16.840.1.113883.3.989.2.1.1.20"/>'
        f"{drug(1, 'KYMRIAH') if drugs is None else drugs}</organizer></subjectOf2>"
        f"</primaryRole></subject1>{role(1, '1') if roles is None else roles}"
        f"</adverseEventAssessment></component>{more}</investigationEvent></subject>"
        "</controlActProcess></PORR_IN049016UV>\n"
    )


def batch(*messages: str) -> bytes:
    return f"{HEAD}{ROOT}{''.join(messages)}</MCCI_IN200100UV01>".encode()


@pytest.fixture
def loaded(tmp_path: Path):
    """Load files (name: content) and give a warehouse."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def run(**files: bytes) -> duckdb.DuckDBPyConnection:
        folder = tmp_path / "inbox" / "e2b_r3"
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / f"{name}.xml").write_bytes(content)
        con = connect(tmp_path / "warehouse.duckdb", memory_limit="1GB", threads=1)
        opened.append(con)
        load_inbox(con, tmp_path / "inbox", tmp_path / "scratch", b"key")
        return con

    yield run
    for con in opened:
        con.close()


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return con.execute(query).fetchall()


def test_a_message_is_a_report_of_the_case_that_the_worldwide_id_names(loaded) -> None:
    con = loaded(a=batch(message(own="DE-OTHER-9", worldwide="de-ACME-1")))
    assert rows(
        con,
        "select line, source_report_id, source_case_id, worldwide_case_id, authority, action, "
        "receipt_date::varchar, sex, age_years, occurrence_country from staging.report",
    ) == [
        (3, "20240203101010/DE-OTHER-9", "DE-ACME-1", "de-ACME-1", "worldwide", "report",
         "2024-02-02", "F", 48.0, "DE")
    ]  # fmt: skip
    assert rows(con, "select link_type, linked_id from staging.report_link") == [
        ("other_case_id", "DE-OTHER-9")
    ]


def test_the_latest_message_of_a_case_counts_and_a_nullification_ends_it(loaded) -> None:
    def said(country: str, **changed: str) -> str:
        return message(
            reactions=reaction(country=f'<code code="{country}" {_COUNTRY}/>'), **changed
        )

    nullified = (
        '<subjectOf2><investigationCharacteristic><code code="3" '
        'codeSystem="2.16.840.1.113883.3.989.2.1.1.23"/><value code="1" '
        'codeSystem="2.16.840.1.113883.3.989.2.1.1.5"/></investigationCharacteristic></subjectOf2>'
    )
    con = loaded(
        # In the order of names the latest comes first. An amendment has no newer information.
        a=batch(
            said("JP", created="20240301000000+0000", worldwide="W-1"),
            said("FR", created="20240301003000+0100", worldwide="W-1", own="Z-9"),
            said("DE", worldwide="W-2"),
        ),
        b=batch(
            said("DE", worldwide="W-2", created="20240302000000+0000", more=nullified),
            said("CA", created="20240401", worldwide="W-1",
                 received='<availabilityTime value="20240101"/>'),
        ),
    )  # fmt: skip
    con.execute("update ops.source_file set status = 'ok'")

    build(con, date(2024, 12, 31), None, AnalysisSpec.load().duplicates)
    assert rows(con, "select country from core.case") == [("JP",)]


@pytest.mark.parametrize(
    ("written", "first_day", "precision", "unparsed"),
    [
        ('value="20240105"', "2024-01-05", "day", []),
        ('value="202401"', "2024-01-01", "month", []),
        ('value="2024"', "2024-01-01", "year", []),
        ('value="20240105101010.1234-0500"', "2024-01-05", "day", []),
        ('value="2024013"', None, None, ["onset_date"]),
        ('value="20240230"', None, None, ["onset_date"]),
        ('nullFlavor="ASKU"', None, None, []),
    ],
)
def test_dates_are_as_precise_as_they_are_written(
    loaded, written, first_day, precision, unparsed
) -> None:
    onset = f"<effectiveTime><low {written}/></effectiveTime>"
    con = loaded(a=batch(message(reactions=reaction(onset=onset))))
    assert rows(
        con, "select onset_date::varchar, onset_date_precision, unparsed from staging.report_event"
    ) == [(first_day, precision, unparsed)]


def test_why_a_value_is_missing_is_kept_apart_from_its_absence(loaded) -> None:
    con = loaded(
        a=batch(
            message(sex='<administrativeGenderCode nullFlavor="MSK"/>',
                    age='<value xsi:type="PQ" nullFlavor="UNK"/>'),
            message(worldwide="DE-ACME-2", sex="", age=""),
        )
    )  # fmt: skip
    assert rows(
        con, "select sex, age_years, null_reasons, unparsed from staging.report order by line"
    ) == [(None, None, ["sex=MSK", "age_years=UNK"], []), (None, None, [], [])]


def test_a_seriousness_criterion_is_met_not_met_or_not_told(loaded) -> None:
    def flags(*parts: tuple[str, str]) -> str:
        return reaction(parts="\n".join(observation(c, f"<value {v}/>") for c, v in parts))

    con = loaded(
        a=batch(
            message(reactions=flags(("34", 'nullFlavor="NI"'), ("33", 'value="true"'))),
            message(worldwide="B", reactions=flags(("34", 'nullFlavor="NI"'))),
            message(worldwide="C", reactions=flags()),
        )
    )
    assert rows(
        con, "select serious, death, hospitalisation, disability from staging.report order by line"
    ) == [(True, False, True, None), (False, False, None, None), (None, None, None, None)]


def test_a_code_means_nothing_without_its_system_and_parent(loaded) -> None:
    other = 'codeSystem="2.16.840.1.113883.3.26.1.1"'
    con = loaded(
        a=batch(
            message(
                sex='<administrativeGenderCode code="2" codeSystem="2.16.840.1.113883.5.1"/>',
                reactions=reaction(
                    country='<code code="DE" codeSystem="9.9"/>',
                    parts=observation("34", '<value value="true"/>', other)
                    + "\n"
                    # The weight of a body, by the list of ICH, is no age and no seriousness.
                    + observation("7", '<value value="true"/>'),
                ),
            )
        )
    )
    assert rows(
        con, "select sex, occurrence_country, death, other_serious, unparsed from staging.report"
    ) == [(None, None, None, None, ["sex", "occurrence_country"])]


def test_an_intervention_that_fda_asks_for_is_a_serious_one(loaded) -> None:
    fda = 'codeSystem="2.16.840.1.113883.3.989.5.1.2.2.1.3"'
    parts = observation("7", '<value value="true"/>', fda)
    con = loaded(a=batch(message(reactions=reaction(parts=parts))))
    assert rows(con, "select other_serious, serious from staging.report") == [(True, True)]


def test_a_reaction_is_named_by_its_term_else_its_code_and_never_by_a_narrative(loaded) -> None:
    free = "<originalText>what a patient SAID</originalText>"
    con = loaded(
        a=batch(
            message(
                reactions=reaction()
                + reaction(f'<value code="10002855" {_MEDDRA}>{free}</value>')
                + reaction('<value nullFlavor="NI"><originalText>Rash</originalText></value>')
            )
        )
    )
    assert rows(
        con,
        "select term_verbatim, event_code, event_code_version from staging.report_event "
        "order by term_verbatim",
    ) == [("Fatigue", "10016256", "26.1"), ("MedDRA 10002855", "10002855", "26.1"),
          ("Rash", None, None)]  # fmt: skip


def test_a_drug_has_its_role_ingredients_first_start_routes_and_lots(loaded) -> None:
    key = hmac.new(b"key", b"LOT7", hashlib.sha256).hexdigest()
    times = (
        '<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="PIVL_TS"><period value="1" unit="d"/>'
        '</comp><comp xsi:type="IVL_TS"><low value="202312"/></comp></effectiveTime>'
    )
    con = loaded(
        a=batch(
            message(
                drugs=drug(1, "KYMRIAH", dose(times, " lot7 ", "Intravenous"), "Tisagenlecleucel")
                + drug(2, "Aspirin"),
                roles=role(2, "2") + role(1, "1"),
            )
        )
    )
    assert rows(
        con,
        "select drug_seq, role, drug_verbatim, active_ingredient, route, lot_hmac "
        "from staging.report_drug order by drug_seq",
    ) == [
        ("1", "suspect", "KYMRIAH", "Tisagenlecleucel", "Intravenous", key),
        ("2", "concomitant", "Aspirin", None, None, None),
    ]
    assert rows(
        con,
        "select drug_seq, start_date::varchar, start_date_precision from staging.report_therapy",
    ) == [("1", "2023-12-01", "month")]


def test_a_drug_has_its_doses_last_end_and_what_tells_most_of_a_rechallenge(loaded) -> None:
    def given(amount: str, low: str, high: str) -> str:
        return dose(
            '<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="PIVL_TS">'
            '<period value="2" unit="wk"/></comp><comp xsi:type="IVL_TS">'
            f'<low value="{low}"/><high value="{high}"/></comp></effectiveTime>'
            f'<doseQuantity value="{amount}" unit="mg"/>'
        )

    def again(code: str) -> str:
        value = f'<value code="{code}" codeSystem="2.16.840.1.113883.3.989.2.1.1.16"/>'
        return f"<outboundRelationship2>{observation('31', value)}</outboundRelationship2>"

    inside = (
        given("100", "20231201", "202401")
        + given("50", "20240101", "20240131")
        + again("2")
        + again("1")
    )
    con = loaded(a=batch(message(drugs=drug(1, "KYMRIAH", inside))))
    assert rows(con, "select dose, dechallenge, rechallenge from staging.report_drug") == [
        ("100 mg, every 2 wk; 50 mg, every 2 wk", None, "positive")
    ]
    assert rows(
        con,
        "select end_date::varchar, end_date_precision from staging.report_therapy order by all",
    ) == [("2024-01-01", "month"), ("2024-01-31", "day")]
    build(con, date(2024, 12, 31), None, AnalysisSpec.load().duplicates)
    assert rows(
        con, "select end_date::varchar, end_date_precision, dose, rechallenge from core.case_drug"
    ) == [("2024-01-31", "day", "100 mg, every 2 wk; 50 mg, every 2 wk", "positive")]


def test_weight_and_that_there_is_a_publication(loaded) -> None:
    weight = observation("7", '<value xsi:type="PQ" value="3500" unit="g"/>')
    reference = (
        '<reference><document><code code="2" codeSystem="2.16.840.1.113883.3.989.2.1.1.27"/>'
        "<bibliographicDesignationText>Roe J. JANEDOE. PMID 123</bibliographicDesignationText>"
        "</document></reference>"
    )
    con = loaded(
        a=batch(
            message(reactions=reaction() + f"<subjectOf2>{weight}</subjectOf2>", more=reference)
        )
    )
    assert rows(con, "select weight_kg, literature, literature_id from staging.report") == [
        (3.5, True, "PMID:123")
    ]


def test_other_ids_of_a_case_link_it_and_related_reports_do_not(loaded) -> None:
    def event(kind: str, inner: str) -> str:
        return f"<{kind}><controlActEvent>{inner}</controlActEvent></{kind}>"

    other = event("subjectOf1", '<id root="2.16.840.1.113883.3.989.2.1.3.3" extension="FDA-7"/>')
    linked = event("subjectOf2", '<id root="2.16.840.1.113883.3.989.2.1.3.2" extension="DE-M-2"/>')
    related = (
        '<outboundRelationship><relatedInvestigation><code nullFlavor="NA"/>'
        f"{linked}</relatedInvestigation></outboundRelationship>"
    )
    con = loaded(a=batch(message(more=related + other)))
    assert rows(con, "select link_type, linked_id from staging.report_link order by all") == [
        ("other_case_id", "FDA-7"), ("related_report", "DE-M-2"),
    ]  # fmt: skip


def test_the_reporter_is_the_one_for_regulatory_purposes(loaded) -> None:
    def reporter(priority: str, country: str, qualification: str) -> str:
        return (
            f"<outboundRelationship>{priority}<relatedInvestigation><code code='2' "
            "codeSystem='2.16.840.1.113883.3.989.2.1.1.22'/><subjectOf2><controlActEvent><author>"
            "<assignedEntity><assignedPerson><asQualifiedEntity>"
            f"<code code='{qualification}' codeSystem='2.16.840.1.113883.3.989.2.1.1.6'/>"
            "</asQualifiedEntity><asLocatedEntity><location>"
            f"<code code='{country}' {_COUNTRY}/></location></asLocatedEntity></assignedPerson>"
            "</assignedEntity></author></controlActEvent></subjectOf2></relatedInvestigation>"
            "</outboundRelationship>"
        )

    more = reporter("", "US", "5") + reporter('<priorityNumber value="1"/>', "fr", "1")
    con = loaded(a=batch(message(more=more)))
    assert rows(con, "select reporter_country, reporter from staging.report") == [
        ("fr", "physician")
    ]


def test_regional_elements_are_named_and_not_read(loaded) -> None:
    nci = 'codeSystem="2.16.840.1.113883.3.26.1.1"'
    coded = '<value code="C41260"/>'
    race = f"<subjectOf2>{observation('C17049', coded, nci)}</subjectOf2>"
    odd = f"<subjectOf2>{observation('JANE DOE', '<value/>', nci)}</subjectOf2>"
    con = loaded(a=batch(message(reactions=reaction() + race + odd)))
    assert rows(con, "select rows_kept, message from ops.source_file") == [
        (1, "regional elements not read: NCI ? C17049")
    ]


def test_no_name_birth_date_or_narrative_is_loaded(loaded) -> None:
    con = loaded(a=batch(message()))
    for table in ("report", "report_drug", "report_event", "report_link"):
        said = str(rows(con, f"from staging.{table}"))
        assert not any(word in said for word in ("JANEDOE", "1976", "NARRATIVE"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_is_that_of_the_message_whatever_ends_lines(loaded, end: str) -> None:
    content = batch(message(), "<!-- more -->\n", message(worldwide="B")).decode()
    con = loaded(a=("<!-- before -->\n" + content.removeprefix(HEAD)).replace("\n", end).encode())
    assert rows(con, "select line from staging.report order by line") == [(3,), (5,)]


def test_messages_on_one_line_have_lines_of_their_own(loaded) -> None:
    content = batch(message(), message(worldwide="B"), message(worldwide="C"))
    con = loaded(a=content.replace(b"\n", b" "))
    assert rows(con, "select line from staging.report order by line") == [(1,), (2,), (3,)]
    assert rows(con, "select rows_read, rows_kept from ops.source_file") == [(3, 3)]


def test_a_message_without_a_case_is_set_aside_and_the_others_go_on(loaded) -> None:
    con = loaded(a=batch("<PORR_IN049016UV/>\n", message()))
    assert rows(con, "select rows_read, rows_kept, rows_quarantined from ops.source_file") == [
        (2, 1, 1)
    ]
    assert rows(con, "select line, rule from ops.quarantine") == [(3, "message_empty")]


ENTITY = b'<!DOCTYPE a [<!ENTITY b "JANEDOE"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
EXTERNAL = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
GOOD = batch(message())
HOSTILE = {
    "entities_declared": [
        GOOD.replace(b"<MCCI", ENTITY + b"<MCCI", 1).replace(b"KYMRIAH", b"&c;"),
        GOOD.replace(b"<MCCI", EXTERNAL + b"<MCCI", 1).replace(b"KYMRIAH", b"&b;"),
    ],
    "beyond_limits": [
        GOOD.replace(b"KYMRIAH", b"<a>" * 100_000),
        GOOD.replace(b'value="48"', b'value="' + b"4" * 10_500_000 + b'"'),
        GOOD.replace(b"KYMRIAH", b"K" * 10_500_000),
    ],
    "wrong_root": [b"<ichicsr/>", GOOD.replace(b"200100", b"200101")],
    "truncated_xml": [GOOD[: len(GOOD) // 2], GOOD[:-20]],
    "wrong_encoding": [
        GOOD.replace(b"KYMRIAH", "K\u00fcmriah".encode("latin-1")),
        GOOD.replace(b"UTF-8", b"KLINGON"),
    ],
    "not_xml": [
        b"hello", b" ", GOOD.replace(b"</player1>", b"</player2>"),
        GOOD.replace(b"KYMRIAH", b"&b;"),
        GOOD.replace(b"UTF-8", b"UTF-16"),
    ],
    "record_too_large": [GOOD.replace(b"KYMRIAH", b"<a/>" * 9_000_000)],
}  # fmt: skip


def test_hostile_files_are_refused_by_name_and_the_others_are_loaded(loaded) -> None:
    files = {
        f"{rule}_{i}": content
        for rule, several in HOSTILE.items()
        for i, content in enumerate(several)
    }
    con = loaded(good=GOOD, **files)
    found = dict(rows(con, "select name, coalesce(split_part(message, ':', 1), status) "
                           "from ops.source_file"))  # fmt: skip
    assert found == {"good.xml": "loaded"} | {
        f"{name}.xml": name.rpartition("_")[0] for name in files
    }
    told = str(rows(con, "select message from ops.source_file"))
    assert not any(word in told for word in ("JANEDOE", "KYMRIAH", "player", "root:x"))


def test_a_document_type_that_names_a_dtd_is_not_followed(loaded, tmp_path: Path) -> None:
    dtd = tmp_path / "a.dtd"
    dtd.write_text('<!ENTITY b "LOADED"><!ATTLIST code code CDATA "1">')
    named = f'<!DOCTYPE a SYSTEM "{dtd}">'.encode()
    con = loaded(
        a=GOOD.replace(b"<MCCI", named + b"<MCCI", 1),
        b=GOOD.replace(b"<MCCI", named + b"<MCCI", 1).replace(b"KYMRIAH", b"X&b;"),
    )
    assert "LOADED" not in str(rows(con, "from staging.report_drug"))
    assert rows(con, "select drug_verbatim from staging.report_drug where file_id = 1") == [
        ("KYMRIAH",)
    ]


def read(content: bytes) -> int:
    """How many messages a file has; the rows of all are made."""
    found = records(io.BytesIO(content), e2b_codes.MESSAGE, {e2b_codes.BATCH})
    return sum(bool(list(e2b_message.rows(record.element))) for record in found)


FULL = batch(
    message(
        reactions=reaction(parts=observation("34", '<value nullFlavor="NI"/>')),
        drugs=drug(1, "A", dose("<effectiveTime/>", "L"), "B"),
    ),
    message(),
)
CHANGES = st.lists(
    st.tuples(st.integers(0, len(FULL)), st.integers(0, 40), st.binary(max_size=12)), max_size=6
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
@example([(0, 0, b"\xef\xbb\xbf\xef\xbb\xbf")])
@example([(0, 40, b"")])
# Found by this test: an element without text and without attributes.
@example([(FULL.index(b"<lotNumberText>L"), 16, b"<lotNumberText>")])
@example([(FULL.index(b"20240105"), 8, b"99999999999999")])
@example([(FULL.index(b"20240203101010+0000"), 19, b"00010101000000+9999")])
@example([(FULL.index(b"investigationEvent"), 1, b"\x00")])
def test_whatever_the_bytes_are_a_file_is_read_or_refused(changes) -> None:
    content = FULL
    for at, length, new in changes:
        content = content[:at] + new + content[at + length :]
    try:
        assert read(content) >= 0
    except FileProblemError as refused:
        assert len(str(refused)) <= 300
