"""Contents of cases: patients, drugs, reactions and outcomes, as a country's habits draw them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pv.simulate.world import given
from pv.simulate.world.catalogue import THERAPIES, substance_spellings, therapy_spellings
from pv.simulate.world.placement import NONE, Placement
from pv.simulate.world.plan import Plan
from pv.simulate.world.world import World, draw

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SPELLINGS = 4
SPELLING_SHARES = (0.65, 0.20, 0.10, 0.05)
ROUTES = ("Oral", "Intravenous (not otherwise specified)", "Subcutaneous", None, "Oral", "Unknown")
UNKNOWN_INDICATION = "Product used for unknown indication"
MEAN_FURTHER_DRUGS = 3
MEAN_FURTHER_REACTIONS = 2
# A background substance causes one of its own reactions in this share of its cases.
OWN_REACTION_SHARE = 0.35
OUTCOME_SHARES = {
    "DE": 0.06, "LT": 0.05, "HO": 0.30, "DS": 0.03, "CA": 0.004, "RI": 0.003, "OT": 0.45,
}  # fmt: skip


def patients(placed: Placement, rng: np.random.Generator) -> pl.DataFrame:
    """Sex, age, weight and reporter's occupation: one row a case, gaps as in the real files."""
    n = placed.product.size
    treated = placed.product != NONE
    mean_age = np.array([*(therapy.age_years for therapy in THERAPIES), 55.0])[placed.product]
    spread = np.where(treated, mean_age / 5, 20.0)
    years = np.clip(rng.normal(mean_age, spread), 0.1, 99.0)
    infant = years < 2
    decade = ~infant & (rng.random(n) < 0.005)
    age = np.where(infant, years * 12, np.where(decade, years / 10, years)).astype(np.int64)
    known = (rng.random(n) < np.where(treated, 0.9, 0.65)) | (placed.joint_pair != NONE)
    group = np.searchsorted([0.08, 2.0, 12.0, 18.0, 65.0], years)
    group_known = rng.random(n) < 0.3
    weight = np.clip(rng.normal(np.minimum(4 + 4 * years, 74), 8), 3, 150).astype(np.int64)
    weight_known = rng.random(n) < 0.25
    return pl.DataFrame(
        {
            "sex": _pick(("F", "M", None, "UNK", "NS"), (0.52, 0.38, 0.09, 0.008, 0.002), n, rng),
            "age": _where(known, age),
            "age_unit": _where(
                known, _gather(("YR", "MON", "DEC"), np.where(infant, 1, np.where(decade, 2, 0)))
            ),
            "age_group": _where(group_known, _gather(tuple("NICTAE"), group)),
            "weight_kg": _where(weight_known, weight),
            "occupation": _pick(
                ("CN", "MD", "HP", "PH", "LW", None), (0.35, 0.30, 0.20, 0.10, 0.01, 0.04), n, rng
            ),
        }
    )


def drugs(
    world: World, placed: Placement, administered: Ints, rng: np.random.Generator
) -> tuple[pl.DataFrame, Ints]:
    """Drugs of every case, about 4 each, and the primary suspect substance of every case.

    `administered` (N) is the day (since 1970) of the primary suspect's administration. A therapy
    case has its therapy as primary suspect; now and then another case names one as concomitant.
    What is told of administrations is drawn aside, so that it leaves other draws as they are.
    """
    (aside_rng,) = rng.spawn(1)
    n = placed.country.size
    counts = 1 + np.minimum(rng.geometric(1 / (1 + MEAN_FURTHER_DRUGS), n) - 1, 40)
    case = np.repeat(np.arange(n), counts)
    first = np.cumsum(counts) - counts
    seq = np.arange(case.size) - first[case] + 1
    code = draw(world.substance_cdf, placed.country[case], rng)
    main_substance = code[first]
    role = np.searchsorted(np.cumsum([0.25, 0.01]), rng.random(case.size)) + 1
    role[first] = 0
    therapy = np.where(seq == 1, placed.product[case], NONE)
    aside = (role == 3) & (rng.random(case.size) < 0.0003)
    therapy[aside] = rng.integers(0, len(THERAPIES), aside.sum())
    is_therapy = therapy != NONE
    suspect = role < 3
    joint = (seq == 1) & (placed.joint_pair[case] != NONE)

    spelling = _choose(SPELLING_SHARES, case.size, rng)
    name = SPELLINGS * np.where(is_therapy, world.substances + therapy, code) + spelling
    names = [
        *(entry for number in range(world.substances) for entry in substance_spellings(number)),
        *(entry for each in THERAPIES for entry in therapy_spellings(each)),
    ]
    known = (rng.random(case.size) < np.where(is_therapy, 0.75, 0.4)) | joint
    started = administered[case] - np.where(seq == 1, 0, rng.geometric(1 / 90, case.size))
    precision = np.where(joint, 0, _choose((0.75, 0.15, 0.10), case.size, rng))
    lot = np.where(is_therapy, 10**6 + case, code * 50 + rng.integers(0, 50, case.size))
    lot_known = suspect & (rng.random(case.size) < np.where(is_therapy, 0.5, 0.2))
    indication = np.where(
        is_therapy, 41 + therapy, np.where(rng.random(case.size) < 0.4, 0, 1 + code % 40)
    )
    indications = (
        UNKNOWN_INDICATION,
        *(f"Simulated indication {number:02d}" for number in range(1, 41)),
        *(each.indication for each in THERAPIES),
    )
    routes = (*ROUTES, *(each.route for each in THERAPIES))
    further_doses = np.where(
        suspect & (rng.random(case.size) < 0.12), rng.geometric(0.5, case.size), 0
    )
    ended, end_known = given.ends(started, administered[case], is_therapy, aside_rng)
    group = np.select([role == 0, role < 3], [0, 1], 2)
    frame = pl.DataFrame(
        {
            "case": case.astype(np.int32),
            "drug_seq": seq.astype(np.int16),
            "role": _gather(("PS", "SS", "I", "C"), role),
            "drugname": _gather([drugname for drugname, _ in names], name),
            "prod_ai": _gather([active for _, active in names], name),
            "route": _gather(
                routes, np.where(is_therapy, len(ROUTES) + therapy, code % len(ROUTES))
            ),
            "lot": _where(lot_known, lot),
            "start": _where(known, digits(started, precision)),
            "end": _where(known & end_known, digits(ended, precision)),
            "doses": (1 + further_doses).astype(np.uint8),
            "indication": _where(
                suspect | (rng.random(case.size) < 0.4), _gather(indications, indication)
            ),
        }
    ).with_columns(
        lot=pl.when(pl.col("lot").is_not_null()).then(pl.format("SIMLOT-{}", pl.col("lot")))
    )
    told = given.told(group, code, is_therapy, aside_rng)
    return pl.concat([frame, told], how="horizontal"), main_substance


