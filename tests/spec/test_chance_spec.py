"""Chance kept out: who is confirmed, who is watched, and what each list says of its error."""

from pathlib import Path

import numpy as np
import pytest

from pv import log
from pv.night import steps
from pv.pairs import list_error
from pv.warehouse.relations import take

FIVE = ("DE", "FR", "IT", "ES", "PT")
_NULL = """
    times | country | drugs   | events
    6     | {0}     | KYMRIAH | Nausea
    3     | {0}     | ASPIRIN | Deafness
    400   | {0}     | ASPIRIN | Nausea
"""
# A country in which some 5 of the product and the event are to be expected.
_CROWD = """
    times | country | drugs   | events
    60    | {0}     | KYMRIAH | Nausea
    24    | {0}     | ASPIRIN | Deafness
    400   | {0}     | ASPIRIN | Nausea
"""


def deafness(world, columns: str, product: str = "Kymriah") -> tuple:
    [row] = world.all(
        f"select {columns} from mart.signal where product = '{product}' and event = 'Deafness'"
    )
    return row


def one_in_each_of_five(world, drug: str = "KYMRIAH") -> None:
    for country in FIVE:
        world.report(_NULL.format(country).replace("KYMRIAH", drug))
        world.report(f"""
            country   | drugs   | events
            {country} | {drug}  | Deafness
        """)


def test_a_pair_that_chance_does_not_explain_is_confirmed_with_its_figures(world) -> None:
    """5 cases where 5 * 7 * 4 / 410 = .34 are expected: the exact tail is below 1/10,000."""
    one_in_each_of_five(world)
    world.signals()
    found = deafness(
        world, "verdict, family, null_kind, confirmed, p_value, expected_false, q_value"
    )
    assert found[:4] == ("pooled_only", "other", "sharp", True)
    p, false, q = found[4:]
    assert 0 < p < 1e-4
    # Two pairs of Kymriah are in the family: deafness, and nausea with over 30 cases expected.
    assert false <= 2 * p
    assert q == pytest.approx(false)
    [(holds, reason)] = world.all(
        "select holds, reason from mart.signal_condition "
        "where condition = 'confirmed' and event = 'Deafness' and product = 'Kymriah'"
    )
    assert (holds, reason) == (True, None)


def test_what_chance_may_explain_is_watched_and_says_why(world) -> None:
    """The same pair by a rule that allows next to no false one."""
    one_in_each_of_five(world)
    world.signals(q_max_other=1e-9)
    verdict, confirmed, reasons = deafness(world, "verdict, confirmed, reasons")
    assert (verdict, confirmed) == ("watch", False)
    assert reasons[0].startswith("The pool flags it (")
    assert reasons[1].startswith("Chance alone may explain it: of pairs with a figure like this")


def test_a_product_outside_the_scope_is_watched_at_best(world) -> None:
    one_in_each_of_five(world, "WARFARIN")
    world.signals()
    columns = "verdict, family, p_value, q_value, confirmed, reasons"
    verdict, *figures, confirmed, reasons = deafness(world, columns, "WARFARIN")
    assert (verdict, figures, confirmed) == ("watch", [None, None, None], False)
    assert "The product is outside the rule's scope: what chance brings is not reckoned there." in (
        reasons
    )
    world.signals(scope=("warfarin",))
    assert deafness(world, "verdict, family", "WARFARIN") == ("pooled_only", "other")
    world.signals(scope=("all",))
    assert deafness(world, "verdict", "WARFARIN") == ("pooled_only",)


def test_a_scope_names_products_and_substances_of_any_case(world) -> None:
    world.report("""
        drugs    | events
        KYMRIAH  | Nausea
        YESCARTA | Nausea
        ASPIRIN  | Nausea
    """)
    for scope, products in {
        ("advanced_therapies",): {"Kymriah", "Yescarta"},
        ("all",): {"Kymriah", "Yescarta", "ASPIRIN"},
        ("kymriah",): {"Kymriah"},
        ("axicabtagene ciloleucel", "aspirin"): {"Yescarta", "ASPIRIN"},
        ("no such product",): set(),
    }.items():
        world.signals(scope=scope)
        codes = take(world.con, "work.product_code", "product", "in_scope")
        assert set(codes["product"][codes["in_scope"]]) == products, scope


def test_event_groups_and_their_members_are_a_family_of_their_own(world) -> None:
    world.report("""
        drugs   | events
        KYMRIAH | Deafness, MYELODYSPLASTIC SYNDROME
    """)
    world.signals()
    found = dict(world.all("select event, family from mart.signal"))
    assert found["Deafness"] == "other"
    assert found["Myelodysplastic syndrome or acute myeloid leukaemia"] == "important"
    assert {family for event, family in found.items() if "yndrome" in event} == {"important"}


def test_a_country_signal_is_confirmed_too_and_watched_else(world) -> None:
    for country in ("DE", "FR"):
        world.report(_CROWD.format(country))
    world.report("""
        times | country | drugs   | events
        12    | DE      | KYMRIAH | Deafness
        1     | FR      | KYMRIAH | Deafness
    """)
    world.signals()
    verdict, alone, q_country, q_pool = deafness(
        world, "verdict, countries_flagged, q_country, q_pool"
    )
    assert alone == ["DE"]
    assert 0.001 < q_country <= 0.1
    # Twelve of thirteen cases lie in DE: the pool says nothing of its own.
    assert (verdict, q_pool) == ("country_signal", 1)
    world.signals(q_max_other=0.001)
    verdict, reasons = deafness(world, "verdict, reasons")
    assert verdict == "watch"
    assert "Flags in DE alone, though the pool does not flag." in reasons


