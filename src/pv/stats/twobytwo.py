"""The two-by-two table of a product and an event: its cells, margins and expectation.

============  ==========  =============
..            with event  without event
============  ==========  =============
with product  a           b
without       c           d
============  ==========  =============

The unit is the case: margins are distinct cases, never sums of pair counts.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats._result import FloatArray


class TwoByTwo(NamedTuple):
    """The four cells as float64 arrays that broadcast together."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray

    @property
    def total(self) -> FloatArray:
        """All cases, N = a + b + c + d."""
        return self.a + self.b + self.c + self.d

    def as_dict(self) -> dict[str, Any]:
        """Cells by name: columns of a data frame."""
        return self._asdict()


def cells(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> TwoByTwo:
    """Check the four cells and return them as a table.

    Raises ``ValueError`` naming the cell that is negative, infinite or nan, or the shapes that do
    not broadcast.
    """
    table = TwoByTwo(
        check.counts("a", a), check.counts("b", b), check.counts("c", c), check.counts("d", d)
    )
    check.common_shape(a=table.a, b=table.b, c=table.c, d=table.d)
    return TwoByTwo(*(cell[()] for cell in table))


def whole_cells(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> TwoByTwo:
    """As ``cells``, for the exact methods: fractional counts are refused as well."""
    table = TwoByTwo(
        check.whole_counts("a", a),
        check.whole_counts("b", b),
        check.whole_counts("c", c),
        check.whole_counts("d", d),
    )
    check.common_shape(a=table.a, b=table.b, c=table.c, d=table.d)
    return TwoByTwo(*(cell[()] for cell in table))


def expected(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> FloatArray:
    """Cases expected with both, were product and event unrelated: (a+b)(a+c)/N.

    ``nan`` for an empty table (N = 0).
    """
    table = cells(a, b, c, d)
    with np.errstate(invalid="ignore"):
        return (table.a + table.b) * (table.a + table.c) / table.total


def from_margins(
    n_both: ArrayLike, n_product: ArrayLike, n_event: ArrayLike, n_total: ArrayLike
) -> TwoByTwo:
    """Cells from distinct-case margins: with both, with the product, with the event, and all.

    Raises ``ValueError`` when a part is larger than its whole, or when product and event together
    need more cases than there are.
    """
    both = check.counts("n_both", n_both)
    product = check.counts("n_product", n_product)
    event = check.counts("n_event", n_event)
    total = check.counts("n_total", n_total)
    check.common_shape(n_both=both, n_product=product, n_event=event, n_total=total)
    check.not_above("n_both", both, "n_product", product)
    check.not_above("n_both", both, "n_event", event)
    check.not_above("n_product + n_event - n_both", product + event - both, "n_total", total)
    return TwoByTwo(both[()], product - both, event - both, total - product - event + both)
