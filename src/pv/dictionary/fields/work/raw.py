"""Fields of the work relations of raw."""

from pv.dictionary.model import Field

FIELDS: tuple[Field, ...] = ()
