"""The evidence beside a verdict: what each country could have seen, and the permutation null."""

import math
from datetime import date

import numpy as np
import pytest
from scipy import stats

from pv.counts import counts as counting
from pv.night.judge import judge
from pv.pairs import permutation_null
from pv.pairs.bayes import Prior
from pv.pairs.decision import Decision
from pv.spec import AnalysisSpec
from pv.stats import information, stratified
from pv.warehouse.connect import connect

SMALL = ("DE", "FR", "IT", "ES", "PT", "AT")
# Verdicts of pairs that meet conditions 1 to 3: later conditions may have renamed some.
FIRST_THREE = ("pooled_only", "duplicate_sensitive", "watch", "stimulated", "country_unknown")

_SMALL = """
    times | country | drugs   | events
    1     | {0}     | KYMRIAH | Deafness
    6     | {0}     | KYMRIAH | Nausea
    3     | {0}     | ASPIRIN | Deafness
    400   | {0}     | ASPIRIN | Nausea
"""
_BIG = """
    times | country | drugs   | events
    {0}   | US      | KYMRIAH | Deafness
    {1}   | US      | KYMRIAH | Nausea
    {2}   | US      | ASPIRIN | Deafness
    {3}   | US      | ASPIRIN | Nausea
"""


def small_and_big(world, *big: int) -> None:
    for country in SMALL:
        world.report(_SMALL.format(country))
    if big:
        world.report(_BIG.format(*big))


def deafness(world, columns: str) -> list[tuple]:
    return world.all(
        f"select {columns} from mart.signal where product = 'Kymriah' and event = 'Deafness'"
    )


def chances(world, where: str) -> list[tuple]:
    return world.all(
        "select country, a, expected, excess, critical_count, p_at_estimate, p_at_lower, "
        "p_at_small_rr, p_at_medium_rr, p_at_large_rr from mart.country_power "
        f"where product = 'Kymriah' and event = 'Deafness' and {where} order by country"
    )


def poisson_at_least(n: int, mean: float) -> float:
    return float(stats.poisson.sf(n - 1, mean))


def test_none_of_six_small_countries_could_have_seen_it(world) -> None:
    small_and_big(world)
    world.signals()
    [(detectable, best, power, any_country, pool, needed, reasons)] = deafness(
        world, "detectable, best_country, best_country_power, any_country_power, pool_power, "
        "critical_count, reasons",
    )  # fmt: skip
    # 7 * 4 / 410 expected in each; at n/E each has a mean of 1, and three are needed
    one = poisson_at_least(3, 1)
    assert (detectable, best) == (False, "AT")
    assert power == pytest.approx(one)
    assert any_country == pytest.approx(1 - (1 - one) ** 6)
    # against .41 expected three are too few: their IC025 is log2(.845 / .91)
    assert (needed, pool) == (4, pytest.approx(poisson_at_least(4, 6)))
    assert (
        "No single country could have been expected to see this: at the pooled estimate the best "
        "placed, AT, would flag with a probability of 8% (3 cases needed where 0.07 are expected)."
    ) in reasons


def test_a_big_country_could_have_seen_it(world) -> None:
    """4 where 1 is expected do not flag in the US, 5 would: P(X >= 5) = .83 at the pool's 7.1."""
    small_and_big(world, 4, 36, 96, 3864)
    world.signals()
    estimate = 10 / (1 + 6 * 28 / 410)
    [(verdict, detectable, best, power, reasons)] = deafness(
        world, "verdict, detectable, best_country, best_country_power, reasons"
    )
    assert (verdict, detectable, best) == ("pooled_only", True, "US")
    assert power == pytest.approx(poisson_at_least(5, estimate))
    assert (
        "At the pooled estimate US would flag with a probability of 83% "
        "(5 cases needed where 1.00 are expected), and does not."
    ) in reasons


def test_every_relative_risk_has_its_probability(world) -> None:
    small_and_big(world, 4, 36, 96, 3864)
    world.signals()
    estimate = 10 / (1 + 6 * 28 / 410)
    ((ic025,),) = deafness(world, "ic025")
    [us] = chances(world, "country = 'US'")
    assert us[:5] == ("US", 4, pytest.approx(1), pytest.approx(3), 5)
    assert us[5:] == pytest.approx([
        poisson_at_least(5, rr) for rr in (estimate, 2**ic025, 2, 5, 10)
    ])  # fmt: skip


