"""Make a table from the names of its columns."""

from pv.dictionary.fields import FIELDS
from pv.dictionary.model import Field, Table


def made(qualified: str, grain: str, columns: str, *, key: str = "", beware: str = "") -> Table:
    """A table from its column names; a name ending in `!` may not be null."""
    schema, name = qualified.split(".")
    fields: list[Field] = []
    for word in columns.split():
        found = FIELDS[word.rstrip("!")]
        fields.append(found.must() if word.endswith("!") else found)
    return Table(schema, name, grain, tuple(fields), beware, tuple(key.split()))
