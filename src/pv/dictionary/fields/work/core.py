"""Fields of the work relations of core."""

from pv.dictionary.model import Field

FIELDS: tuple[Field, ...] = ()
