"""Case alerts on the page: every single case of a designated late event, for assessment."""

from dataclasses import dataclass
from datetime import date

import duckdb

from pv.report.rows import one, rows

# Alerts shown of listed reactions, and of all others; the view case_alerts of the snapshot holds
# them all.
_SHOWN = 40

# New ones first, those that stand before those that do no more.
_ALERTS = """
select
    a.listed, a.product, a.event, a.authority, a.source_case_id, a.terms, a.alert_status,
    a.alerted_on, a.is_new, coalesce(c.country_name, a.country, a.region) as place,
    a.first_receipt_date, a.receipt_date, a.serious, a.fatal, a.time_to_onset_days_low as onset_low,
    a.time_to_onset_days_high as onset_high, a.latency_window, k.source_case_id as counted_with
from mart.case_alert a
left join core.country c using (country)
left join core.case k on k.case_id = a.counted_with
window own as (
    partition by a.listed
    order by
        a.alert_status <> 'stands', not a.is_new, a.fatal desc nulls last, a.receipt_date desc,
        a.product, a.event, a.case_id
)
qualify row_number() over own <= $most
order by
    a.listed, a.alert_status <> 'stands', not a.is_new, a.fatal desc nulls last,
    a.receipt_date desc, a.product, a.event, a.case_id
"""

_TOTAL = """
select
    count(*) filter (where alert_status = 'stands')::integer as standing,
    count(*) filter (where alert_status = 'stands' and is_new)::integer as new,
    count(*) filter (where alert_status = 'stands' and is_new and fatal)::integer as new_fatal,
    count(*) filter (where alert_status <> 'stands')::integer as former,
    count(*) filter (where not listed)::integer as unlisted,
    count(*) filter (where listed)::integer as listed
from mart.case_alert
"""


@dataclass(frozen=True, slots=True)
class Alert:
    """One case of a designated late event; of one that stands no more, as it was when told."""

    listed: bool
    product: str
    event: str
    authority: str
    source_case_id: str
    terms: list[str]
    alert_status: str
    alerted_on: date
    is_new: bool
    place: str | None
    first_receipt_date: date
    receipt_date: date
    serious: bool | None
    fatal: bool | None
    onset_low: int | None
    onset_high: int | None
    latency_window: str | None
    counted_with: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """How many alerts stand, how many of them are new (and fatal), and how many stand no more; how
    many of all are of a listed reaction, and how many are not."""

    standing: int
    new: int
    new_fatal: int
    former: int
    unlisted: int
    listed: int


@dataclass(frozen=True, slots=True)
class CaseAlerts:
    """The content of the section: the alerts that are shown, and how many there are."""

    shown: list[Alert]
    total: Total

    @property
    def unlisted(self) -> list[Alert]:
        """Those whose reaction is not on our list."""
        return [alert for alert in self.shown if not alert.listed]

    @property
    def listed(self) -> list[Alert]:
        """Those of a reaction that the label lists."""
        return [alert for alert in self.shown if alert.listed]


def read(con: duckdb.DuckDBPyConnection) -> CaseAlerts:
    """The alerts of a snapshot."""
    return CaseAlerts(shown=rows(con, Alert, _ALERTS, most=_SHOWN), total=one(con, Total, _TOTAL))
