"""Classical figures of 1,391 candidates at 100 items, against NumPy alone for the same figures.

NumPy's part is what one would write: the share right, the correlation of each item with the total and
with the rest, alpha, alpha without each item, the SEM. The figures are compared before they are timed.
"""

from __future__ import annotations

import time

import numpy as np

from kiosk.station.analysis.classical import classical
from tests.benchmarks.measure import Result, at_most, paired

CANDIDATES, ITEMS, RUNS, REPEATS = 1_391, 100, 9, 5
GOAL = 3.0


def _bare(scores: np.ndarray) -> tuple[np.ndarray, ...]:
    k = scores.shape[1]
    p = scores.mean(axis=0)
    total = scores.sum(axis=1)
    covariance = np.cov(scores, rowvar=False)
    variances = np.diag(covariance)
    with_total = covariance.sum(axis=0)
    spread = total.var(ddof=1)
    rest = spread - 2 * with_total + variances
    rit = with_total / np.sqrt(variances * spread)
    rir = (with_total - variances) / np.sqrt(variances * rest)
    alpha = k / (k - 1) * (1 - variances.sum() / spread)
    without = (k - 1) / (k - 2) * (1 - (variances.sum() - variances) / rest)
    sem = np.sqrt(spread * (1 - alpha))
    return p, rit, rir, without, np.array([alpha, sem, total.mean()])


def run(candidates: int = CANDIDATES, runs: int = RUNS) -> list[Result]:
    chance = np.random.default_rng(6)
    ability, ease = chance.normal(size=(candidates, 1)), chance.normal(size=ITEMS)
    scores = (chance.random((candidates, ITEMS)) < 1 / (1 + np.exp(-ability - ease))) * 1.0
    maxima = np.ones(ITEMS)

    found = classical(scores, maxima)
    bare = _bare(scores)
    for ours, theirs in zip(
        (found.p, found.rit, found.rir, found.alpha_without), bare, strict=False
    ):
        assert np.allclose(ours, theirs, equal_nan=True)

    def ours() -> float:
        begun = time.perf_counter()
        for _ in range(REPEATS):
            classical(scores, maxima)
        return (time.perf_counter() - begun) / REPEATS

    def numpy_alone() -> float:
        begun = time.perf_counter()
        for _ in range(REPEATS):
            _bare(scores)
        return (time.perf_counter() - begun) / REPEATS

    value, ratio = paired(ours, numpy_alone, runs)
    goal, holds = at_most(ratio, GOAL)
    return [
        Result(
            name=f"classical analysis of {candidates:,} x {ITEMS}",
            value=value * 1000,
            unit="ms",
            against="NumPy alone, the same figures",
            ratio=ratio,
            goal=goal,
            holds=holds,
            runs=runs,
        )
    ]
