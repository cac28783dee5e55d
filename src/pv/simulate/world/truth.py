"""The truth behind simulated files: what was planted, and what the night must say of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class TruthPair:
    """One product-event pair and the verdict the default rule must give it.

    Attributes:
        kind: how the pair came about (`pooled_only`, `simpson_trap`, `null`, `labelled`, ...).
        product: brand, as `Yescarta`.
        substance: active ingredient in lower case, without a US suffix.
        event: the term.
        true_ratio: how many times as often the treated have the event; None for listed reactions.
        expected_verdicts: verdicts of `mart.signal`, of which it has one. Chance decides whether
            the pool or a country sees a listed reaction first; of planted pairs there is one.
        expected_rate_verdict: a verdict of `mart.rate_window` for the pool over the whole time
            since treatment; None without a background rate.
        cases: distinct cases with both, by ISO code of the true country of occurrence.
        without_country: cases with both that are reported without a country.
    """

    kind: str
    product: str
    substance: str
    event: str
    true_ratio: float | None
    expected_verdicts: tuple[str, ...]
    expected_rate_verdict: str | None
    cases: Mapping[str, int]
    without_country: int


@dataclass(frozen=True)
class Truth:
    """What a simulated inbox holds.

    Attributes:
        seed: the seed it was made with.
        cases: distinct cases once versions, deletions and duplicates are settled.
        deleted: published cases that a deleted list takes away.
        duplicates: reports that repeat a case under another case id.
        reports: published reports, every version and duplicate counted.
        pairs: the planted pairs.
    """

    seed: int
    cases: int
    deleted: int
    duplicates: int
    reports: int
    pairs: tuple[TruthPair, ...]


def write_truth(truth: Truth, path: Path) -> None:
    """Write `truth` as JSON, marked as simulated."""
    content = {"simulated": True, **asdict(truth)}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
