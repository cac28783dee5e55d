"""Fields of the work relations of rates."""

from pv.dictionary.model import Field

FIELDS: tuple[Field, ...] = ()
