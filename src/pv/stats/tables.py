"""From a long table of reports to the counts that every other function here takes.

The unit is the case. A case that names a product five times has it once; the margin of a product
is the cases that name it, and never the sum of its pairs, in which a case with three events counts
three times.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pv.stats import _validate as check
from pv.stats._result import FloatArray, Result
from pv.stats.twobytwo import TwoByTwo, from_margins

# Pairs of single cases that are written out at once, some 400 MB with their sort.
_CHUNK = 1 << 24

_Codes = NDArray[np.intp]
_Labels = NDArray[Any]


@dataclass(frozen=True, slots=True, repr=False)
class ReportTable(Result):
    """Distinct cases: margins per stratum, and the pairs that at least one case has.

    ``products`` [P], ``events`` [S] and ``strata`` [K] are the sorted labels; ``totals`` [K],
    ``product_margin`` [P, K] and ``event_margin`` [S, K] the cases. Pair i is of the product
    ``product_index`` [i] and the event ``event_index`` [i], and has ``n`` [i] cases. In strata with
    a case of it they are ``cell_a`` [c] of pair ``cell_pair`` [c] in ``cell_stratum`` [c].
    """

    products: _Labels
    events: _Labels
    strata: _Labels
    totals: FloatArray
    product_margin: FloatArray
    event_margin: FloatArray
    product_index: _Codes
    event_index: _Codes
    n: FloatArray
    cell_pair: _Codes
    cell_stratum: _Codes
    cell_a: FloatArray

    @property
    def n_product(self) -> FloatArray:
        """Cases with the product of each pair, over all strata."""
        return self.product_margin.sum(-1)[self.product_index]

    @property
    def n_event(self) -> FloatArray:
        """Cases with the event of each pair, over all strata."""
        return self.event_margin.sum(-1)[self.event_index]

    @property
    def n_total(self) -> float:
        """All cases."""
        return float(self.totals.sum())

    @property
    def cells(self) -> TwoByTwo:
        """a, b, c, d of each pair, the strata collapsed: ``stats.prr(*table.cells)``."""
        return from_margins(self.n, self.n_product, self.n_event, self.n_total)

    @property
    def margins(self) -> dict[str, NDArray[Any]]:
        """Margins and pairs by name: ``stats.expected_from_margins(**table.margins)``."""
        names = ("product_margin", "event_margin", "totals", "product_index", "event_index")
        return {name: getattr(self, name) for name in names}

    @property
    def sparse(self) -> dict[str, NDArray[Any]]:
        """The same with the cells that have a case: ``stats.mh_or_sparse(**table.sparse)``."""
        names = ("cell_pair", "cell_stratum", "cell_a")
        return self.margins | {name: getattr(self, name) for name in names}

    def as_dict(self) -> dict[str, Any]:
        """One row a pair, over all strata."""
        return {
            "product": self.products[self.product_index],
            "event": self.events[self.event_index],
            "n": self.n,
            "n_product": self.n_product,
            "n_event": self.n_event,
            "n_total": np.full(self.n.size, self.n_total),
        }

    def by_stratum(self) -> dict[str, Any]:
        """One row a pair and stratum with a case of it."""
        product, event = self.product_index[self.cell_pair], self.event_index[self.cell_pair]
        return {
            "product": self.products[product],
            "event": self.events[event],
            "stratum": self.strata[self.cell_stratum],
            "n": self.cell_a,
            "n_product": self.product_margin[product, self.cell_stratum],
            "n_event": self.event_margin[event, self.cell_stratum],
            "n_total": self.totals[self.cell_stratum],
        }

    def __repr__(self) -> str:
        return (
            f"ReportTable({self.n_total:g} cases in {self.strata.size} strata, "
            f"{self.products.size} products, {self.events.size} events, {self.n.size} pairs)"
        )


def from_reports(
    case: ArrayLike,
    product: ArrayLike,
    event: ArrayLike,
    stratum: ArrayLike | None = None,
    *,
    linked: bool = False,
) -> ReportTable:
    """Margins and pairs of a long table of reports, in distinct cases.

    Equally long columns, in any order, with as many rows a case as it has lines; labels are whole
    numbers or text. A row without a product or without an event (None, nan or "") counts for what
    it has, and for the number of cases. A case has a pair when it names both, in whatever rows;
    with ``linked`` only when one row names both. ``stratum`` (a country, a period) is one for all
    rows of a case.

    Raises ``ValueError`` for columns of unequal length, a row without a case or stratum, a case in
    two strata, and labels that cannot be sorted together.
    """
    columns = {"case": case, "product": product, "event": event}
    if stratum is not None:
        columns["stratum"] = stratum
    arrays = {name: _column(name, values) for name, values in columns.items()}
    check.columns(**arrays)
    cases, case_at = _coded("case", arrays["case"], whole=True)
    products, product_at = _coded("product", arrays["product"])
    events, event_at = _coded("event", arrays["event"])
    strata, stratum_of = _strata(arrays.get("stratum"), cases, case_at)

    with_product = _distinct(case_at, product_at, products.size)
    with_event = _distinct(case_at, event_at, events.size)
    pairs = (
        iter([_linked(case_at, product_at, event_at, events.size)])
        if linked
        else _joined(with_product, with_event, cases.size, events.size)
    )
    key, cell_a = _counted(pairs, stratum_of, strata.size)
    pair, _ = _counts(key // strata.size)
    cell_pair = np.searchsorted(pair, key // strata.size)
    n = np.bincount(cell_pair, weights=cell_a, minlength=pair.size).astype(np.float64, copy=False)
    return ReportTable(
        products,
        events,
        strata,
        np.bincount(stratum_of, minlength=strata.size).astype(np.float64),
        _margin(with_product, products.size, stratum_of, strata.size),
        _margin(with_event, events.size, stratum_of, strata.size),
        pair // max(events.size, 1),
        pair % max(events.size, 1),
        n,
        cell_pair,
        key % strata.size,
        cell_a,
    )


def _column(name: str, values: ArrayLike) -> _Labels:
    array = np.asarray(check.unmasked(name, values))
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, but has shape {array.shape}")
    return array


def _coded(name: str, array: _Labels, *, whole: bool = False) -> tuple[_Labels, _Codes]:
    """Sorted distinct labels, and the place of each row's among them: -1 where it has none."""
    if array.dtype.kind in "OUST":
        return _coded_objects(name, array, whole=whole)
    missing = np.not_equal(array, array)  # nan and NaT differ from themselves
    _refuse_missing(name, missing, whole=whole)
    known = array[~missing]
    labels, _ = _counts(known)
    codes = np.full(array.size, -1, dtype=np.intp)
    codes[~missing] = np.searchsorted(labels, known)
    return labels, codes


