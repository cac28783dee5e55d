"""Every source, once. To add one: write its module, and name it here."""

from pv.sources import background, exposure, faers, faers_dashboard
from pv.sources.model import Source

SOURCES: tuple[Source, ...] = (
    faers.SOURCE,
    faers_dashboard.SOURCE,
    exposure.SOURCE,
    background.SOURCE,
)
