"""Mantel-Haenszel: as R has it for a published table, and blind to ability."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kiosk.station.analysis.dif import mantel_haenszel, strata_of

# Admissions at Berkeley 1973 (Bickel and others 1975; R's UCBAdmissions): men in and out, women.
_DEPARTMENTS = (
    (512, 313, 89, 19),
    (353, 207, 17, 8),
    (120, 205, 202, 391),
    (138, 279, 131, 244),
    (53, 138, 94, 299),
    (22, 351, 24, 317),
)


def test_a_published_table_has_the_published_odds_ratio_interval_and_test() -> None:
    rows = [
        (right, focal, stratum, count)
        for stratum, cells in enumerate(_DEPARTMENTS)
        for (focal, right), count in zip(
            ((False, 1.0), (False, 0.0), (True, 1.0), (True, 0.0)), cells, strict=True
        )
    ]
    right, focal, strata, weights = (np.array(column) for column in zip(*rows, strict=True))
    found = mantel_haenszel(right[:, None], focal, strata, weights.astype(float))

    # R's mantelhaen.test(UCBAdmissions): 0.9046968, 95 % of it from 0.7719074 to 1.0603298.
    assert math.exp(-found.delta[0] / 2.35) == pytest.approx(0.9046968, abs=1e-6)
    low, high = (
        math.exp((-found.delta[0] + sign * 1.959964 * found.error[0]) / 2.35) for sign in (-1, 1)
    )
    assert (low, high) == pytest.approx((0.7719074, 1.0603298), abs=1e-6)
    assert found.chi_squared[0] == pytest.approx(1.4269, abs=1e-4)
    assert found.classes == ("A",)


def test_only_the_item_that_is_harder_for_the_equally_able_is_found() -> None:
    chance = np.random.default_rng(3)
    focal = np.arange(1200) < 400
    ability = chance.normal(size=1200) - 0.8 * focal  # a weaker group is no unfair item
    difficulty = np.linspace(-1, 1, 20)[None, :] + np.zeros((1200, 1))
    difficulty[:, 4] += 1.5 * focal
    right = (chance.random((1200, 20)) < 1 / (1 + np.exp(difficulty - ability[:, None]))) * 1.0

    found = mantel_haenszel(right, focal, strata_of(right.sum(axis=1)), np.ones(1200))
    assert found.classes[4] == "C"
    assert found.delta[4] < -1.5
    assert "C" not in found.classes[:4] + found.classes[5:]


def test_an_item_all_got_right_has_no_class() -> None:
    right = np.ones((100, 1))
    found = mantel_haenszel(right, np.arange(100) < 50, np.zeros(100, dtype=np.intp), np.ones(100))
    assert found.classes == ("",)
    assert np.isnan(found.delta[0])
