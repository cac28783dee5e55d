"""Every field once, by topic. Tables are made of these."""

from pv.dictionary.fields import (
    cases,
    clusters,
    counts,
    decisions,
    history,
    ledger,
    monitoring,
    operations,
    rates,
    reports,
    verdicts,
    views,
)
from pv.dictionary.fields.work import core as work_core
from pv.dictionary.fields.work import count as work_count
from pv.dictionary.fields.work import pairs as work_pairs
from pv.dictionary.fields.work import rates as work_rates
from pv.dictionary.fields.work import raw as work_raw
from pv.dictionary.model import Field

ALL = (
    *reports.FIELDS, *cases.FIELDS, *counts.FIELDS, *verdicts.FIELDS, *rates.FIELDS,
    *history.FIELDS, *ledger.FIELDS, *monitoring.FIELDS, *operations.FIELDS, *decisions.FIELDS,
    *clusters.FIELDS,
    *work_raw.FIELDS, *work_core.FIELDS, *work_count.FIELDS, *work_pairs.FIELDS,
    *work_rates.FIELDS,
)  # fmt: skip
FIELDS: dict[str, Field] = {f.name: f for f in ALL}
# Of columns that views alone have.
OF_VIEWS: dict[str, Field] = {f.name: f for f in views.FIELDS}
