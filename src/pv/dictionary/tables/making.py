"""Make a table from the names of its columns."""

from pv.dictionary.fields import FIELDS
from pv.dictionary.model import Durability, Field, Table


def made(  # noqa: PLR0913 - the parts of a table
    qualified: str,
    grain: str,
    columns: str,
    *,
    key: str = "",
    beware: str = "",
    durability: Durability | None = None,
) -> Table:
    """A table from its column names; a name ending in `!` may not be null.

    Without `durability` it is received in staging and derived elsewhere.
    """
    schema, name = qualified.split(".")
    fields: list[Field] = []
    for word in columns.split():
        found = FIELDS[word.rstrip("!")]
        fields.append(found.must() if word.endswith("!") else found)
    lasts = durability or ("received" if schema == "staging" else "derived")
    return Table(schema, name, grain, tuple(fields), beware, tuple(key.split()), lasts)
