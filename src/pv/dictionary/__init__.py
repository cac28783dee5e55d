"""The data dictionary as code: every field and table once; DDL, comments and docs come from it."""

from pv.dictionary.model import Field, Macro, Table, View
from pv.dictionary.tables import SCHEMAS, TABLES, WORK, table

__all__ = ["SCHEMAS", "TABLES", "WORK", "Field", "Macro", "Table", "View", "table"]
