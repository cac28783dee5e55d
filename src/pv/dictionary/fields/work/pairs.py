"""Fields of the work relations of pairs."""

from pv.dictionary.model import Field

FIELDS: tuple[Field, ...] = ()