def test_a_rule_without_the_ic_takes_the_exact_lower_limit(world) -> None:
    small_and_big(world)
    world.signals("evans")
    [(_, _, expected, *_, needed, _, at_lower, _, _, _)] = chances(world, "country = 'DE'")
    lower = stats.chi2.ppf(0.025, 2 * 6) / 2 / (6 * 28 / 410)
    assert at_lower == pytest.approx(poisson_at_least(needed, lower * expected))


def test_countries_with_the_product_and_no_case_of_both_are_looked_at_too(world) -> None:
    small_and_big(world)
    world.report("""
        times | country | drugs   | events
        5     | JP      | KYMRIAH | Nausea
        5     | JP      | ASPIRIN | Deafness
        490   | JP      | ASPIRIN | Nausea
        5     | CA      | KYMRIAH | Nausea
        495   | CA      | ASPIRIN | Nausea
        500   | GB      | ASPIRIN | Deafness
    """)
    world.signals()
    found = {row[0]: row[1:] for row in chances(world, "a = 0")}
    assert found.keys() == {"JP", "CA"}
    assert found["JP"][:4] == (0, pytest.approx(5 * 5 / 500), pytest.approx(-0.05), 3)
    # Deafness is unknown in CA: nothing is expected, so nothing can be seen at any ratio.
    assert found["CA"] == (0, 0, 0, 3, 0, 0, 0, 0, 0)


def test_cases_without_a_country_contribute_and_can_not_flag(world) -> None:
    small_and_big(world)
    world.report(_SMALL.format("EU"))
    world.signals()
    [masked] = chances(world, "not is_country")
    assert masked[:4] == ("EU (masked)", 1, pytest.approx(28 / 410), pytest.approx(1 - 28 / 410))
    assert masked[4:] == (None,) * 6
    ((any_country,),) = deafness(world, "any_country_power")
    assert any_country == pytest.approx(1 - (1 - poisson_at_least(3, 1)) ** 6)


def test_regions_are_asked_the_same(world) -> None:
    """The six small countries are Europe: together 6 cases where .41 are expected."""
    small_and_big(world, 4, 36, 96, 3864)
    world.signals()
    found = world.all(
        "select region, n, expected, critical_count, p_at_estimate from mart.region_power "
        "where product = 'Kymriah' and event = 'Deafness' order by region"
    )
    europe = 6 * 28 / 410
    estimate = 10 / (1 + europe)
    assert found == [
        ("Europe", 6, pytest.approx(europe), 4,
         pytest.approx(poisson_at_least(4, estimate * europe))),
        ("North America", 4, pytest.approx(1), 5, pytest.approx(poisson_at_least(5, estimate))),
    ]  # fmt: skip


def test_only_pairs_that_the_pool_flags_are_looked_at(world) -> None:
    small_and_big(world)
    world.signals()
    assert world.all("select distinct product, event from mart.country_power") == [
        ("Kymriah", "Deafness")
    ]
    assert world.all("select count(*) from mart.signal where detectable is not null") == [(1,)]


# --- permutation null


_NOISE = {
    "report": """
        insert into staging.report by name
        select 'faers' as source, 1 as file_id, line, 'n' || line as source_report_id,
            '2024Q1/a' as release, 'FDA' as authority, 1 as authority_rank,
            'n' || line as source_case_id, 1 as version, 'report' as action,
            date '2024-01-15' as receipt_date, date '2024-01-15' as first_receipt_date,
            nullif(country, '') as occurrence_country, [] as unparsed
        from noise_given where line >= $first and line < $last""",
    "report_drug": """
        insert into staging.report_drug by name
        select 'faers' as source, 1 as file_id, line, 'n' || line as source_report_id,
            t.seq as drug_seq, 'primary_suspect' as role,
            if(t.seq = 1, drug1, drug2) as drug_verbatim, [] as unparsed
        from noise_given, (values (1), (2)) t (seq) where line >= $first and line < $last""",
    "report_event": """
        insert into staging.report_event by name
        select 'faers' as source, 1 as file_id, line, 'n' || line as source_report_id,
            if(t.seq = 1, term1, term2) as term_verbatim, [] as unparsed
        from noise_given, (values (1), (2)) t (seq) where line >= $first and line < $last""",
}


