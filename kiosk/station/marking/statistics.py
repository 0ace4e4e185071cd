"""How markers mark: how strict, how much at one with each other, and whether that changes by day.

Of answers that two people marked, everything is in shares of the full mark, so that items compare.
Weighted kappa is Cohen's (1968): 1 - (disagreement seen) / (disagreement by chance), the weight of a pair
of categories being their distance (linear) or its square (quadratic).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import sqrt
from typing import Literal

from msgspec import Struct

Weights = Literal["linear", "quadratic", "none"]


class Marked(Struct, frozen=True):
    """One mark of one script, `share` from 0 to 1; `at` UTC epoch seconds."""

    handle: str
    item: str
    marker: str
    turn: str
    share: float
    most: float
    at: int


class DayFigures(Struct, frozen=True):
    """One marker's day: how many marks, their mean, and how far from others' of the same answers."""

    day: str
    marks: int
    mean: float
    severity: float | None


class MarkerFigures(Struct, frozen=True):
    """`severity` is the mean difference to others' marks of the same answers, as a share of the full mark:
    below zero is stricter; `severity_se` its standard error. `exact` and `within` are the shares of
    doubled answers where both marks are equal, or within the bound."""

    marker: str
    marks: int
    mean: float
    compared: int
    severity: float | None
    severity_se: float | None
    exact: float | None
    within: float | None
    kappa: float | None
    days: tuple[DayFigures, ...]


class Pair(Struct, frozen=True):
    """Two people's marks of one answer."""

    one: Marked
    other: Marked


def weighted_kappa(
    pairs: Iterable[tuple[float, float]], weights: Weights = "quadratic"
) -> float | None:
    """Agreement of two raters beyond chance: 1 all, 0 as chance would have it.

    Args:
        pairs: the two raters' ratings of each thing; distances between ratings are their differences.

    Returns:
        None where it is not defined: nothing rated, or all ratings are one.
    """
    table = Counter(pairs)
    n = sum(table.values())
    ones: Counter[float] = Counter()
    others: Counter[float] = Counter()
    for (one, other), count in table.items():
        ones[one] += count
        others[other] += count
    seen = sum(_weight(one, other, weights) * count for (one, other), count in table.items())
    chance = sum(
        _weight(one, other, weights) * count * times
        for one, count in ones.items()
        for other, times in others.items()
    )
    return None if not chance else 1 - n * seen / chance


def _weight(one: float, other: float, weights: Weights) -> float:
    distance = abs(one - other)
    match weights:
        case "linear":
            return distance
        case "quadratic":
            return distance * distance
        case "none":
            return float(distance > 0)


def pairs_of(marks: Iterable[Marked]) -> tuple[Pair, ...]:
    """The first and second mark of each answer that has both."""
    first: dict[str, Marked] = {}
    second: dict[str, Marked] = {}
    for one in marks:
        if one.turn == "first":
            first[one.handle] = one
        elif one.turn == "second":
            second[one.handle] = one
    return tuple(Pair(first[handle], second[handle]) for handle in first if handle in second)


def figures(marks: Sequence[Marked], within: Iterable[str]) -> tuple[MarkerFigures, ...]:
    """Every marker's figures, by name.

    Args:
        marks: the marks that count, of turns first and second.
        within: handles of doubled answers whose two marks agree within the bound.
    """
    close = frozenset(within)
    pairs = pairs_of(marks)
    return tuple(
        _figures(
            name,
            [one for one in marks if one.marker == name],
            [_from(name, pair) for pair in pairs if name in (pair.one.marker, pair.other.marker)],
            close,
        )
        for name in sorted({one.marker for one in marks})
    )


def agreement(pairs: Sequence[Pair], weights: Weights = "quadratic") -> float | None:
    """Weighted kappa over all doubled answers, whoever marked them, in points of their items.

    Who is the first and who the second means nothing here, so that each pair counts both ways round.
    """
    ratings = [(pair.one.share, pair.other.share) for pair in pairs]
    return weighted_kappa([*ratings, *((other, one) for one, other in ratings)], weights)


def _from(name: str, pair: Pair) -> Pair:
    return pair if pair.one.marker == name else Pair(pair.other, pair.one)


def _figures(
    name: str, own: Sequence[Marked], compared: Sequence[Pair], close: frozenset[str]
) -> MarkerFigures:
    differences = [pair.one.share - pair.other.share for pair in compared]
    n = len(compared)
    return MarkerFigures(
        marker=name,
        marks=len(own),
        mean=_mean([one.share for one in own]),
        compared=n,
        severity=_mean(differences) if n else None,
        severity_se=_error(differences),
        exact=sum(difference == 0 for difference in differences) / n if n else None,
        within=sum(pair.one.handle in close for pair in compared) / n if n else None,
        kappa=weighted_kappa((pair.one.share, pair.other.share) for pair in compared),
        days=_days(own, compared),
    )


def _days(own: Sequence[Marked], compared: Sequence[Pair]) -> tuple[DayFigures, ...]:
    days = sorted({_day(one.at) for one in own})
    found = []
    for day in days:
        marks = [one.share for one in own if _day(one.at) == day]
        apart = [pair.one.share - pair.other.share for pair in compared if _day(pair.one.at) == day]
        found.append(DayFigures(day, len(marks), _mean(marks), _mean(apart) if apart else None))
    return tuple(found)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().date().isoformat()


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _error(values: Sequence[float]) -> float | None:
    """The standard error of a mean, of two values at least."""
    n = len(values)
    if n < 2:
        return None
    mean = _mean(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (n - 1) / n)
