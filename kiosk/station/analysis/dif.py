"""Differential item functioning: is an item harder for one group than for others of equal ability?

Mantel and Haenszel (1959), as Holland and Thayer (1988) use it: candidates are compared within strata
of the total score, the item itself included. `delta` is the common odds ratio on ETS's scale,
-2.35 ln(alpha): below 0 the item is harder for the group. Its standard error is that of Robins,
Breslow and Greenland (1986). Classes are ETS's (Zieky 1993): A none to speak of, B some, C much.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from kiosk.station.analysis.classical import Array

LEAST_IN_GROUP = 50
"""With fewer on either side even a large difference hides in chance (standard error of delta about 1)."""
MOST_STRATA = 20
_SCALE = 2.35
_TWO_SIDED, _ONE_SIDED = 1.959964, 1.644854


class Dif(Struct, frozen=True):
    """One value an item; NaN, and class "", where it cannot be had."""

    delta: Array
    error: Array
    chi_squared: Array
    classes: tuple[str, ...]


def strata_of(totals: Array) -> npt.NDArray[np.intp]:
    """The stratum of each total: a score of its own, or one of twenty slices of equal size."""
    values, place = np.unique(totals, return_inverse=True)
    if len(values) <= MOST_STRATA:
        return np.asarray(place)
    bounds = np.quantile(totals, np.linspace(0, 1, MOST_STRATA + 1)[1:-1])
    return np.searchsorted(bounds, totals, side="right")


def mantel_haenszel(
    right: Array,
    focal: npt.NDArray[np.bool_],
    strata: npt.NDArray[np.intp],
    weights: Array,
) -> Dif:
    """Every item between the candidates of a group (`focal`) and all others.

    Args:
        right: (candidates, items), 1 and 0, NaN where there is no answer.
    """
    there = ~np.isnan(right)
    ones = np.nan_to_num(right)
    k = right.shape[1]
    r, s, pr, ps_qr, qs = (np.zeros(k) for _ in range(5))
    observed, expected, variance = (np.zeros(k) for _ in range(3))
    for stratum in np.unique(strata):
        inside = strata == stratum
        others, group = weights * (inside & ~focal), weights * (inside & focal)
        a, c = others @ ones, group @ ones
        b, d = others @ there - a, group @ there - c
        n = a + b + c + d
        known = (a + b > 0) & (c + d > 0)
        size = np.where(known, n, 1.0)
        rk, sk = np.where(known, a * d / size, 0), np.where(known, b * c / size, 0)
        p, q = np.where(known, (a + d) / size, 0), np.where(known, (b + c) / size, 0)
        r, s = r + rk, s + sk
        pr, ps_qr, qs = pr + p * rk, ps_qr + p * sk + q * rk, qs + q * sk
        observed += np.where(known, a, 0)
        expected += np.where(known, (a + b) * (a + c) / size, 0)
        spread = (a + b) * (c + d) * (a + c) * (b + d) / (size**2 * np.maximum(size - 1, 1))
        variance += np.where(known, spread, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = -_SCALE * np.log(r / s)
        error = _SCALE * np.sqrt(pr / (2 * r**2) + ps_qr / (2 * r * s) + qs / (2 * s**2))
        gap = np.maximum(np.abs(observed - expected) - 0.5, 0.0)
        chi_squared = gap**2 / variance
    unknown = ~(np.isfinite(delta) & np.isfinite(error))
    delta, error = np.where(unknown, np.nan, delta), np.where(unknown, np.nan, error)
    return Dif(
        delta,
        error,
        np.where(unknown, np.nan, chi_squared),
        tuple(_class(float(one), float(off)) for one, off in zip(delta, error, strict=True)),
    )


def _class(delta: float, error: float) -> str:
    if np.isnan(delta):
        return ""
    size = abs(delta)
    if size >= 1.5 and size - 1 > _ONE_SIDED * error:
        return "C"
    if size >= 1 and size > _TWO_SIDED * error:
        return "B"
    return "A"
