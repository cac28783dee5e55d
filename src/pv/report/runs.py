"""What ran on what: the one row of ops.run, and where the snapshot says that data are simulated."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from pv.errors import PublishError
from pv.report import words

_RUN = """
select run_id, as_of, code_version, fingerprint, seed, what_if, settings, rules, inputs, versions
from ops.run
"""

# Simulated files say so in every sender, in the exposure's quality or reference and in file names.
SIMULATED = """
select
    (select count(*) from core.case where contains(lower(sender), 'simulated')) as cases,
    (
        select count(*)
        from core.exposure
        where contains(lower(concat_ws(' ', quality, reference)), 'simulated')
    ) as exposures,
    (
        select count(*)
        from core.background_rate
        where contains(lower(reference), 'simulated')
    ) as background_rates,
    (select count(*) from ops.source_file where contains(lower(name), 'simulated')) as files
"""

# Columns of reference risks where the run's rule names none (Rule.reference_rr has these).
_RISKS = (2.0, 5.0, 10.0)
_SCOPE = ("advanced_therapies",)
_ROLES = ("primary_suspect", "suspect", "interacting")


@dataclass(frozen=True, slots=True)
class Run:
    """What ran on what. The four mappings are as the night wrote them."""

    run_id: str
    as_of: date
    code_version: str
    fingerprint: str
    seed: int
    what_if: bool
    settings: Any
    rules: Any
    inputs: Any
    versions: Any

    @property
    def rule(self) -> str:
        """The rule as its author describes it; without a description, its settings one by one."""
        if isinstance(self.rules, dict) and self.rules.get("description"):
            return str(self.rules["description"])
        return "; ".join(f"{name} = {value}" for name, value in words.facts(self.rules))

    @property
    def scope(self) -> str:
        """The products whose lists have an error; those of a rule that does not name them."""
        return words.listing([words.SCOPES.get(n) or str(n) for n in self._asked("scope", _SCOPE)])

    @property
    def references(self) -> list[str]:
        """The reference relative risks as heads of columns."""
        return [f"{rr:g}" for rr in self._asked("reference_rr", _RISKS)]

    @property
    def roles(self) -> list[str]:
        """The roles in which a product counts."""
        return list(self._asked("roles", _ROLES))

    def _asked(self, name: str, default: tuple[Any, ...]) -> Any:
        return self.rules.get(name, default) if isinstance(self.rules, dict) else default


@dataclass(frozen=True, slots=True)
class Simulated:
    """Where the snapshot says that data are simulated."""

    cases: int
    exposures: int
    background_rates: int
    files: int

    @property
    def any(self) -> bool:
        """Something in the snapshot is simulated."""
        return bool(self.cases or self.exposures or self.background_rates or self.files)


def read(con: duckdb.DuckDBPyConnection) -> Run:
    """The run of the snapshot; raises PublishError where it does not hold exactly one."""
    runs = con.execute(_RUN).fetchall()
    if len(runs) != 1:
        raise PublishError(f"the snapshot holds {len(runs)} runs in ops.run, the report needs one")
    *plain, settings, rules, inputs, versions = runs[0]
    return Run(*plain, *(json.loads(text) for text in (settings, rules, inputs, versions)))
