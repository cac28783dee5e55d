"""How right the linkage of the whole database is: persons told of twice, whose truth is known."""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pv import cases
from pv.evaluate.staged import LOT_KEY, stage_reports, warehouse
from pv.simulate.scenarios.demo import simulate_demo
from pv.simulate.world.reports import Reports
from pv.simulate.world.second_report import SecondReports, tell_again
from pv.sources.lots import hmac_pads
from pv.spec.duplicates import Duplicates

PERSONS = 1_500
_SOURCE, _AUTHORITY = "e2b_r3", "second authority"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sample whose truth is known: reports of one authority, and second ones of another."""

    reports: Reports
    second: SecondReports


@dataclass(frozen=True, slots=True)
class Rightness:
    """Of one country and pair of sources: pairs linked by evidence alone, and which are right.

    `told` are the pairs of one person that there are, `found` those in one group.
    """

    country: str
    sources: str
    linked: int
    right: int
    told: int
    found: int


def labelled(seed: int, persons: int = PERSONS) -> Labelled:
    """The demonstration's reports, and second reports of some persons of whom they tell a date of
    the event and an age."""
    reports = simulate_demo(seed).reports
    rng = np.random.default_rng([seed, 12])
    telling = (
        reports.reports.sort("case", "receipt")
        .group_by("case", maintain_order=True)
        .last()
        .filter(
            # The first of a month is what the quarterly files put for a month or year alone.
            (pl.col("event_date").dt.day() > 1)
            & pl.col("age").is_not_null()
            & pl.col("country").is_not_null()
            & (pl.col("country") != "EU")
        )["case"]
    )
    chosen = np.sort(rng.choice(telling.len(), min(persons, telling.len()), replace=False))
    return Labelled(reports, tell_again(reports, telling.gather(chosen), rng))


def stage(con: duckdb.DuckDBPyConnection, sample: Labelled) -> None:
    """Put the sample into staging, in place of what is there."""
    stage_reports(con, sample.reports)
    (file_id,) = con.execute("select max(file_id) + 1 from ops.source_file").fetchone() or (1,)
    inner, outer = hmac_pads(LOT_KEY)
    given = {"file_id": file_id, "source": _SOURCE}
    for name, frame in {
        "second_report": sample.second.reports,
        "second_drug": sample.second.drugs,
        "second_event": sample.second.events,
    }.items():
        con.register(name, frame.to_arrow())
    con.execute(
        "insert into ops.source_file by name select $file_id as file_id, $source as source, "
        "'simulated' as name, 'simulated' as release, 0 as rows_read, 0 as rows_kept, "
        "0 as rows_quarantined, 'ok' as status",
        given,
    )
    con.execute(_REPORT, {**given, "authority": _AUTHORITY})
    con.execute(_DRUG, {**given, "inner": inner, "outer": outer})
    con.execute(_EVENT, given)
    for name in ("second_report", "second_drug", "second_event"):
        con.unregister(name)


def rightness(con: duckdb.DuckDBPyConnection, sample: Labelled) -> list[Rightness]:
    """How right the groups of core.case are, by country and sources."""
    person = pl.concat(
        [
            sample.reports.reports.select(
                number=pl.col("case_id").cast(pl.String), person="case"
            ).unique(),
            sample.second.reports.select("number", person="case"),
        ],
        how="vertical_relaxed",
    )
    con.register("person", person.to_arrow())
    found = con.execute(_RIGHTNESS).fetchall()
    con.unregister("person")
    return [Rightness(*row) for row in found]


def measure(spec: Duplicates, seed: int = 1, persons: int = PERSONS) -> list[Rightness]:
    """Link a labelled sample and hold the groups against its truth."""
    sample = labelled(seed, persons)
    received = pl.concat([sample.second.reports["received"], sample.reports.reports["receipt"]])
    latest: Any = received.max()
    with warehouse() as con:
        stage(con, sample)
        cases.build(con, latest, None, spec)
        return rightness(con, sample)


_REPORT = """
insert into staging.report by name
select
    $source as source, $file_id as file_id, row_number() over (order by number) as line,
    number as source_report_id, 'simulated' as release, $authority as authority,
    1 as authority_rank, number as source_case_id, 1 as version, 'report' as action,
    received as receipt_date, received as first_receipt_date, country as occurrence_country, sex,
    age_years, sender, event_date, if(event_date is null, null, precision) as event_date_precision,
    [] as unparsed
from second_report
"""
_DRUG = """
insert into staging.report_drug by name
select
    $source as source, $file_id as file_id, row_number() over (order by number, drug_seq) as line,
    number as source_report_id, drug_seq,
    case role when 'PS' then 'primary_suspect' when 'SS' then 'suspect' when 'I' then 'interacting'
        else 'concomitant' end as role,
    drugname as drug_verbatim, substance as active_ingredient, start as start_date,
    if(start is null, null, 'day') as start_date_precision,
    if(lot is null, null,
        sha256($outer || unhex(sha256($inner || encode(upper(trim(lot))))))) as lot_hmac,
    [] as unparsed
from second_drug
"""
_EVENT = """
insert into staging.report_event by name
select
    $source as source, $file_id as file_id, row_number() over (order by number, pt) as line,
    number as source_report_id, pt as term_verbatim, [] as unparsed
from second_event
"""
_RIGHTNESS = """
with labelled as (
    select
        c.case_id, c.source, coalesce(c.country, c.stratum) as country, c.duplicate_group, p.person
    from core.case c
    join person p on p.number = c.source_case_id
),
linked as (
    select x.country, x.source, y.source as other_source, x.person = y.person as is_right,
        l.match_rule = 'probable' as by_evidence
    from core.duplicate_link l
    join labelled x using (case_id)
    join labelled y on y.case_id = l.other_case_id
    where l.same_group
),
told as (
    select x.country, x.source, y.source as other_source,
        x.duplicate_group = y.duplicate_group as is_found
    from labelled x
    join labelled y on y.person = x.person and y.case_id > x.case_id
    where x.source <> y.source
),
both_kinds as (
    select country, concat_ws(' and ', least(source, other_source), greatest(source, other_source))
        as sources, 1 as linked, is_right::int as is_right, 0 as told, 0 as found
    from linked
    where by_evidence
    union all
    select country, concat_ws(' and ', least(source, other_source), greatest(source, other_source)),
        0, 0, 1, is_found::int
    from told
)
select country, sources, sum(linked)::int, sum(is_right)::int, sum(told)::int, sum(found)::int
from both_kinds
group by country, sources
order by country, sources
"""
