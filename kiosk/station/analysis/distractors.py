"""Who chose which option: the weak are to choose the wrong ones, the strong the key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from kiosk.station.analysis.classical import Array

Flags = npt.NDArray[np.bool_]


class Chosen(Struct, frozen=True):
    """One value an option: how many chose it, its share in the low, middle and high third (a row each
    option), and the correlation of choosing it with the score at the other items, NaN where it has none."""

    n: npt.NDArray[np.intp]
    thirds: Array
    r: Array


def thirds_of(totals: Array) -> npt.NDArray[np.intp]:
    """0, 1 or 2 for the low, middle and high third of totals; equal totals stay together."""
    low, high = np.quantile(totals, [1 / 3, 2 / 3])
    return np.where(totals <= low, 0, np.where(totals > high, 2, 1))


def chosen_by(chosen: Flags, rest: Array, thirds: npt.NDArray[np.intp]) -> Chosen:
    """What the choices of an item's candidates say.

    Args:
        chosen: (candidates, options).
        rest: each candidate's score at the other items.
    """
    picked = chosen.astype(np.float64)
    shares = np.full((chosen.shape[1], 3), np.nan)
    for third in range(3):
        inside = thirds == third
        if inside.any():
            shares[:, third] = picked[inside].mean(axis=0)
    off, gap = picked - picked.mean(axis=0), rest - rest.mean()
    spread = np.sqrt((off**2).sum(axis=0) * (gap**2).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.where(spread > 1e-9, (off * gap[:, None]).sum(axis=0) / spread, np.nan)
    return Chosen(chosen.sum(axis=0), shares, r)
