"""The information component (IC): a shrunk log2 ratio of observed to expected cases."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pv.stats import _validate as check
from pv.stats._intervals import shrunk_log2_ratio
from pv.stats._result import Estimate, FloatArray
from pv.stats.twobytwo import cells


@dataclass(frozen=True, slots=True, repr=False)
class BcpnnEstimate(Estimate):
    """The mean of the information component with normal limits, and its variance."""

    variance: FloatArray


def ic(n: ArrayLike, expected: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Information component log2[(n+1/2)/(E+1/2)] with exact credibility limits, in bits.

    Noren, Hopstadius and Bate 2013 (Stat Methods Med Res 22:57). The limits are log2 of the
    quantiles of Gamma(shape n + 1/2, rate E + 1/2); at the default level they are IC025 and IC975.
    Defined at n = 0 and at E = 0. ``n`` and ``expected`` broadcast; negative, infinite or nan
    values raise ``ValueError``.
    """
    n_ = check.counts("n", n)
    expected_ = check.counts("expected", expected)
    check.common_shape(n=n_, expected=expected_)
    return shrunk_log2_ratio(n_, expected_, check.level(level))


def ic_approx(n: ArrayLike, expected: ArrayLike) -> Estimate:
    """The closed form of the 95% limits (Noren 2013), off by about 0.05 bits: not for decisions.

    IC - 3.3 (n+.5)^-.5 - 2 (n+.5)^-1.5 and IC + 2.4 (n+.5)^-.5 - .5 (n+.5)^-1.5. It exists to
    check figures that were printed with it.
    """
    shape = check.counts("n", n) + 0.5
    rate = check.counts("expected", expected) + 0.5
    check.common_shape(n=shape, expected=rate)
    estimate = np.log2(shape / rate)
    root = 1 / np.sqrt(shape)
    cube = root / shape
    return Estimate(estimate, estimate - 3.3 * root - 2 * cube, estimate + 2.4 * root - 0.5 * cube)


def bcpnn1998(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> BcpnnEstimate:
    """The BCPNN of Bate 1998 in Gould's closed form: E(IC) with normal limits, and V(IC).

    Bate et al. 1998 (Eur J Clin Pharmacol 54:315), exact moments by Gould 2003 (Pharmacoepidemiol
    Drug Saf 12:559): independent beta priors on the two margins and the pair, in bits. It is
    another statistic than ``ic``: the two differ by most of a bit on strong sparse pairs.
    """
    table = cells(a, b, c, d)
    total = table.total
    product = table.a + table.b + 1
    event = table.a + table.c + 1
    pair = table.a + 1
    # The beta prior of the pair is chosen so that its prior mean is the product of the margins'.
    pair_rest = total - table.a - 1 + (total + 2) ** 2 / (product * event)
    ln2 = math.log(2)
    mean = (
        special.psi(pair)
        - special.psi(pair + pair_rest)
        - (special.psi(product) + special.psi(event) - 2 * special.psi(total + 2))
    ) / ln2
    variance = (
        _trigamma(pair)
        - _trigamma(pair + pair_rest)
        + _trigamma(product)
        + _trigamma(event)
        - 2 * _trigamma(total + 2)
    ) / ln2**2
    half = special.ndtri((1 + check.level(level)) / 2) * np.sqrt(variance)
    return BcpnnEstimate(mean, mean - half, mean + half, variance)


def _trigamma(x: FloatArray) -> FloatArray:
    return np.asarray(special.polygamma(1, x), dtype=np.float64)
