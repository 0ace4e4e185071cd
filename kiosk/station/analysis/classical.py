"""Classical test theory: how hard an item is, how well it tells strong from weak, how far a score errs.

All of it follows from the items' means and their one covariance matrix, with n - 1 in the denominator
(as R's `psych::alpha` has it): the total's variance is the matrix's sum, an item's covariance with the
total its row's sum, so that nothing is computed twice. Lord and Novick 1968, chapters 4 and 15;
Cronbach 1951; the correlation with the rest of the test is Henrysson's (1963).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Array = npt.NDArray[np.float64]

_FLAT = 1e-12
"""A variance below this, of scores divided by their maximum, is the rounding of a constant."""


class Classical(Struct, frozen=True):
    """Figures of the items (arrays, one value an item) and of the test.

    `p` is the mean share of an item's points, `rit` its correlation with the total, `rir` with the
    total of the other items, `alpha_without` Cronbach's alpha of the test without it. `sd` and
    `test_sd` go with n - 1. `sem` is in points of the total. `totals` are the candidates' own:
    of a candidate who lacks some items, in proportion to what was there.
    """

    n: int
    item_n: Array
    p: Array
    sd: Array
    rit: Array
    rir: Array
    alpha_without: Array
    totals: Array
    mean: float
    test_sd: float
    alpha: float
    sem: float
    covariance: Array


def classical(
    scores: Array, maxima: Array, weights: Array | None = None, form_points: float = 0.0
) -> Classical:
    """The classical figures of `scores`.

    Args:
        scores: (candidates, items); NaN where there is no score.
        maxima: the most points of each item, above 0.
        weights: whole numbers, how often each row occurs; None is once.
        form_points: the points totals are put in proportion to where scores are missing; 0 is all.
    """
    lacking = np.isnan(scores)
    with np.errstate(invalid="ignore", divide="ignore"):
        if lacking.any():
            return _with_gaps(scores, ~lacking, maxima, weights, form_points)
        return _complete(scores, maxima, weights)


def _complete(scores: Array, maxima: Array, weights: Array | None) -> Classical:
    n = len(scores) if weights is None else int(weights.sum())
    means = scores.mean(axis=0) if weights is None else weights @ scores / n
    off = scores - means
    covariance = off.T @ (off if weights is None else off * weights[:, None]) / (n - 1)
    variances = np.diag(covariance).copy()
    variances[variances < _FLAT * maxima**2] = 0.0
    with_total = covariance.sum(axis=1)
    total = float(with_total.sum())
    rest = total - 2 * with_total + variances
    return Classical(
        n=n,
        item_n=np.full(len(maxima), float(n)),
        p=means / maxima,
        sd=np.sqrt(variances) if n > 1 else np.full(len(maxima), np.nan),
        rit=_correlation(with_total, variances, np.full(len(maxima), total)),
        rir=_correlation(with_total - variances, variances, rest),
        totals=scores.sum(axis=1),
        mean=float(means.sum()),
        covariance=covariance,
        **_reliability(variances, with_total, total),
    )


def _with_gaps(
    scores: Array, there: Array, maxima: Array, weights: Array | None, form_points: float
) -> Classical:
    """Each item over those who have it, against their own total in proportion; covariances over the
    candidates who have both items of a pair, as `psych::alpha` does with `use = "pairwise"`."""
    times = np.ones(len(scores)) if weights is None else weights
    held = there * times[:, None]
    n, item_n = int(times.sum()), held.sum(axis=0)
    filled = np.where(there, scores, 0.0)
    means = (filled * times[:, None]).sum(axis=0) / item_n
    pairs = held.T @ there
    sums = (filled * times[:, None]).T @ there
    products = (filled * times[:, None]).T @ filled
    covariance = (products - sums * sums.T / pairs) / (pairs - 1)
    variances = np.diag(covariance).copy()
    variances[variances < _FLAT * maxima**2] = 0.0

    whole = form_points or float(maxima.sum())
    earned, offered = filled.sum(axis=1), there @ maxima
    totals = earned / offered * whole
    others = (earned[:, None] - filled) / (offered[:, None] - there * maxima)
    mean = float(times @ totals / n)
    spread = float(times @ (totals - mean) ** 2 / (n - 1)) if n > 1 else np.nan
    found = _reliability(variances, covariance.sum(axis=1), float(covariance.sum()))
    found["test_sd"] = float(np.sqrt(spread))
    found["sem"] = _sem(found["test_sd"], found["alpha"])
    return Classical(
        n=n,
        item_n=item_n,
        p=means / maxima,
        sd=np.sqrt(variances),
        rit=_by_column(scores, np.broadcast_to(totals[:, None], scores.shape), held),
        rir=_by_column(scores, others, held),
        totals=totals,
        mean=mean,
        covariance=covariance,
        **found,
    )


def _reliability(variances: Array, with_total: Array, total: float) -> dict[str, Any]:
    k = len(variances)
    if abs(total) < _FLAT * variances.sum():  # all have the same total, but for rounding
        total = 0.0
    sd = float(np.sqrt(total)) if total > 0 else 0.0 if total == 0 else np.nan
    rest = total - 2 * with_total + variances
    alpha = k / (k - 1) * (1 - float(variances.sum()) / total) if k > 1 and total > 0 else np.nan
    without = np.full(k, np.nan)
    if k > 2:
        left = (k - 1) / (k - 2) * (1 - (variances.sum() - variances) / rest)
        without = np.where(rest > _FLAT * variances.sum(), left, np.nan)
    return {"alpha_without": without, "test_sd": sd, "alpha": alpha, "sem": _sem(sd, alpha)}


def _sem(sd: float, alpha: float) -> float:
    """A reliability below 0 is an estimate of 0: no score errs by more than scores differ."""
    return float(sd * np.sqrt(1 - max(alpha, 0.0))) if alpha == alpha else np.nan


def _correlation(covariance: Array, one: Array, other: Array) -> Array:
    known = (one > 0) & (other > _FLAT * one)
    found = covariance / np.sqrt(np.where(known, one * other, np.nan))
    return np.clip(found, -1.0, 1.0)


def _by_column(scores: Array, others: Array, held: Array) -> Array:
    """Pearson's correlation of each column of `scores` with that of `others`, where it is held and
    both are known."""
    held = np.where(np.isnan(others), 0.0, held)
    n = held.sum(axis=0)
    x, y = np.where(held > 0, scores, 0.0), np.where(held > 0, others, 0.0)
    x = x - (held * x).sum(axis=0) / n
    y = y - (held * y).sum(axis=0) / n
    xx, yy = (held * x * x).sum(axis=0), (held * y * y).sum(axis=0)
    return _correlation((held * x * y).sum(axis=0), np.where(xx > _FLAT * n, xx, 0.0), yy)


def omega(covariance: Array) -> float:
    """McDonald's omega total: of one factor, by maximum likelihood (Lawley; as R's `factanal`).

    NaN for fewer than three items that vary, or covariances that are not all known or make no
    positive matrix.
    """
    from scipy.optimize import minimize

    varies = np.diag(covariance) > 0
    if varies.sum() < 3 or np.isnan(covariance).any():
        return np.nan
    sds = np.sqrt(np.diag(covariance)[varies])
    correlations = covariance[np.ix_(varies, varies)] / np.outer(sds, sds)
    values = np.linalg.eigvalsh(correlations)
    if values[0] < 1e-8:
        return np.nan

    def loadings(unique: Array) -> tuple[Array, Array]:
        roots = np.sqrt(unique)
        found, vectors = np.linalg.eigh(correlations / np.outer(roots, roots))
        return found, vectors[:, -1] * np.sqrt(max(found[-1] - 1, 0.0)) * roots

    def misfit(unique: Array) -> tuple[float, Array]:
        found, load = loadings(unique)
        gap = np.outer(load, load) + np.diag(unique) - correlations
        return float((found[:-1] - np.log(found[:-1]) - 1).sum()), np.diag(gap) / unique**2

    start = np.clip(0.5 / np.diag(np.linalg.inv(correlations)), 0.01, 0.99)
    found = minimize(misfit, start, jac=True, method="L-BFGS-B", bounds=[(0.005, 1.0)] * len(start))
    unique = np.asarray(found.x, dtype=np.float64)
    common = float((loadings(unique)[1] * sds).sum()) ** 2
    return common / (common + float((unique * sds**2).sum()))


def conditional_sem(items: int, alpha: float, mean: float, sd: float) -> Array:
    """The standard error of each raw score 0..`items` of a test of right and wrong: Lord's, of the
    binomial (1955), brought to the test's reliability by Keats (1957).

    It is smallest at the ends and largest in the middle, where the SEM of the whole test is a mean.
    """
    if not sd > 0:
        return np.full(items + 1, np.nan)
    scores = np.arange(items + 1, dtype=np.float64)
    binomial = scores * (items - scores) / (items - 1)
    kr21 = items / (items - 1) * (1 - mean * (items - mean) / (items * sd**2))
    if not (kr21 < 1 and 0 <= alpha <= 1):
        return np.full(items + 1, np.nan)
    return np.asarray(np.sqrt(binomial * (1 - alpha) / (1 - kr21)))
