"""One measurement, as `make bench` writes it: a value, and a ratio to a floor or peer in the same run.

The machine's speed drifts, so a floor and what is measured against it run in turn, pair by pair, and
the ratio is the median of the pairs' ratios.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable

from msgspec import Struct


class Result(Struct):
    """One line of `results.json`. `ratio` is value over `against`; `goal` says what it should be."""

    name: str
    value: float | None = None
    unit: str = ""
    against: str = ""
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None
    runs: int = 0
    skipped: str = ""


def paired(
    measured: Callable[[], float], floor: Callable[[], float], runs: int
) -> tuple[float, float]:
    """Median of what is measured, and median of its ratio to the floor, in turn; one warm-up each."""
    measured()
    floor()
    pairs = [(measured(), floor()) for _ in range(runs)]
    value = statistics.median(value for value, _ in pairs)
    return value, statistics.median(value / base for value, base in pairs)


def at_most(ratio: float, goal: float) -> tuple[str, bool]:
    """Goal in words, and whether it holds."""
    return f"at most {goal:g}", ratio <= goal


def at_least(ratio: float, goal: float) -> tuple[str, bool]:
    return f"at least {goal:g}", ratio >= goal


def percentile(values: list[float], percent: int) -> float:
    """The value that `percent` of them do not pass."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def say(line: str) -> None:
    """How far a benchmark is, on standard error."""
    sys.stderr.write(f"  {line}\n")
