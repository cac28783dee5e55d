"""Work relations of core."""

from pv.dictionary.model import Table

CORE: tuple[Table, ...] = ()
