"""Relations of the schema `work`: what crosses a file or a language, for one connection only."""

from pv.dictionary.model import Table
from pv.dictionary.tables.work.core import CORE
from pv.dictionary.tables.work.count import COUNT
from pv.dictionary.tables.work.decisions import DECISIONS
from pv.dictionary.tables.work.gate import GATE
from pv.dictionary.tables.work.pairs import PAIRS
from pv.dictionary.tables.work.rates import RATES
from pv.dictionary.tables.work.raw import RAW

ROOMS = {
    "raw": RAW, "gate": GATE, "core": CORE, "count": COUNT, "pairs": PAIRS, "rates": RATES,
    "decisions": DECISIONS,
}  # fmt: skip
WORK: tuple[Table, ...] = tuple(table for room in ROOMS.values() for table in room)
