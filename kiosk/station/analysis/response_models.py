"""Models of one ability: Rasch (one discrimination for all items) and the two-parameter model.

Estimated by `girth` by marginal maximum likelihood (MML, Bock and Aitkin 1981): ability is standard
normal (mean 0, sd 1: that is how difficulties are centred) and the common discrimination is estimated
with the difficulties. R's `ltm::rasch` and the figures published with it are this; Rasch's own scale
(discrimination 1) is `slope * difficulty`. `conditional_rasch` is the other school: no assumption about
abilities, centred so that difficulties add up to 0 (CML, as R's `eRm`).

Standard errors come from the observed information by Louis' formula (1982), computed here on 41 points.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from kiosk.station.analysis.classical import Array

LEAST_CANDIDATES = 100
"""With fewer, estimates are noise: standard errors above 0.2 even of items of middle difficulty."""
MOST_CELLS = 20_000_000
_POINTS, _REACH = 41, 6.0
_NEVER = 1e-12


class Estimates(Struct, frozen=True):
    """One value an item: `slopes` (discrimination), `difficulties`, their standard errors, and mean
    squares of residuals: `outfit` of all candidates alike, `infit` weighted by information (Wright and
    Masters 1982); near 1 where the model holds, above 1.3 noisy, below 0.7 too smooth to be true.

    `slope_errors` is NaN but for the first item where one slope is common. NaN where an item has no
    estimate: everyone, or nobody, got it right. `abilities` are the candidates' expected abilities.
    """

    slopes: Array
    difficulties: Array
    slope_errors: Array
    difficulty_errors: Array
    infit: Array
    outfit: Array
    abilities: Array
    log_likelihood: float


def marginal(right: Array, weights: Array, *, two_parameters: bool = False) -> Estimates | None:
    """Rasch's or the two-parameter model of right (1) and wrong (0) answers, NaN where there is none.

    None where it cannot be estimated: fewer than two items that some got right and some wrong, too
    many cells, or no solution.
    """
    import girth

    varies = _varies(right, weights)
    if varies.sum() < 2 or weights.sum() * varies.sum() > MOST_CELLS:
        return None
    answers = right[:, varies]
    coded = np.where(np.isnan(answers), girth.INVALID_RESPONSE, answers).astype(int)
    many = np.repeat(coded, weights.astype(int), axis=0).T
    found = girth.twopl_mml(many) if two_parameters else girth.onepl_mml(many)
    difficulties = np.asarray(found["Difficulty"], dtype=np.float64)
    slopes = np.broadcast_to(
        np.asarray(found["Discrimination"], dtype=np.float64), difficulties.shape
    ).copy()
    if not (np.isfinite(difficulties).all() and np.isfinite(slopes).all()):
        return None
    return _placed(_described(answers, weights, slopes, difficulties, two_parameters), varies)


def information(slopes: Array, difficulties: Array, abilities: Array) -> Array:
    """What a test tells at each of `abilities`: the sum of its items' a² p (1 - p) (Lord 1980, 5-6).
    The standard error of an ability is one over its root."""
    chance = 1 / (1 + np.exp(-slopes * (abilities[:, None] - difficulties)))
    found: Array = (slopes**2 * chance * (1 - chance)).sum(axis=1)
    return found


def conditional_rasch(right: Array, weights: Array) -> Array | None:
    """Rasch difficulties by conditional maximum likelihood, adding up to 0; NaN for items without.

    None where a score is missing: girth's conditions on the totals of a whole test.
    """
    import girth

    varies = _varies(right, weights)
    if varies.sum() < 2 or np.isnan(right).any() or weights.sum() * varies.sum() > MOST_CELLS:
        return None
    many = np.repeat(right[:, varies].astype(int), weights.astype(int), axis=0).T
    found = np.full(len(varies), np.nan)
    found[varies] = girth.rasch_conditional(many)["Difficulty"]
    found[varies] -= found[varies].mean()
    return found


def _varies(right: Array, weights: Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    held = weights @ ~np.isnan(right)
    ones = weights @ np.nan_to_num(right)
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (ones > 0) & (ones < held)
    return found


def _described(
    answers: Array, weights: Array, slopes: Array, difficulties: Array, two_parameters: bool
) -> Estimates:
    """Standard errors, fit and abilities at the estimates."""
    nodes = np.linspace(-_REACH, _REACH, _POINTS)
    there = ~np.isnan(answers)
    filled = np.where(there, answers, 0.0)
    # Intercept and slope: logit = slope * ability - slope * difficulty.
    logits = np.outer(nodes, slopes) - slopes * difficulties
    chances = np.clip(1 / (1 + np.exp(-np.clip(logits, -500, 500))), _NEVER, 1 - _NEVER)
    on_log = filled @ np.log(chances).T + (there - filled) @ np.log1p(-chances).T
    prior = np.exp(-(nodes**2) / 2)
    prior /= prior.sum()
    top = on_log.max(axis=1, keepdims=True)
    joint = np.exp(on_log - top) * prior
    marginals = joint.sum(axis=1)
    posterior = joint / marginals[:, None]
    covariance = _covariance(
        filled, there, weights, posterior, nodes, chances, slopes, difficulties, two_parameters
    )
    k = len(slopes)
    errors = np.sqrt(np.where(np.diag(covariance) > 0, np.diag(covariance), np.nan))
    slope_errors = np.full(k, np.nan)
    slope_errors[: k if two_parameters else 1] = errors[k:]
    infit, outfit = _fit(filled, there, weights, posterior, chances)
    return Estimates(
        slopes=slopes,
        difficulties=difficulties,
        slope_errors=slope_errors,
        difficulty_errors=errors[:k],
        infit=infit,
        outfit=outfit,
        abilities=posterior @ nodes,
        log_likelihood=float(weights @ (np.log(marginals) + top[:, 0])),
    )


def _covariance(
    filled: Array,
    there: Array,
    weights: Array,
    posterior: Array,
    nodes: Array,
    chances: Array,
    slopes: Array,
    difficulties: Array,
    two_parameters: bool,
) -> Array:
    """Of difficulties, then slopes: the inverse of the observed information, which is the complete
    data's expected information, less what not knowing abilities loses (Louis 1982)."""
    k = len(slopes)
    information = np.zeros((2 * k, 2 * k))
    scores = np.zeros((len(filled), 2 * k))
    for place, node in enumerate(nodes):
        share = weights * posterior[:, place]
        gap = np.where(there, filled - chances[place], 0.0)
        # d logit / d difficulty, d logit / d slope
        ways = np.concatenate([-slopes, node - difficulties])
        each = np.concatenate([gap, gap], axis=1) * ways
        scores += posterior[:, place : place + 1] * each
        information -= each.T @ (each * share[:, None])
        steep = (share @ there) * chances[place] * (1 - chances[place])
        gaps = share @ gap
        for first in (0, k):
            for second in (0, k):
                held = steep * ways[first : first + k] * ways[second : second + k]
                # The logit's own second derivative: d2 / d difficulty d slope = -1.
                bent = gaps if first != second else 0.0
                information[range(first, first + k), range(second, second + k)] += held + bent
    information += scores.T @ (scores * weights[:, None])
    if not two_parameters:
        fold = np.zeros((2 * k, k + 1))
        fold[:k, :k] = np.eye(k)
        fold[k:, k] = 1.0
        information = fold.T @ information @ fold
    try:
        return np.asarray(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return np.full(information.shape, np.nan)


def _fit(
    filled: Array, there: Array, weights: Array, posterior: Array, chances: Array
) -> tuple[Array, Array]:
    """Infit and outfit, each residual taken over where the candidate's ability may lie."""
    spread = chances * (1 - chances)
    held = there * weights[:, None]
    # E[(x - P)^2] over the posterior, x being 0 or 1: x (1 - 2 P) + P^2.
    squared = filled * (1 - 2 * (posterior @ chances)) + posterior @ chances**2
    infit = (held * squared).sum(axis=0) / (held * (posterior @ spread)).sum(axis=0)
    relative = filled * (posterior @ ((1 - 2 * chances) / spread)) + posterior @ (
        chances**2 / spread
    )
    outfit = (held * relative).sum(axis=0) / held.sum(axis=0)
    return infit, outfit


def _placed(found: Estimates, varies: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Estimates:
    """Estimates of the items that vary, in the places of all items."""

    def spread(values: Array) -> Array:
        every = np.full(len(varies), np.nan)
        every[varies] = values
        return every

    return Estimates(
        slopes=spread(found.slopes),
        difficulties=spread(found.difficulties),
        slope_errors=spread(found.slope_errors),
        difficulty_errors=spread(found.difficulty_errors),
        infit=spread(found.infit),
        outfit=spread(found.outfit),
        abilities=found.abilities,
        log_likelihood=found.log_likelihood,
    )
