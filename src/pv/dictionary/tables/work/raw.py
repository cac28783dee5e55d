"""Work relations of raw."""

from pv.dictionary.model import Table

RAW: tuple[Table, ...] = ()
