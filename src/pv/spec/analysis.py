"""The specification of an analysis: everything that is asked, in one object with one digest."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pv.errors import UsageError, meant
from pv.spec import rule as rules
from pv.spec.duplicates import Duplicates
from pv.spec.files import SHIPPED, read
from pv.spec.linkage import Linkage
from pv.spec.receipt import Receipt
from pv.spec.retention import Assumption
from pv.spec.rule import Rule
from pv.spec.sequential import Design
from pv.spec.windows import Plan


class AnalysisSpec(BaseModel):
    """What is asked of the cases. How to compute it (memory, threads) is in the settings.

    `seed` is that of every random number, `rule` decides what is a signal and which products are in
    scope, `duplicates` links the cases of the whole database and `linkage` weighs those of one
    pair; `windows`, `retention` and `sequential` are of the rates by latency window; `receipt` says
    which dates of receipt are believed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Rule
    windows: Plan
    retention: Assumption
    sequential: Design
    duplicates: Duplicates
    linkage: Linkage
    receipt: Receipt = Receipt()
    seed: int = 1

    @classmethod
    def load(
        cls,
        files: Mapping[str, Path] | None = None,
        *,
        rule: str | Path | None = None,
        seed: int = 1,
        horizon: float | None = None,
    ) -> "AnalysisSpec":
        """The specification of some files by the name of their part; as shipped where none is.

        `rule` (a preset's name or a file) and `horizon` (of the sequential design, in expected
        events) go before what the files say. Raises `UsageError` naming the file and what is wrong
        in it.
        """
        given = dict(files or {})
        if unknown := given.keys() - _FILES:
            guess = meant(min(unknown), _FILES)
            raise UsageError(
                f"{given[min(unknown)]}: no part of the specification has this name; "
                f"the parts are {', '.join(sorted(_FILES))}{guess}"
            )

        def file(part: str) -> Path:
            return given.get(part, SHIPPED / f"{part}.toml")

        instead = {} if horizon is None else {"horizon": horizon}
        return cls(
            rule=rules.load(rule or given.get("rule")),
            windows=read(file("windows"), Plan),
            retention=read(file("retention"), Assumption),
            sequential=read(file("sequential"), Design, **instead),
            duplicates=read(file("duplicates"), Duplicates),
            linkage=read(file("linkage"), Linkage),
            receipt=read(file("receipt"), Receipt),
            seed=seed,
        )

    @property
    def digest(self) -> str:
        """SHA-256 of all fields: equal where the same is asked, whatever file says so."""
        said = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def to_json(self) -> str:
        """All fields as JSON; `from_json` reads it back into an equal object."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> "AnalysisSpec":
        """The specification that `to_json` wrote. Raises pydantic's `ValidationError`."""
        return cls.model_validate_json(text)


_FILES = {"rule", "windows", "retention", "sequential", "duplicates", "linkage", "receipt"}
