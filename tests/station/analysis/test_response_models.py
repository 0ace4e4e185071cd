"""Rasch and the two-parameter model: as published, and against a computation of our own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from kiosk.station.analysis.response_models import conditional_rasch, marginal
from tests.station.analysis.lsat import PATTERNS, SAT, WEIGHTS

_RIGHT, _TIMES = PATTERNS[SAT], WEIGHTS[SAT]


def test_lsat6_has_the_published_rasch_figures() -> None:
    found = marginal(_RIGHT, _TIMES)

    assert found is not None
    # ltm's summary(rasch(LSAT)): values, then standard errors.
    published = [-3.6153, -1.3224, -0.3176, -1.7301, -2.7802]
    assert found.difficulties == pytest.approx(published, abs=5e-4)
    assert found.slopes == pytest.approx([0.7551] * 5, abs=5e-4)
    assert found.difficulty_errors == pytest.approx(
        [0.3266, 0.1422, 0.0977, 0.1691, 0.2510], abs=5e-4
    )
    assert found.slope_errors[0] == pytest.approx(0.0694, abs=2e-4)
    assert found.log_likelihood == pytest.approx(-2466.938, abs=2e-3)


def test_lsat6_has_the_published_two_parameter_figures() -> None:
    found = marginal(_RIGHT, _TIMES, two_parameters=True)

    assert found is not None
    # ltm's summary(ltm(LSAT ~ z1)).
    published = [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236]
    assert found.difficulties == pytest.approx(published, abs=5e-3)
    assert found.slopes == pytest.approx([0.8254, 0.7229, 0.8905, 0.6886, 0.6575], abs=2e-3)
    assert found.difficulty_errors == pytest.approx(
        [0.8669, 0.3073, 0.0997, 0.4341, 0.8700], abs=5e-3
    )
    assert found.log_likelihood == pytest.approx(-2466.653, abs=2e-3)


def test_the_library_finds_the_maximum_that_a_plain_search_finds() -> None:
    points, chances = np.polynomial.hermite_e.hermegauss(31)
    chances = chances / chances.sum()

    def misfit(guess: np.ndarray) -> float:
        logits = guess[5] * (points[:, None] - guess[:5])
        right = 1 / (1 + np.exp(-logits))
        each = np.where(_RIGHT[:, None, :] == 1, right, 1 - right).prod(axis=2)
        return -float(_TIMES @ np.log(each @ chances))

    best = minimize(misfit, np.array([-2.0] * 5 + [1.0]), method="L-BFGS-B")
    found = marginal(_RIGHT, _TIMES)
    assert found is not None
    assert found.difficulties == pytest.approx(best.x[:5], abs=5e-3)


def test_conditional_difficulties_add_up_to_nothing_and_solve_their_equations() -> None:
    found = conditional_rasch(_RIGHT, _TIMES)

    assert found is not None
    assert found.sum() == pytest.approx(0, abs=1e-9)
    # At the maximum each item is right as often as it should be, given the totals (Rasch 1960).
    ease = np.exp(-found)
    pattern = np.prod(np.where(PATTERNS == 1, ease, 1.0), axis=1)
    total = PATTERNS.sum(axis=1)
    expected = np.zeros(5)
    for score in range(6):
        of_score = total == score
        chance = pattern[of_score] / pattern[of_score].sum()
        expected += WEIGHTS[of_score].sum() * (chance @ PATTERNS[of_score])
    assert expected == pytest.approx(WEIGHTS @ PATTERNS, abs=0.05)
    assert conditional_rasch(np.where(_RIGHT == 1, np.nan, 0.0), _TIMES) is None


def test_an_item_of_chance_misfits_and_one_all_got_right_has_no_estimate() -> None:
    chance = np.random.default_rng(7)
    ability, difficulty = chance.normal(0, 1.5, 600), np.linspace(-1.5, 1.5, 14)
    right = (chance.random((600, 14)) < 1 / (1 + np.exp(difficulty - ability[:, None]))) * 1.0
    right[:, 0] = chance.random(600) < 0.5
    right[:, 1] = 1.0
    right[:200, 5] = np.nan

    found = marginal(right, np.ones(600))
    assert found is not None
    assert np.isnan(found.difficulties[1])
    assert found.infit[0] > 1.3
    others = np.arange(14) > 1
    assert (np.abs(found.infit[others] - 1) < 0.25).all()
    logits = (found.slopes * found.difficulties)[others]
    assert np.corrcoef(logits, difficulty[others])[0, 1] > 0.97
    assert np.abs(logits - difficulty[others]).max() < 0.5
    assert marginal(right[:, :2], np.ones(600)) is None