def test_what_its_own_cell_does_not_confirm_may_be_confirmed_by_the_pool(
    world,
) -> None:
    """3 in DE where 9 * 6 / 412 are expected are no rarity; with 2 in each of 5 more they are."""
    for country in (*FIVE, "AT"):
        world.report(_NULL.format(country))
    world.report("""
        times | country | drugs   | events
        3     | DE      | KYMRIAH | Deafness
    """)
    for country in (*FIVE[1:], "AT"):
        world.report(f"""
            times | country   | drugs   | events
            2     | {country} | KYMRIAH | Deafness
        """)
    world.signals(q_max_other=1e-5)
    verdict, alone, q_country, q_pool = deafness(
        world, "verdict, countries_flagged, q_country, q_pool"
    )
    assert alone == ["DE"]
    assert q_pool < 1e-5 < q_country
    assert verdict == "country_signal"


def test_each_list_tells_its_pairs_and_its_error(world) -> None:
    one_in_each_of_five(world)
    world.signals()
    columns = (
        "list, rows, expected_false, permutation_mean, false_per_year from mart.list_error "
        "where family = 'other' order by list"
    )
    found = {name: row for name, *row in world.all(f"select {columns}")}
    assert found.keys() == {"pooled_only", "pooled_first", "country_signal", "watch"}
    rows, false, by_permutation, a_year = found["pooled_only"]
    assert (rows, false, a_year) == (
        1,
        deafness(world, "expected_false")[0],
        pytest.approx(4.4 * false),
    )
    assert by_permutation == 0
    assert found["country_signal"][:1] == found["watch"][:1] == [0]
    # Nobody is confirmed: the list is empty, and so is what chance brings to it.
    world.signals(q_max_other=1e-9)
    found = {name: row for name, *row in world.all(f"select {columns}")}
    assert found["pooled_only"][:2] == [0, 0]
    assert found["watch"][0] == 1
    assert found["watch"][1] > 0


def test_an_audit_tells_a_list_to_which_broken_links_bring_more_than_is_expected(
    world, tmp_path: Path
) -> None:
    one_in_each_of_five(world)
    world.signals()
    assert world.all("select distinct permutation_exceeds from mart.list_error") == [(False,)]
    with log.to_file(tmp_path):
        steps.warn_of_error(world.con)
        world.con.execute(
            "update mart.list_error set permutation_exceeds = true, permutation_mean = 1.5, "
            "expected_false = 0.25 where family = 'other' and list = 'pooled_only'"
        )
        steps.warn_of_error(world.con)
    [told] = (tmp_path / "nightly.jsonl").read_text(encoding="utf-8").splitlines()
    assert "broken links bring 1.50 pairs to the list pooled_only of other events" in told
    assert "where 0.25 are expected" in told


def test_without_a_draw_nothing_is_said_of_broken_links(world) -> None:
    one_in_each_of_five(world)
    world.signals(permutations=0)
    columns = "permutation_mean, permutation_sd, permutation_exceeds"
    assert world.all(f"select distinct {columns} from mart.list_error") == [(None, None, None)]


@pytest.mark.parametrize(
    ("draws", "expected", "more"),
    [
        # Twenty draws of mean 1: the error of Poisson counts is sqrt(.4 / 20) = .14.
        ([1] * 20, 0.4, True),
        ([1] * 20, 0.6, False),
        # Draws that scatter more than Poisson: a variance of 15.8, an error of .89.
        ([0] * 10 + [8] * 10, 1.5, False),
        ([0] * 10 + [8] * 10, 1.0, True),
        # One draw has the error of a Poisson count.
        ([3], 1.0, False),
        ([5], 1.0, True),
        ([0] * 20, 0.0, False),
        ([0] * 19 + [1], 0.0, False),
        ([], 1.0, None),
    ],
)
def test_broken_links_exceed_the_expected_number_beyond_monte_carlo_error(
    draws: list[int], expected: float, more: bool | None
) -> None:
    assert list_error.exceeds(np.array(draws, dtype=np.float64), expected) is more


def test_the_rows_of_the_lists_are_those_of_the_signals_in_scope(world) -> None:
    one_in_each_of_five(world)
    one_in_each_of_five(world, "WARFARIN")
    world.signals()
    assert (
        world.all("""
        select family, list, rows from mart.list_error where rows > 0
        except
        select family, verdict, count(*) from mart.signal where family is not null group by all
    """)
        == []
    )
    assert world.all("select sum(rows) from mart.list_error") == [(1,)]


def test_without_a_prior_the_sharp_null_stands_in(world) -> None:
    """So few cases determine none."""
    one_in_each_of_five(world)
    world.signals()
    assert world.all("select distinct null_kind from mart.signal where null_kind is not null") == [
        ("sharp",)
    ]
    assert world.all("select identified from mart.prior") == [(False,)]