def noise(world, first: int = 0, last: int = 600) -> None:
    """A world without an association: products and events are drawn by themselves."""
    random = np.random.default_rng(11)
    known = ["DE", "FR", "IT", "US", "EU", ""]
    country = random.choice(known, 600, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
    drugs = random.choice(["KYMRIAH", "YESCARTA", "TECARTUS", "ASPIRIN"], (2, 600))
    terms = random.choice([f"Event {i}" for i in range(50)], (2, 600))
    given = {"country": country, "drug1": drugs[0], "drug2": drugs[1], "term1": terms[0]}
    given = {k: v.astype(object) for k, v in {**given, "term2": terms[1]}.items()}
    # World.report fills every line from its own on: these lines come after, and after it.
    world.con.register("noise_given", {"line": 10_000 + np.arange(600), **given})
    for statement in _NOISE.values():
        world.con.execute(statement, {"first": 10_000 + first, "last": 10_000 + last})


def by_hand(world, order: dict[str, str]) -> tuple[int, int, int]:
    """Count pairs, flagged and pooled only when case `c` has the events of case `order[c]`.

    Sets and loops over cases, the default rule and the three conditions written out for one pair.
    """
    cases = world.all(
        "select c.source_case_id, c.stratum, c.country, c.region from core.case c where is_master"
    )
    key = {i: source for source, i in world.all("select source_case_id, case_id from core.case")}
    products: dict[str, set[str]] = {}
    for case, product in world.all("select case_id, product from core.case_drug"):
        products.setdefault(key[case], set()).add(product)
    events: dict[str, set[str]] = {}
    for case, event in world.all("select case_id, event from core.case_event"):
        events.setdefault(key[case], set()).add(event)
    seen = {case: events[order[case]] for case, *_ in cases}
    strata = {stratum: (country, region) for _, stratum, country, region in cases}
    pairs = flagged = pooled_only = 0
    for product in ("Kymriah", "Yescarta", "Tecartus"):
        for event in {e for found in seen.values() for e in found}:
            tables = dict.fromkeys(strata, (0, 0, 0, 0))
            for case, stratum, _, _ in cases:
                has = (product in products[case], event in seen[case])
                place = {(True, True): 0, (True, False): 1, (False, True): 2}.get(has, 3)
                cell = list(tables[stratum])
                cell[place] += 1
                tables[stratum] = tuple(cell)  # type: ignore[assignment]
            n = sum(t[0] for t in tables.values())
            if not n:
                continue
            pairs += 1
            expected = sum((a + b) * (a + c) / (a + b + c + d) for a, b, c, d in tables.values())
            cells = np.array(list(tables.values()), dtype=float).T
            if n < 3 or information.ic(n, expected).lower <= 0:
                continue
            if stratified.mh_or(*cells).lower <= 1:
                continue
            flagged += 1
            alone, most, most_in_europe, masked, unknown, contributing = False, 0, 0, 0, 0, 0
            for stratum, (a, b, c, d) in tables.items():
                country, region = strata[stratum]
                if country is None:
                    masked, unknown = masked + a * bool(region), unknown + a * (not region)
                    continue
                contributing += a > 0
                most = max(most, a)
                most_in_europe = max(most_in_europe, a if region == "Europe" else 0)
                if a >= 3 and information.ic(a, (a + b) * (a + c) / (a + b + c + d)).lower > 0:
                    assert b and c and d, "an undefined odds ratio is another test's matter"
                    error = 1.959964 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
                    alone |= math.log(a * d / b / c) > error
            a, b, c, d = cells.sum(1)
            crude = information.ic(n, (a + b) * (a + c) / (a + b + c + d)).estimate
            worst = max(most + unknown, most_in_europe + masked + unknown) / n
            pooled_only += not alone and crude > 0 and contributing >= 2 and worst <= 0.8
    return pairs, flagged, pooled_only


def links_of(world):
    """The counts and links of the night, of advanced therapies, as the null reads them."""
    counts = counting.read(world.con)
    own = counts.of_products(np.flatnonzero(counts.in_scope))
    decide = Decision(AnalysisSpec.load().rule, Prior(None, "not needed"), own.monitored)
    return own, permutation_null.read_links(world.con, counts), decide


def test_broken_links_are_what_counting_by_hand_gives(world) -> None:
    """Draw by draw with the same permutations; no association is there to find."""
    noise(world)
    world.signals()
    counts, links, decide = links_of(world)
    cases = [case for (case,) in world.all(
        "select source_case_id from permuted_case join core.case using (case_id) order by case_no"
    )]  # fmt: skip
    random = np.random.default_rng((1, 2))
    sizes = np.bincount(links.period)
    drawn = list(permutation_null.broken_links(counts, links, 12, seed=1))
    expected = []
    for _ in drawn:
        starts = np.cumsum(sizes) - sizes
        order = np.concatenate([
            random.permutation(np.arange(start, start + size))
            for start, size in zip(starts, sizes, strict=True)
        ])  # fmt: skip
        expected.append(by_hand(world, {cases[i]: cases[j] for i, j in enumerate(order)}))

    assert [
        permutation_null.pooled_only(permutation_null.Drawn.of(c, decide), decide) for c in drawn
    ] == expected
    assert sum(found[2] for found in expected) > 0


def test_the_observed_row_is_what_the_verdicts_say(world) -> None:
    small_and_big(world)
    noise(world)
    world.signals()
    [(pairs, flagged, pooled_only)] = world.all(
        "select pairs_mean, flagged_mean, pooled_only_mean from mart.permutation_null "
        "where permutation = 'observed'"
    )
    assert world.all(
        "select count(*), count(*) filter (p.flagged), "
        f"count(*) filter (verdict in {FIRST_THREE} and p.flagged and len(countries_flagged) = 0) "
        "from mart.signal s join mart.pair p using (product, event, event_kind) "
        "where atmp_class <> 'none'"
    ) == [(pairs, flagged, pooled_only)]
    assert pooled_only > 1


def test_every_margin_stays_and_every_link_goes(world) -> None:
    """Planted: 40 cases of Kymriah with deafness, which nobody else has."""
    world.report("""
        times | country | drugs   | events
        20    | DE      | KYMRIAH | Deafness
        20    | FR      | KYMRIAH | Deafness
        400   | DE      | ASPIRIN | Nausea
        400   | FR      | ASPIRIN | Nausea
    """)
    world.signals()
    counts, links, _ = links_of(world)
    for drawn in permutation_null.broken_links(counts, links, 5, seed=3):
        assert drawn.product_margin is counts.product_margin
        assert drawn.event_margin is counts.event_margin
        at = [drawn.stratum[drawn.product == 0], drawn.event[drawn.product == 0]]
        # each case of the product still has exactly one event
        assert np.bincount(at[0], weights=drawn.a[drawn.product == 0]).tolist() == [20, 20]
    assert world.all(
        "select permutation, flagged_mean from mart.permutation_null order by permutation"
    ) == [("broken_links", 0), ("country_labels", 1), ("observed", 1)]


def test_the_planted_pair_is_gone_when_links_are_broken_and_stays_when_labels_are(world) -> None:
    small_and_big(world)
    world.signals()
    assert deafness(world, "verdict") == [("pooled_only",)]
    found = dict(world.all("select permutation, pooled_only_mean from mart.permutation_null"))
    assert found["observed"] == 1
    assert found["broken_links"] < 0.2
    assert found["country_labels"] > 0.5


def test_countries_permuted_keep_pairs_and_totals(world) -> None:
    noise(world)
    world.signals()
    counts, links, _ = links_of(world)
    own = counts.a.sum()
    for drawn in permutation_null.country_labels(counts, links, 3, seed=3):
        assert drawn.product_margin.sum(1).tolist() == counts.product_margin.sum(1).tolist()
        assert drawn.event_margin.sum(1).tolist() == counts.event_margin.sum(1).tolist()
        assert drawn.product_margin.tolist() != counts.product_margin.tolist()
        assert drawn.a.sum() == own


def test_the_order_in_which_cases_came_does_not_matter(world, tmp_path) -> None:
    """Two worlds of the same cases, one told backwards: case_ids differ, the null does not."""
    other = type(world)(connect(tmp_path / "other.duckdb", memory_limit="1GB", threads=2))
    noise(world)
    for start in (300, 0):
        noise(other, start, start + 300)
        other.cases()
    found = []
    for one in (world, other):
        one.signals()
        found.append(one.all("from mart.permutation_null order by all"))
        ids = one.all("select case_id from core.case_key where source_case_id = 'n10005'")
        found.append(ids)
    other.con.close()
    assert found[1] != found[3]
    assert found[0] == found[2]


def test_a_rule_may_ask_for_no_draws(world) -> None:
    small_and_big(world)
    world.cases()
    spec = AnalysisSpec.load()
    rule = spec.rule.model_copy(update={"permutations": 0})
    judge(world.con, spec.model_copy(update={"rule": rule}), date(2024, 12, 31))
    assert world.all(
        "select permutation, draws, pooled_only_share from mart.permutation_null "
        "order by permutation"
    ) == [
        ("broken_links", 0, None), ("country_labels", 0, None), ("observed", 1, 0.5)
    ]  # fmt: skip
