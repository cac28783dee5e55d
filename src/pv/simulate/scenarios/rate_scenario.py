"""A rare late harm among treated patients of several countries: the scenario and its draw.

One draw serves both who writes a scenario's files and who scores many replicates of it without
files, so that both speak of the same patients. Days are counted from the day the therapy was
first given anywhere; they are not rounded.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

DAYS_A_YEAR: Final = 365.25
DAYS_A_MONTH: Final = DAYS_A_YEAR / 12
EVER: Final = float("inf")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RateScenario:
    """What is true of a therapy, and the sequential design that watches it.

    Attributes:
        product, event: as the vocabulary knows them.
        countries: K countries with shares of the patients in proportion to 1, 1/2, ..., 1/K.
        patients: treated in all, each on a day uniform over the first `accrual_years`.
        end_year: observation ends; nobody is lost before.
        risk: probability of the harm; its onset is lognormal after treatment with the median
            `onset_median_months` and `onset_sigma` on the log scale.
        background: events per person-year since treatment that are expected without the harm.
        background_occurs: events come at that rate, too (else only harmed patients have one).
        horizon: expected events up to which a chain looks, the same for pool and countries.
        minimum: fewest events that signal.
        alpha: error of one chain, shared equally by the windows.
        windows: latency windows in days since treatment, each (above, up to and including).
    """

    name: str
    product: str
    event: str
    countries: int
    patients: int
    accrual_years: float
    end_year: float
    risk: float
    onset_median_months: float
    onset_sigma: float
    background: float
    background_occurs: bool
    horizon: float
    minimum: int
    alpha: float = 0.05
    windows: tuple[tuple[float, float], ...] = ((0.0, EVER),)

    @property
    def shares(self) -> Floats:
        """Shares of the patients, shape (K,)."""
        weights = 1 / np.arange(1, self.countries + 1)
        return weights / weights.sum()

    @property
    def end_day(self) -> float:
        """The last day of observation."""
        return self.end_year * DAYS_A_YEAR

    def null(self) -> "RateScenario":
        """The same therapy without the harm: events come at the background rate and no more."""
        return replace(self, name=f"{self.name}_null", risk=0.0, background_occurs=True)


# Progressive multifocal leukoencephalopathy after CD19 CAR-T: some 0.9 per 1,000 recipients,
# median onset 8 months. The published scenario of METHODS, part 11.
PML_LIKE: Final = RateScenario(
    name="pml_like",
    product="YESCARTA",
    event="Progressive multifocal leukoencephalopathy",
    countries=10,
    patients=8_000,
    accrual_years=6.0,
    end_year=8.0,
    risk=0.0009,
    onset_median_months=8.0,
    onset_sigma=0.6,
    background=2e-5,
    background_occurs=False,
    horizon=1.0,
    minimum=3,
)

# T-cell malignancy after CAR-T: 38 among some 42,500 treated (EMA 2024), here with a median onset
# of two and a half years, looked for in the windows that start at 90 days or later. The background
# is about the incidence of T-cell lymphoma in a general population, 2 per 100,000 person-years; it
# is an assumption. Two cases of a designated late event are enough to signal.
T_CELL_LYMPHOMA_LIKE: Final = RateScenario(
    name="t_cell_lymphoma_like",
    product="CARVYKTI",
    event="T-cell lymphoma",
    countries=20,
    patients=42_500,
    accrual_years=8.0,
    end_year=12.0,
    risk=38 / 42_500,
    onset_median_months=30.0,
    onset_sigma=0.6,
    background=2e-5,
    background_occurs=True,
    horizon=5.0,
    minimum=2,
    windows=((90.0, 365.0), (365.0, 730.0), (730.0, 1_826.0), (1_826.0, 3_652.0)),
)

SCENARIOS: Final = {each.name: each for each in (PML_LIKE, T_CELL_LYMPHOMA_LIKE)}


@dataclass(frozen=True)
class Treated:
    """Patients of one population (shape (N,)) or of R replicates (shape (R, N)).

    Attributes:
        country: index of the country, 0 the largest.
        treated_day: day of the treatment.
        harmed: has the harm, some day.
        onset_day: its onset, nan without harm; may lie after the end of observation.
        background_day: first event that would have come anyway, nan if none by the end of
            observation. (A second one, at rates of 1e-4 a year, is not worth its memory.)
    """

    country: NDArray[np.int8]
    treated_day: Floats
    harmed: NDArray[np.bool_]
    onset_day: Floats
    background_day: Floats


def draw(
    scenario: RateScenario, rng: np.random.Generator, replicates: int | None = None
) -> Treated:
    """Draw the patients of a scenario once, or `replicates` times independently."""
    shape = (scenario.patients,) if replicates is None else (replicates, scenario.patients)
    ladder = np.cumsum(scenario.shares)[:-1]
    country = np.searchsorted(ladder, rng.random(shape), side="right").astype(np.int8)
    treated = rng.uniform(0, scenario.accrual_years * DAYS_A_YEAR, shape)

    harmed = rng.random(shape) < scenario.risk
    onset = np.full(shape, np.nan)
    median = np.log(scenario.onset_median_months * DAYS_A_MONTH)
    latency = rng.lognormal(median, scenario.onset_sigma, int(harmed.sum()))
    onset[harmed] = treated[harmed] + latency

    background = np.full(shape, np.nan)
    if scenario.background_occurs:
        came = treated + rng.exponential(DAYS_A_YEAR / scenario.background, shape)
        background = np.where(came <= scenario.end_day, came, np.nan)
    return Treated(country, treated, harmed, onset, background)
