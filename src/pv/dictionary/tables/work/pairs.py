"""Work relations of pairs."""

from pv.dictionary.model import Table

PAIRS: tuple[Table, ...] = ()