def _coded_objects(name: str, array: _Labels, *, whole: bool) -> tuple[_Labels, _Codes]:
    """Text by a dictionary: many times faster than a sort of all rows."""
    rows: list[Any] = array.tolist()
    known = {label for label in set(rows) if label is not None and label != "" and label == label}  # noqa: PLR0124
    try:
        ordered = sorted(known)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in known})
        raise ValueError(f"{name} mixes labels of {' and '.join(kinds)}: use one") from None
    place = {label: i for i, label in enumerate(ordered)}
    codes = np.fromiter((place.get(row, -1) for row in rows), dtype=np.intp, count=len(rows))
    _refuse_missing(name, codes < 0, whole=whole)
    return np.array(ordered), codes


def _refuse_missing(name: str, missing: NDArray[np.bool_], *, whole: bool) -> None:
    if whole and missing.any():
        raise ValueError(f"{name} is missing in row {int(missing.argmax())}")


def _strata(column: _Labels | None, cases: _Labels, case_at: _Codes) -> tuple[_Labels, _Codes]:
    """The strata, and that of each case."""
    if column is None:
        return np.array(["all"]), np.zeros(cases.size, dtype=np.intp)
    strata, stratum_at = _coded("stratum", column, whole=True)
    of_case = np.zeros(cases.size, dtype=np.intp)
    of_case[case_at] = stratum_at
    differs = of_case[case_at] != stratum_at
    if differs.any():
        row = int(differs.argmax())
        one, other = strata[stratum_at[row]], strata[of_case[case_at[row]]]
        raise ValueError(f"case {cases[case_at[row]]} is in two strata, {one} and {other}")
    return strata, of_case


def _distinct(case_at: _Codes, label_at: _Codes, labels: int) -> tuple[_Codes, _Codes]:
    """Case and label of each case's distinct labels, by case."""
    some = label_at >= 0
    key, _ = _counts(case_at[some] * labels + label_at[some])
    return key // max(labels, 1), key % max(labels, 1)


def _margin(
    distinct: tuple[_Codes, _Codes], labels: int, stratum_of: _Codes, strata: int
) -> FloatArray:
    """Cases [labels, strata] with each label."""
    case_at, label_at = distinct
    found = np.bincount(label_at * strata + stratum_of[case_at], minlength=labels * strata)
    return found.astype(np.float64).reshape(labels, strata)


def _linked(
    case_at: _Codes, product_at: _Codes, event_at: _Codes, events: int
) -> tuple[_Codes, _Codes]:
    """Case and pair of each case's distinct pairs that a row names."""
    both = (product_at >= 0) & (event_at >= 0)
    named = product_at[both] * events + event_at[both]
    pair, _ = _counts(named)
    case_of, pair_of = _distinct(case_at[both], np.searchsorted(pair, named), pair.size)
    return case_of, pair[pair_of]


def _joined(
    with_product: tuple[_Codes, _Codes], with_event: tuple[_Codes, _Codes], cases: int, events: int
) -> Iterator[tuple[_Codes, _Codes]]:
    """Case and pair of each case's products with each of its events, a stretch at a time."""
    case_of, product = with_product
    number = np.bincount(with_event[0], minlength=cases)
    first = np.cumsum(number) - number
    width, start = number[case_of], first[case_of]
    ends = np.cumsum(width)
    cuts = np.searchsorted(ends, np.arange(_CHUNK, int(ends[-1]) if ends.size else 0, _CHUNK))
    for rows in np.split(np.arange(case_of.size), np.unique(cuts)):
        row = np.repeat(rows, width[rows])
        within = np.arange(row.size) - np.repeat(np.cumsum(width[rows]) - width[rows], width[rows])
        yield case_of[row], product[row] * events + with_event[1][start[row] + within]


def _counted(
    pairs: Iterator[tuple[_Codes, _Codes]], stratum_of: _Codes, strata: int
) -> tuple[_Codes, FloatArray]:
    """Pairs with their stratum as keys, rising, and the cases of each."""
    found = [_counts(pair * strata + stratum_of[case_at]) for case_at, pair in pairs]
    if len(found) == 1:
        return found[0]
    keys, place = np.unique(np.concatenate([key for key, _ in found]), return_inverse=True)
    numbers = np.concatenate([number for _, number in found])
    total = np.bincount(place, weights=numbers, minlength=keys.size)
    return keys, total.astype(np.float64, copy=False)


def _counts(values: _Labels) -> tuple[_Labels, FloatArray]:
    """Distinct values, rising, and how often each comes (``np.unique`` hashes, which is slower)."""
    ordered = np.sort(values)
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: ordered.size])
    return ordered[first], np.diff(np.append(first, ordered.size)).astype(np.float64)
