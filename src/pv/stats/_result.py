"""The small named results that the statistics return.

Every field has the broadcast shape of the inputs; scalar inputs give NumPy scalars. ``nan`` means
"undefined for this input", as each function documents.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Fields are printed with as many digits, and arrays with their ends where they are longer.
_DIGITS = 6
_PRINTED = 8


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """What all results can do: unpack into their fields, print short, and go to a frame."""

    def __post_init__(self) -> None:
        for name, value in self._items():
            if isinstance(value, np.ndarray) and np.ndim(cast("NDArray[Any]", value)) == 0:
                object.__setattr__(self, name, cast("NDArray[Any]", value)[()])

    def as_dict(self) -> dict[str, Any]:
        """Fields by name, those of a result inside among them: columns of a data frame."""
        columns: dict[str, Any] = {}
        for name, value in self._items():
            columns |= value.as_dict() if isinstance(value, Result) else {name: value}
        return columns

    def __iter__(self) -> Iterator[Any]:
        return (value for _, value in self._items())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in self._items())
        return f"{type(self).__name__}({shown})"

    def _items(self) -> list[tuple[str, Any]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


@dataclass(frozen=True, slots=True, repr=False)
class Estimate(Result):
    """A point estimate and its two-sided interval, on the natural scale of the statistic."""

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, repr=False)
class LogEstimate(Estimate):
    """A ratio whose interval is normal on the log scale, with the variance of its logarithm."""

    log_variance: FloatArray


@dataclass(frozen=True, slots=True, repr=False)
class EstimateWithP(Estimate):
    """An estimate, its interval, and the two-sided p-value of no effect."""

    p_value: FloatArray


@dataclass(frozen=True, slots=True, repr=False)
class ExactEstimate(EstimateWithP):
    """An exact conditional estimate: the two-sided p-value is central, twice the smaller tail."""

    p_lower: FloatArray
    p_upper: FloatArray


def _shown(value: object) -> str:
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        text = np.array2string(
            array, precision=_DIGITS, threshold=_PRINTED, edgeitems=2, separator=", "
        )
        return text.replace("\n", "")
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return str(cast("object", value)) if isinstance(value, np.generic) else repr(value)
