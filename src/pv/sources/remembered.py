"""ops.failed_reading: files that could not be read, by which code and within which limits.

The same bytes would fail again: they are not read before something of it changes.
"""

import hashlib
import json
from dataclasses import astuple

import duckdb

from pv.errors import FileProblemError
from pv.sources.ledger import Line
from pv.sources.limits import Limits
from pv.warehouse.relations import put_row

# These say something of a moment, not of the bytes.
_PASSING = ("unreadable", "changed_while_reading", "reader_killed")


class Remembered:
    """The failures that reading by `code` within `limits` would only repeat."""

    def __init__(self, con: duckdb.DuckDBPyConnection, code: str, limits: Limits) -> None:
        self._con = con
        said = json.dumps([code, astuple(limits)])
        self._fingerprint = hashlib.sha256(said.encode()).hexdigest()
        found = con.execute(
            "select source, name, sha256 from ops.failed_reading where fingerprint = $fingerprint",
            {"fingerprint": self._fingerprint},
        )
        self._known = set(found.fetchall())

    def fails(self, line: Line) -> bool:
        """Whether a line of the ledger says how its file would fail again."""
        return line.status == "failed" and line.key in self._known

    def note(self, line: Line, problem: FileProblemError | None) -> None:
        """What became of a file that was read; in the transaction that writes its line."""
        self._con.execute(
            "delete from ops.failed_reading where source = $source and name = $name",
            {"source": line.source, "name": line.name},
        )
        if problem and line.sha256 and problem.code not in _PASSING:
            source, name, sha256 = line.key
            row = {"source": source, "name": name, "sha256": sha256}
            put_row(self._con, "ops.failed_reading", {**row, "fingerprint": self._fingerprint})
