"""Are two candidates' answers more alike than two people who work alone would give?

The generalised binomial test (van der Linden and Sotaridona 2006): given what one answered, the other,
working alone, gives the same answer to an item with a chance of its own; the number of same answers is
then a sum of unlike coins, whose upper tail is exact. The chance is the share of that answer among
candidates of about the other's score (a fifth of them each, the two themselves left out), drawn a
little towards the share among all. Both directions are tested, the larger p counts, and Holm's rule
(1979) keeps the chance of one false alarm among all pairs tested at 1 in 100.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

LEAST_CANDIDATES, LEAST_ITEMS = 40, 10
LEVEL = 0.01
_SLICES = 5
_PRIOR = 5.0
"""So many answers of the whole group are added to those of a slice."""

Codes = npt.NDArray[np.intp]


class Alike(Struct, frozen=True):
    """Two candidates (row numbers): same answers of how many items, expected of people who work alone,
    `p` of as many or more, and whether that passes Holm's rule."""

    one: int
    other: int
    same: int
    items: int
    expected: float
    p: float
    flagged: bool


def alike(
    codes: Codes,
    totals: npt.NDArray[np.float64],
    pairs: Sequence[tuple[int, int]],
    level: float = LEVEL,
) -> tuple[Alike, ...]:
    """Each pair of candidates, the most alike first.

    Args:
        codes: (candidates, items): which answer each gave, numbered from 0; -1 where none was given.
        totals: their scores.
        level: the chance of one false alarm that is taken.
    """
    order = np.argsort(np.argsort(totals, kind="stable"), kind="stable")
    slices = order * _SLICES // len(totals)
    found = []
    for one, other in pairs:
        there = (codes[one] >= 0) & (codes[other] >= 0)
        if there.sum() < LEAST_ITEMS:
            continue
        same = int((codes[one] == codes[other])[there].sum())
        both = [
            _chances(codes, slices, copier, source, there)
            for copier, source in ((one, other), (other, one))
        ]
        tails = [_tail(chances, same) for chances in both]
        at = int(np.argmax(tails))
        expected = float(both[at].sum())
        found.append(Alike(one, other, same, int(there.sum()), expected, tails[at], False))
    found.sort(key=lambda pair: pair.p)
    told = []
    flagged = True
    for place, pair in enumerate(found):
        flagged = flagged and pair.p * (len(found) - place) < level
        told.append(
            Alike(pair.one, pair.other, pair.same, pair.items, pair.expected, pair.p, flagged)
        )
    return tuple(told)


def _chances(
    codes: Codes, slices: Codes, copier: int, source: int, there: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """The chance, item by item, that the copier alone gives the source's answer."""
    others = np.ones(len(codes), dtype=bool)
    others[[copier, source]] = False
    near = others & (slices == slices[copier])
    same = codes[:, there] == codes[source, there]
    overall = (same[others].sum(axis=0) + 0.5) / (others.sum() + 1)
    return np.asarray((same[near].sum(axis=0) + _PRIOR * overall) / (near.sum() + _PRIOR))


def _tail(chances: npt.NDArray[np.float64], least: int) -> float:
    """The chance of `least` or more heads of coins with these chances."""
    heads = np.zeros(len(chances) + 1)
    heads[0] = 1.0
    for chance in chances:
        heads[1:] = heads[1:] * (1 - chance) + heads[:-1] * chance
        heads[0] *= 1 - chance
    return float(min(1.0, heads[least:].sum()))
