"""A small world of messy reports, drawn from a seed: months, countries, versions, duplicates."""

from datetime import date, timedelta

import duckdb
import numpy as np

Rows = list[dict[str, object]]

FIRST_DAY = date(2024, 1, 3)
MONTH_ENDS = tuple(date(2024, m + 1, 1) - timedelta(days=1) for m in range(1, 9))
_COUNTRIES = ("DE", "FR", "US", "JP", "IT", "EU", None)
_DRUGS = ("KYMRIAH", "YESCARTA", "ASPIRIN", "IBUPROFEN", "METHOTREXATE")
_EVENTS = ("Deafness", "Nausea", "Rash", "Myelodysplastic syndrome", "Acute myeloid leukaemia",
           "Pyrexia")  # fmt: skip


def draw(seed: int, cases: int = 260) -> Rows:
    """One row a report: follow-ups out of order, corrected and masked countries, nullifications,
    deletions, duplicates under several keys, and a second source of the same authority."""
    rng = np.random.default_rng(seed)
    rows: Rows = []

    def pick(values, weights=None):
        return values[rng.choice(len(values), p=weights)]

    for number in range(cases):
        received = FIRST_DAY + timedelta(days=int(rng.integers(0, 210)))
        person = {
            "occurrence_country": pick(_COUNTRIES, [0.25, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05]),
            "reporter_country": pick(("FR", "EU", None)),
            "sex": pick(("F", "M", None)), "age_years": pick((40.0, 41.0, None)),
            "event_date": date(2023, 12, int(rng.integers(1, 4))) if rng.random() < 0.7 else None,
            "manufacturer_number": f"ACME-{100 + rng.integers(0, 130)}" if rng.random() < 0.6
            else pick(("NONE000", None)),
            "worldwide_case_id": f"DE-ACME-W{rng.integers(0, 60)}" if rng.random() < 0.2 else None,
        }  # fmt: skip
        advanced = rng.random() < 0.5
        drugs = [pick(_DRUGS[:2] if advanced else _DRUGS[2:])]
        if rng.random() < 0.2:
            drugs.append(pick(_DRUGS))
        events = list({pick(_EVENTS, [0.1, 0.4, 0.2, 0.1, 0.1, 0.1]) for _ in range(2)})
        if advanced and rng.random() < 0.3:
            events.append("Deafness")
        for version in range(1, 1 + int(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2]))):
            action = "nullify" if version > 1 and rng.random() < 0.15 else "report"
            rows.append(
                {
                    **person, "case": number, "version": version, "action": action, "rank": 1,
                    "received": received, "drugs": drugs, "events": sorted(set(events)),
                    "link": f"C{rng.integers(0, cases)}" if rng.random() < 0.05 else None,
                }
            )  # fmt: skip
            # A follow-up may be received before what it follows.
            received += timedelta(days=int(rng.integers(-25, 70)))
            received = max(received, FIRST_DAY)
            if rng.random() < 0.3:
                person["occurrence_country"] = pick(_COUNTRIES)
            if rng.random() < 0.3:
                events = [pick(_EVENTS)]
            if rng.random() < 0.3:
                drugs = [pick(_DRUGS)]
            if rng.random() < 0.2:
                person["age_years"] = pick((40.0, None))
        if rng.random() < 0.08:
            rows.append(
                {**person, "case": number, "version": None, "action": "delete", "rank": 1,
                 "received": received, "drugs": [], "events": [], "link": None}
            )  # fmt: skip
        if rng.random() < 0.1:
            rows.append(
                {**person, "case": number, "version": None, "action": "report", "rank": 2,
                 "received": received - timedelta(days=30), "drugs": [pick(_DRUGS)],
                 "events": [pick(_EVENTS)], "link": None}
            )  # fmt: skip
    return [{**row, "line": line} for line, row in enumerate(rows, 1)]


def stage(con: duckdb.DuckDBPyConnection, reports: Rows) -> None:
    """Put the reports into staging, as the files of one release; file 1 must be recorded."""
    con.execute("""
        create or replace temp table messy (
            "case" bigint, "version" integer, action varchar, rank integer, received date,
            drugs varchar[], events varchar[], link varchar, line bigint, sex varchar,
            age_years double, event_date date, manufacturer_number varchar,
            worldwide_case_id varchar, occurrence_country varchar, reporter_country varchar
        )
        """)
    con.executemany(
        """
        insert into messy by name
        select
            $case as "case", $version as "version", $action as action, $rank as rank,
            $received as received, $drugs::varchar[] as drugs, $events::varchar[] as events,
            $link as link, $line as line, $sex as sex, $age_years as age_years,
            $event_date as event_date, $manufacturer_number as manufacturer_number,
            $worldwide_case_id as worldwide_case_id, $occurrence_country as occurrence_country,
            $reporter_country as reporter_country
        """,
        reports,
    )
    con.execute("""
        insert into staging.report by name
        select
            if(rank = 1, 'faers', 'faers_dashboard') as source, 1 as file_id, line,
            'C' || "case" || '-' || line as source_report_id, '2024Q1/a' as release,
            'FDA' as authority, rank as authority_rank, 'C' || "case" as source_case_id,
            version::integer as version, action, received as receipt_date,
            received as first_receipt_date, occurrence_country, reporter_country,
            manufacturer_number, worldwide_case_id, 'ACME' as sender, sex, age_years, event_date,
            if(event_date is null, null, 'day') as event_date_precision, [] as unparsed
        from messy
        """)
    con.execute("""
        insert into staging.report_drug by name
        select
            if(rank = 1, 'faers', 'faers_dashboard') as source, 1 as file_id, line,
            'C' || "case" || '-' || line as source_report_id, unnest(range(len(drugs))) as drug_seq,
            'primary_suspect' as role, unnest(drugs) as drug_verbatim, [] as unparsed
        from messy
        """)
    con.execute("""
        insert into staging.report_event by name
        select
            if(rank = 1, 'faers', 'faers_dashboard') as source, 1 as file_id, line,
            'C' || "case" || '-' || line as source_report_id, unnest(events) as term_verbatim,
            [] as unparsed
        from messy
        """)
    con.execute("""
        insert into staging.report_link by name
        select
            'faers' as source, 1 as file_id, line, 'C' || "case" || '-' || line
                as source_report_id, 'other' as link_type, link as linked_id
        from messy
        where link is not null
        """)
