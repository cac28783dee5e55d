"""The content of the report: one frozen record for each thing the page shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pv.report.case_alerts import CaseAlerts
from pv.report.latency import Latency

PARTS = (
    "advanced", "advanced_watch", "advanced_listed", "advanced_aside",
    "other", "other_watch", "other_listed", "other_aside",
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Signal:
    """A flagged pair in the list; `part` is one of `PARTS`, `place` its place in that part.

    `q` is the q-value by which it is confirmed or not; None for a product outside the scope. The
    last four are of listed reactions only.
    """

    part: str
    place: int
    rank: int | None
    product: str
    atmp_class: str
    event: str
    event_kind: str
    verdict: str
    reasons: list[str]
    n: int
    expected: float
    ic: float
    ic025: float
    ror: float | None
    ror025: float | None
    family: str | None
    p_value: float | None
    q: float | None
    heterogeneous: bool | None
    n_countries: int
    effective_countries: float | None
    top_country: str | None
    top_share: float | None
    loco_fragility: int | None
    any_country_power: float | None
    pool_power: float | None
    first_confirmed: date | None
    first_country: date | None
    gain_days: int | None
    gain_censored: bool | None
    designated: bool
    folded: list[dict[str, Any]]
    n_last_year: int | None = None
    n_year_before: int | None = None
    n_fatal_new: int | None = None
    new_countries: list[str] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells one pair from another."""
        return self.product, self.event, self.event_kind


@dataclass(frozen=True, slots=True)
class Pooled:
    """All strata of a pair: stratified statistics, and the crude ones of the collapsed table."""

    key: int
    n: int
    n_product: int
    n_event: int
    n_cases: int
    expected: float
    ic: float
    ic025: float
    ic975: float
    ror: float | None
    ror025: float | None
    ror975: float | None
    prr: float | None
    chi2_yates: float | None
    crude_expected: float
    crude_ic: float
    crude_ic025: float
    crude_ror: float | None
    crude_ror025: float | None
    crude_prr: float | None
    crude_chi2_yates: float | None
    flagged: bool

    @property
    def crude(self) -> tuple[int, int, int, int]:
        """The cells a, b, c, d of the collapsed table."""
        return (
            self.n,
            self.n_product - self.n,
            self.n_event - self.n,
            self.n_cases - self.n_product - self.n_event + self.n,
        )


