"""Every source, once. To add one: write its module, and name it here."""

from pv.sources import daen, faers, faers_dashboard, jader, own_tables, vaers
from pv.sources.model import Source

SOURCES: tuple[Source, ...] = (
    faers.SOURCE,
    faers_dashboard.SOURCE,
    jader.SOURCE,
    vaers.SOURCE,
    daen.SOURCE,
    own_tables.EXPOSURE,
    own_tables.BACKGROUND,
)
