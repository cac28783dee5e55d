"""Every table once, made of the fields in `pv.dictionary.fields`."""

from pv.dictionary.model import Table
from pv.dictionary.tables.core import CORE
from pv.dictionary.tables.decisions import DECISIONS
from pv.dictionary.tables.evidence import EVIDENCE
from pv.dictionary.tables.history import HISTORY
from pv.dictionary.tables.ledger import LEDGER
from pv.dictionary.tables.ops import OPS
from pv.dictionary.tables.pairs import PAIRS
from pv.dictionary.tables.rates import RATES
from pv.dictionary.tables.staging import STAGING
from pv.dictionary.tables.work import WORK

SCHEMAS = ("staging", "core", "mart", "ops")
TABLES: tuple[Table, ...] = (
    STAGING + CORE + PAIRS + EVIDENCE + RATES + HISTORY + OPS + DECISIONS + LEDGER
)
_BY_NAME = {t.qualified: t for t in (*TABLES, *WORK)}


def table(qualified: str) -> Table:
    """The stored table or work relation of that `schema.name`; KeyError if there is none."""
    return _BY_NAME[qualified]