def reactions(
    world: World, plan: Plan, placed: Placement, main_substance: Ints, rng: np.random.Generator
) -> pl.DataFrame:
    """Reactions of every case, about 3 each: habits, listed reactions and planted events.

    Some reports of a therapy name listed reactions and nothing else.
    """
    n = placed.country.size
    counts = 1 + rng.poisson(MEAN_FURTHER_REACTIONS, n)
    background_case = np.repeat(np.arange(n), counts)
    background = draw(world.event_cdf, placed.country[background_case], rng)
    first = np.cumsum(counts) - counts
    own = (placed.product == NONE) & (rng.random(n) < OWN_REACTION_SHARE)
    which = rng.integers(0, world.own_reactions.shape[1], n)
    background[first[own]] = world.own_reactions[main_substance[own], which[own]]
    late = np.zeros(background.size, dtype=bool)
    late[(first + counts - 1)[counts > 1]] = True

    told = ~placed.labelled.alone[background_case]
    background_case, background, late = background_case[told], background[told], late[told]
    case = np.concatenate([background_case, placed.labelled.case, placed.planted_case])
    planted = len(world.events) + placed.planted_pair
    event = np.concatenate([background, placed.labelled.event, planted])
    late = np.append(late, np.zeros(case.size - late.size, dtype=bool))
    # A case names a term once; the first mention wins, which is never the late one.
    n_terms = len(world.events) + len(plan.pairs)
    key, mention = np.unique(case * n_terms + event, return_index=True)
    terms = (*world.events, *(pair.event for pair in plan.pairs))
    return pl.DataFrame(
        {
            "case": (key // n_terms).astype(np.int32),
            "pt": _gather(terms, key % n_terms),
            "late": late[mention],
        }
    )


def outcomes(cases: int, rng: np.random.Generator) -> pl.DataFrame:
    """Seriousness outcomes, none to several a case."""
    hits = [np.flatnonzero(rng.random(cases) < share) for share in OUTCOME_SHARES.values()]
    case = np.concatenate(hits)
    code = np.repeat(np.arange(len(hits)), [hit.size for hit in hits])
    order = np.lexsort((code, case))
    return pl.DataFrame(
        {
            "case": case[order].astype(np.int32),
            "outc_cod": _gather(tuple(OUTCOME_SHARES), code[order]),
        }
    )


def digits(day: Ints, precision: Ints) -> Ints:
    """Days since 1970 as YYYYMMDD (precision 0), YYYYMM (1) or YYYY (2)."""
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    of_month = (dates - months).astype(np.int64) + 1
    year_month = year * 100 + month
    return np.choose(precision, [year_month * 100 + of_month, year_month, year])


def _choose(shares: Sequence[float], size: int, rng: np.random.Generator) -> Ints:
    """Indices 0, 1, ... with the given shares, the last taking what rounding leaves."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(size), side="right")


def _pick(
    values: Sequence[str | None], shares: Sequence[float], size: int, rng: np.random.Generator
) -> pl.Series:
    return _gather(values, _choose(shares, size, rng))


def _gather(values: Sequence[str | None], index: Ints) -> pl.Series:
    return pl.Series(values, dtype=pl.String).gather(index)


def _where(known: Flags, values: Ints | pl.Series) -> pl.Series:
    """`values` where known, null elsewhere."""
    missing = pl.Series([None], dtype=pl.Series(values).dtype)
    return pl.Series(values).zip_with(pl.Series(known), missing)
