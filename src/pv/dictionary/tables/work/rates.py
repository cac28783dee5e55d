"""Work relations of rates."""

from pv.dictionary.model import Table

RATES: tuple[Table, ...] = ()
