"""Every source, once. To add one: write its module, and name it here."""

from pv.sources import faers, faers_dashboard, jader, own_tables
from pv.sources.model import Source

SOURCES: tuple[Source, ...] = (
    faers.SOURCE,
    faers_dashboard.SOURCE,
    jader.SOURCE,
    own_tables.EXPOSURE,
    own_tables.BACKGROUND,
)
