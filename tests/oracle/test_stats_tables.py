"""Reports to distinct cases, against plain Python sets."""

import itertools

import numpy as np
import pytest

from pv import stats
from pv.stats import tables


def reports(seed: int, cases: int = 400) -> list[tuple[str, str | None, str | None, str]]:
    """Rows of case, product, event and country, as a dietary supplement's long table has them.

    Each case has each of its products on a line with each of its reactions, some lines twice; some
    have a product without a reaction, or the other way round. Rows are in no order.
    """
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, str | None, str | None, str]] = []
    for i in range(cases):
        country = str(rng.choice(["DE", "FR", "JP"], p=[0.6, 0.3, 0.1]))
        products = [f"p{k}" for k in rng.integers(0, 12, rng.integers(0, 4))] or [None]
        events = [f"e{k}" for k in rng.integers(0, 9, rng.integers(0, 6))] or [None]
        lines = list(itertools.product(products, events))
        lines += [lines[k] for k in rng.integers(0, len(lines), rng.integers(0, 5))]
        rows += [(f"c{i}", product, event, country) for product, event in lines]
    return [rows[k] for k in rng.permutation(len(rows))]


def plain(rows: list[tuple], *, linked: bool) -> dict[tuple[str, str, str], tuple[int, ...]]:
    """n, n_product, n_event, N by product, event and country, by sets of cases."""
    of_country: dict[str, set] = {}
    of_product: dict[tuple, set] = {}
    of_event: dict[tuple, set] = {}
    of_pair: dict[tuple, set] = {}
    for case, product, event, country in rows:
        of_country.setdefault(country, set()).add(case)
        of_product.setdefault((product, country), set()).add(case)
        of_event.setdefault((event, country), set()).add(case)
        of_pair.setdefault((product, event, country), set()).add(case)
    found = {}
    for (product, country), (event, other) in itertools.product(of_product, of_event):
        if country != other or product is None or event is None:
            continue
        with_product, with_event = of_product[product, country], of_event[event, country]
        both = (
            of_pair.get((product, event, country), set()) if linked else with_product & with_event
        )
        if both:
            found[product, event, country] = (
                len(both), len(with_product), len(with_event), len(of_country[country]),
            )  # fmt: skip
    return found


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("chunk", [1, 7, 1 << 22])
def test_margins_and_pairs_are_those_of_sets_of_cases(
    linked: bool, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_CHUNK", chunk)
    rows = reports(1)
    # The last case's product and reaction stand on lines of their own.
    rows += [("last", "p1", None, "DE"), ("last", None, "e1", "DE")]
    found = tables.from_reports(*zip(*rows, strict=True), linked=linked).by_stratum()
    keys = zip(found["product"], found["event"], found["stratum"], strict=True)
    numbers = zip(*(found[name] for name in ("n", "n_product", "n_event", "n_total")), strict=True)
    assert dict(zip(keys, numbers, strict=True)) == plain(rows, linked=linked)
    assert set(found["n"]) == {row[0] for row in plain(rows, linked=linked).values()}


def test_repeated_lines_change_nothing_and_margins_are_no_sums_of_pairs() -> None:
    rows = reports(2)
    once = stats.from_reports(*zip(*sorted(set(rows), key=str), strict=True))
    table = stats.from_reports(*zip(*rows, strict=True))
    assert [np.array_equal(a, b) for a, b in zip(table, once, strict=True)] == [True] * 12
    sums = np.bincount(table.product_index, weights=table.n)
    assert (sums > table.product_margin.sum(1)).all()
    assert table.n_total == len({row[0] for row in rows}) < len(rows)
    assert (table.n_product <= table.n_total).all()


def test_the_table_goes_into_every_form_of_the_statistics() -> None:
    table = stats.from_reports(*zip(*reports(3), strict=True))
    columns = table.as_dict()
    assert {len(column) for column in columns.values()} == {table.n.size}
    a, b, c, d = table.cells
    np.testing.assert_array_equal(a + b, columns["n_product"])
    np.testing.assert_array_equal(a + c, columns["n_event"])
    np.testing.assert_array_equal(a + b + c + d, columns["n_total"])
    # Dense strata of each pair, as the sparse forms have them.
    dense = np.zeros((table.n.size, 3))
    dense[table.cell_pair, table.cell_stratum] = table.cell_a
    product, event = (
        table.product_margin[table.product_index],
        table.event_margin[table.event_index],
    )
    rest = table.totals - product - event + dense
    np.testing.assert_allclose(
        stats.mh_or_sparse(**table.sparse).estimate,
        stats.mh_or(dense, product - dense, event - dense, rest).estimate,
    )
    np.testing.assert_allclose(
        stats.expected_from_margins(**table.margins), (product * event / table.totals).sum(1)
    )
    observed = {"observed_product": table.product_index, "observed_event": table.event_index}
    zeros = stats.zero_bins(table.product_margin, table.event_margin, table.totals, **observed)
    possible = (table.product_margin @ table.event_margin.T > 0).sum()
    assert zeros.count.sum() == possible - table.n.size


def test_labels_may_be_numbers_text_or_objects_and_missing_ones_are_left_out() -> None:
    case = [7, 7, 8, 9]
    as_text = tables.from_reports(case, ["a", "b", "a", ""], ["x", "x", "x", "y"])
    as_objects = tables.from_reports(case, ["a", "b", "a", None], np.array(["x", "x", "x", "y"]))
    as_numbers = tables.from_reports(case, [1.0, 2.0, 1.0, np.nan], [5, 5, 5, 6])
    for table in (as_text, as_objects, as_numbers):
        assert table.n.tolist() == [2, 1]
        assert table.product_margin.tolist() == [[2], [1]]
        assert table.event_margin.tolist() == [[2], [1]]
        assert table.totals.tolist() == [3]
    assert as_text.products.tolist() == ["a", "b"]
    assert as_numbers.products.tolist() == [1, 2]
    assert repr(as_text) == "ReportTable(3 cases in 1 strata, 2 products, 2 events, 2 pairs)"


def test_a_table_without_rows_or_without_pairs_is_empty() -> None:
    assert tables.from_reports([], [], []).n.size == 0
    alone = tables.from_reports([1, 2], ["a", "b"], [None, None])
    assert (alone.n_total, alone.n.size, alone.event_margin.shape) == (2, 0, (0, 1))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1, 2], ["a"], ["x", "y"]), r"of one length: .*product \(1,\)"),
        (([[1, 2]], ["a", "b"], ["x", "y"]), "case must be one-dimensional"),
        (([1, None], ["a", "b"], ["x", "y"]), "case is missing in row 1"),
        (([1, 2], ["a", "b"], ["x", "y"], ["DE", ""]), "stratum is missing in row 1"),
        (([1, 1], ["a", "b"], ["x", "y"], ["DE", "FR"]), "case 1 is in two strata, DE and FR"),
        (
            ([1, 2], np.array(["a", 5], dtype=object), ["x", "y"]),
            "product mixes labels of int and str",
        ),
        ((np.ma.masked_array([1, 2], [False, True]), ["a", "b"], ["x", "y"]), "case holds masked"),
    ],
)
def test_a_table_that_cannot_be_counted_is_refused(columns: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tables.from_reports(*columns)
