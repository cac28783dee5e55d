"""Every source, once. To add one: write its module, and name it here."""

from pv.sources import (
    canada_vigilance,
    daen,
    e2b_r2,
    e2b_r3,
    eudravigilance,
    faers,
    faers_dashboard,
    idap,
    jader,
    openfda,
    own_tables,
    vaers,
    vigimed,
)
from pv.sources.model import Source

SOURCES: tuple[Source, ...] = (
    faers.SOURCE,
    faers_dashboard.SOURCE,
    openfda.SOURCE,
    e2b_r3.SOURCE,
    e2b_r2.SOURCE,
    jader.SOURCE,
    vaers.SOURCE,
    daen.SOURCE,
    canada_vigilance.SOURCE,
    vigimed.SOURCE,
    idap.SOURCE,
    eudravigilance.SOURCE,
    own_tables.EXPOSURE,
    own_tables.BACKGROUND,
)
