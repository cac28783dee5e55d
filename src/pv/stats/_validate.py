"""Checks of the inputs that all statistics share.

Each check returns its argument as a float64 array, so that a function reads
``a = counts("a", a)`` and goes on. A failed check raises ``ValueError`` naming the argument and
the first offending value. A masked array is refused where its mask hides a value: NumPy's
functions would use what lies under the mask. The checks reduce arrays without temporaries of their
size: they cost little on millions of pairs.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pv.stats._result import FloatArray

# Above this the whole numbers are further apart than 1 in a double.
_MOST_COUNTED = 2.0**53


def finite(name: str, values: ArrayLike) -> FloatArray:
    """Any finite real numbers."""
    array = np.asarray(unmasked(name, values), dtype=np.float64)
    if array.size:
        # min and max carry a nan through, so the two reductions see every bad value.
        low, high = float(array.min()), float(array.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            raise ValueError(
                f"{name} must be finite, but holds {_first(array, ~np.isfinite(array))}"
            )
    return array


def unmasked(name: str, values: ArrayLike) -> ArrayLike:
    """The values as they are, none of them hidden by a mask."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name} holds masked values: fill them, or leave them out")
    return values


def counts(name: str, values: ArrayLike) -> FloatArray:
    """Numbers of cases: finite and not negative. Weighted (fractional) counts are allowed."""
    array = finite(name, values)
    if array.size and array.min() < 0:
        raise ValueError(f"{name} must not be negative, but holds {_first(array, array < 0)}")
    return array


def whole_counts(name: str, values: ArrayLike) -> FloatArray:
    """Counts that must be whole numbers (2^53 at most), for the exact methods."""
    array = counts(name, values)
    if array.size:
        if array.max() > _MOST_COUNTED:
            raise ValueError(f"{name} must not exceed 2^53, but holds {float(array.max())}")
        fractional = array != np.floor(array)
        if fractional.any():
            raise ValueError(
                f"{name} must hold whole numbers, but holds {_first(array, fractional)}"
            )
    return array


def positive(name: str, values: ArrayLike) -> FloatArray:
    """Finite numbers above zero: person-time, expectations that divide, shape parameters."""
    array = finite(name, values)
    if array.size and array.min() <= 0:
        raise ValueError(f"{name} must be above zero, but holds {_first(array, array <= 0)}")
    return array


def probabilities(name: str, values: ArrayLike) -> FloatArray:
    """Numbers from 0 to 1, both included."""
    array = finite(name, values)
    if array.size and (array.min() < 0 or array.max() > 1):
        outside = (array < 0) | (array > 1)
        raise ValueError(f"{name} must lie between 0 and 1, but holds {_first(array, outside)}")
    return array


def level(value: float, name: str = "level") -> float:
    """One coverage (or error) level strictly between 0 and 1."""
    number = float(value)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, but is {number}")
    return number


def whole(name: str, value: float, least: int = 1, most: int | None = None) -> int:
    """One whole number of a design, as an int."""
    number = float(value)
    if not (number >= least and math.isfinite(number) and number == math.floor(number)):
        raise ValueError(f"{name} must be a whole number of at least {least}, but is {value}")
    if most is not None and number > most:
        raise ValueError(f"{name} must be a whole number of at most {most}, but is {value}")
    return int(number)


def indices(name: str, values: ArrayLike, size: int) -> NDArray[np.intp]:
    """Positions into an axis of the given size."""
    array = np.asarray(unmasked(name, values))
    if array.size == 0:
        return array.astype(np.intp)
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} must hold integer positions, but has dtype {array.dtype}")
    if array.min() < 0 or array.max() >= size:
        outside = (array < 0) | (array >= size)
        raise ValueError(f"{name} must lie in 0..{size - 1}, but holds {_first(array, outside)}")
    return array.astype(np.intp, copy=False)


def not_above(name: str, values: FloatArray, bound_name: str, bound: FloatArray) -> None:
    """Refuse a part that is larger than the whole it belongs to (broadcasting)."""
    above = values > bound
    if np.any(above):
        worst = _first(np.broadcast_to(values, np.shape(above)), above)
        whole = _first(np.broadcast_to(bound, np.shape(above)), above)
        raise ValueError(f"{name} must not exceed {bound_name}, but {worst} > {whole}")


def columns(**arrays: NDArray[np.generic]) -> int:
    """Refuse arrays that are not columns of one table; return its length."""
    lengths = {name: array.shape for name, array in arrays.items()}
    if len(set(lengths.values())) > 1 or any(len(shape) != 1 for shape in lengths.values()):
        text = ", ".join(f"{name} {shape}" for name, shape in lengths.items())
        raise ValueError(f"must be one-dimensional and of one length: {text}")
    return next(iter(arrays.values())).size


def common_shape(**arrays: FloatArray) -> tuple[int, ...]:
    """Refuse arrays that cannot be broadcast together; return the common shape."""
    try:
        return np.broadcast_shapes(*(np.shape(array) for array in arrays.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in arrays.items())
        raise ValueError(f"shapes do not broadcast: {shapes}") from error


def _first(array: FloatArray | NDArray[np.integer], bad: NDArray[np.bool_]) -> float:
    return float(np.asarray(array)[np.asarray(bad)].ravel()[0])
