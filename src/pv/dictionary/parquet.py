"""`docs/parquet-schema.json`: the columns of each Parquet file of a snapshot."""

import json
from collections.abc import Sequence

from pv.dictionary.model import Field, Table

# Physical and converted type of a column, as DuckDB writes it.
TYPES: dict[str, tuple[str, str | None]] = {
    "boolean": ("BOOLEAN", None),
    "integer": ("INT32", "INT_32"),
    "bigint": ("INT64", "INT_64"),
    "ubigint": ("INT64", "UINT_64"),
    "double": ("DOUBLE", None),
    "date": ("INT32", "DATE"),
    "timestamp": ("INT64", "TIMESTAMP_MICROS"),
    "varchar": ("BYTE_ARRAY", "UTF8"),
    "json": ("BYTE_ARRAY", "JSON"),
}


def schema(table: Table) -> list[dict[str, object]]:
    """The columns of one file, in their order; a list says what its elements are."""
    return [_column(field) for field in table.fields]


def render(tables: Sequence[Table]) -> str:
    """The page: a file a table, a line a column."""
    files = (
        f"  {json.dumps(table.qualified + '.parquet')}: [\n"
        + ",\n".join(f"    {json.dumps(column)}" for column in schema(table))
        + "\n  ]"
        for table in tables
    )
    return "{\n" + ",\n".join(files) + "\n}\n"


def _column(field: Field) -> dict[str, object]:
    element = field.type.removesuffix("[]")
    physical, converted = TYPES[element]
    return {
        "name": field.name,
        "is_list": element != field.type,
        "physical_type": physical,
        "converted_type": converted,
        "may_be_null": not field.required,
    }