@dataclass(frozen=True, slots=True)
class Stratum:
    """A country (or a stratum without one) where product and event both occur.

    The interval is absent where no case has both (a = 0): the snapshot does not hold it.
    """

    key: int
    stratum: str
    name: str
    is_country: bool
    a: int
    b: int
    c: int
    d: int
    expected: float
    ic: float | None
    ic025: float | None
    ic975: float | None
    ror025: float | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A region with at least one case of the pair, stratified by country inside it."""

    key: int
    region: str
    n: int
    expected: float
    ic: float
    ic025: float
    ic975: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class Chance:
    """What a country could have seen of a pair that the pool flags.

    `needed` is None where no number of cases would do; the probabilities are those of the pool's
    estimate, of its lower limit and of the rule's three reference relative risks.
    """

    key: int
    country: str
    name: str
    a: int
    expected: float
    excess: float
    needed: int | None
    at_estimate: float
    at_lower: float
    at_references: list[float]


@dataclass(frozen=True, slots=True)
class Variant:
    """A pair in scope on fewer cases, and whether the rule holds on them."""

    key: int
    variant: str
    n: int
    expected: float
    ic025: float
    stands: bool


@dataclass(frozen=True, slots=True)
class Permutation:
    """Pairs of advanced therapies called pooled only, observed or in permuted cases."""

    kind: str
    draws: int
    pairs: float
    flagged: float
    pooled_only: float
    sd: float | None


@dataclass(frozen=True, slots=True)
class ListError:
    """Pairs of a family on a list, and how many of them chance is expected to bring.

    `permutation_mean` are those that broken links bring, None without a draw; `exceeds` tells that
    they are more than expected, beyond the error of the draws.
    """

    family: str
    list: str
    rows: int
    expected: float
    permutation_mean: float | None
    permutation_sd: float | None
    exceeds: bool
    per_year: float


@dataclass(frozen=True, slots=True)
class Rate:
    """Cases per 1,000 patients treated, with Garwood's limits."""

    key: int
    pooled: bool
    name: str
    n: int
    patients: float
    rate: float
    rate_lower: float
    rate_upper: float


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Two cases of a pair that may be one person's, though no rule links them."""

    key: int
    case_id: int
    other_case_id: int
    match_probability: float
    agreement: list[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Everything that is shown of one flagged pair; `number` is its place on the page."""

    number: int
    signal: Signal
    pooled: Pooled
    strata: list[Stratum]
    regions: list[Region]
    rates: list[Rate]
    chances: list[Chance]
    variants: list[Variant]
    possible_duplicates: list[PossibleDuplicate]

    @property
    def silent(self) -> list[Stratum]:
        """Countries that have the product and the event, but no case of both."""
        return [s for s in self.strata if s.is_country and s.a == 0]


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """Pairs of a verdict, of advanced therapies or of other medicines."""

    verdict: str
    advanced: bool
    pairs: int


@dataclass(frozen=True, slots=True)
class File:
    """A file received; rows_read = rows_kept + rows_quarantined."""

    source: str
    name: str
    sha256: str | None
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    status: str
    message: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for a person's word, while what was before stays in use."""

    kind: str
    source: str
    name: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class QuarantineRule:
    """Rows of a source that broke a rule, with the reason given for one of them."""

    source: str
    rule: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Check:
    """An expectation and how it went."""

    suite: str
    rule: str
    severity: str
    success: bool
    rows_checked: int | None
    rows_failed: int | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases known, and those that count: duplicates set aside, country masked or unknown."""

    cases: int
    counted: int
    masked: int
    unknown: int
    countries: int


@dataclass(frozen=True, slots=True)
class Linked:
    """Pairs of cases by what links them: one for counting, or two; and those a person decided."""

    match_rule: str
    one: int
    two: int
    decided: int


@dataclass(frozen=True, slots=True)
class Rightness:
    """Of simulated persons told of twice: pairs that evidence links, and pairs there are."""

    country: str
    sources: str
    n_linked: int
    n_right: int
    n_told: int
    n_found: int


@dataclass(frozen=True, slots=True)
class Basis:
    """Counted cases whose country was taken from one field."""

    country_basis: str
    cases: int


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


@dataclass(frozen=True, slots=True)
class SourceCases:
    """Counted cases of a source, and the strata in which they stand: the first dozen by name."""

    source: str
    cases: int
    strata: int
    named: str
    more: int


@dataclass(frozen=True, slots=True)
class Reissue:
    """A file that came again with other bytes, and what changed; None where it is not known."""

    source: str
    name: str
    compared_by: str
    rows_before: int
    rows_after: int
    n_added: int | None
    n_withdrawn: int | None
    n_changed: int | None


@dataclass(frozen=True, slots=True)
class QuarterDifference:
    """A figure of a FAERS quarter that is not as quarter_facts.csv states it."""

    quarter: str
    figure: str
    found: int
    stated: int
    reference: str


@dataclass(frozen=True, slots=True)
class Drift:
    """An event that stops where another begins with the same products."""

    source: str
    old_event: str
    new_event: str
    last_seen: date
    first_seen: date
    n_old: int
    n_new: int
    product_similarity: float


@dataclass(frozen=True, slots=True)
class Drugs:
    """How many of the drug rows of a source were led to a known ingredient."""

    source: str
    drug_rows: int
    resolved_rows: int
    unresolved_rows: int
    no_drug_rows: int
    resolved_share: float | None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A name of a drug that was led to none."""

    source: str
    drug_name: str
    drug_rows: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What came in, what was held back and why."""

    files: list[File]
    held: list[Held]
    reissues: list[Reissue]
    quarters: list[QuarterDifference]
    drift: list[Drift]
    drugs: list[Drugs]
    unresolved: list[Unresolved]
    quarantine: list[QuarantineRule]
    validation: list[Check]
    cases: Cases
    bases: list[Basis]
    sources: list[SourceCases]
    linked: list[Linked]
    weighed: list[str]
    rightness: list[Rightness]
    simulated: Simulated


@dataclass(frozen=True, slots=True)
class Report:
    """The whole content of the page."""

    run: Run
    verdicts: list[VerdictCount]
    signals: dict[str, list[Signal]]
    pairs: list[Pair]
    permutations: dict[str, Permutation]
    errors: list[ListError]
    latency: Latency
    alerts: CaseAlerts
    quality: Quality

    def count(self, *verdicts: str, advanced: bool | None = None) -> int:
        """Pairs of some verdicts; of advanced therapies or of the others only, when asked."""
        return sum(
            v.pairs
            for v in self.verdicts
            if v.verdict in verdicts and advanced in (None, v.advanced)
        )

    def listed(self, name: str) -> int:
        """Pairs in scope on a list whose error is known."""
        return sum(e.rows for e in self.errors if e.list == name)

    def expected(self, name: str) -> float:
        """Of these, how many chance is expected to bring."""
        return sum(e.expected for e in self.errors if e.list == name)

    def per_year(self, name: str) -> float:
        """How many false ones are expected to come new to a list in a year."""
        return sum(e.per_year for e in self.errors if e.list == name)
