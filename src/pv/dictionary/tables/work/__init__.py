"""Relations of the schema `work`: what crosses a file or a language, for one connection only."""

from pv.dictionary.tables.work.core import CORE
from pv.dictionary.tables.work.count import COUNT
from pv.dictionary.tables.work.pairs import PAIRS
from pv.dictionary.tables.work.rates import RATES
from pv.dictionary.tables.work.raw import RAW

WORK = (*RAW, *CORE, *COUNT, *PAIRS, *RATES)
