"""Classical figures: as published, as computed the long way, and unknown where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kiosk.station.analysis.classical import classical, conditional_sem, omega
from tests.station.analysis.lsat import PATTERNS, WEIGHTS, everyone


def test_lsat6_has_the_published_figures() -> None:
    found = classical(PATTERNS, np.ones(5), WEIGHTS)

    assert found.n == 1000
    assert found.p == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.87], abs=1e-12)
    assert round(found.alpha, 4) == 0.2950
    assert found.mean == pytest.approx(3.819)
    # ltm's descript(LSAT): point biserials with the total and without the item, alpha without it.
    assert found.rit.round(4).tolist() == [0.3620, 0.5668, 0.6184, 0.5344, 0.4354]
    assert found.rir.round(4).tolist() == [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
    assert found.alpha_without.round(4).tolist() == [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]


def test_a_row_that_stands_for_many_is_as_many_rows() -> None:
    many = classical(everyone(), np.ones(5))
    few = classical(PATTERNS, np.ones(5), WEIGHTS)

    for name in ("p", "sd", "rit", "rir", "alpha_without", "mean", "test_sd", "alpha", "sem"):
        assert getattr(few, name) == pytest.approx(getattr(many, name)), name


@settings(max_examples=40)
@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(3, 12), st.integers(3, 6)),
        elements=st.sampled_from([0.0, 0.5, 1.0]),
    )
)
def test_figures_are_those_of_the_definitions(scores: np.ndarray) -> None:
    found = classical(scores, np.ones(scores.shape[1]))
    total = scores.sum(axis=1)
    k = scores.shape[1]

    assert found.test_sd == pytest.approx(total.std(ddof=1))
    for item in range(k):
        rest = total - scores[:, item]
        for other, figure in ((total, found.rit[item]), (rest, found.rir[item])):
            if scores[:, item].std() == 0 or other.std() == 0:
                assert np.isnan(figure)
            else:
                expected = np.corrcoef(scores[:, item], other)[0, 1]
                assert figure == pytest.approx(expected, abs=1e-9)
    if total.std() > 0:
        ratio = scores.var(axis=0, ddof=1).sum() / total.var(ddof=1)
        assert found.alpha == pytest.approx(k / (k - 1) * (1 - ratio))


def test_a_missing_score_is_left_out_and_not_counted_as_wrong() -> None:
    scores = everyone()
    scores[::7, 2] = np.nan
    found = classical(scores, np.ones(5))
    held = ~np.isnan(scores[:, 2])

    assert found.item_n[2] == held.sum()
    assert found.p[2] == pytest.approx(scores[held, 2].mean())
    rest = np.delete(scores, 2, axis=1).sum(axis=1)[held]
    assert found.rir[2] == pytest.approx(np.corrcoef(scores[held, 2], rest)[0, 1])
    # Who lacks the item is measured by the four others, on the scale of five.
    assert found.totals[0] == pytest.approx(np.nansum(scores[0]) / 4 * 5)


def test_what_cannot_be_had_is_unknown_and_never_a_number() -> None:
    same = classical(np.array([[1.0, 0.1, 0.0], [1.0, 0.1, 1.0]]), np.ones(3))
    assert np.isnan(same.rit[:2]).all()
    assert same.rit[2] == pytest.approx(1)
    alone = classical(np.array([[1.0, 0.0]]), np.ones(2))
    assert alone.p.tolist() == [1, 0]
    assert np.isnan([alone.alpha, alone.test_sd, alone.sem, *alone.rit, *alone.sd]).all()
    assert np.isnan(classical(np.array([[1.0], [0.0]]), np.ones(1)).alpha)


def test_omega_agrees_with_another_program_of_factor_analysis() -> None:
    from girth.factoranalysis import maximum_likelihood_factor_analysis

    covariance = classical(everyone(), np.ones(5)).covariance
    sds = np.sqrt(np.diag(covariance))
    loads, _, unique = maximum_likelihood_factor_analysis(covariance / np.outer(sds, sds), 1)
    common = (loads[:, 0] * sds).sum() ** 2
    assert omega(covariance) == pytest.approx(common / (common + (unique * sds**2).sum()), abs=1e-4)
    assert np.isnan(omega(np.eye(2)))


def test_the_error_of_a_score_averages_to_that_of_the_test() -> None:
    found = classical(everyone(), np.ones(5))
    errors = conditional_sem(5, found.alpha, found.mean, found.test_sd)

    assert errors[0] == errors[5] == 0
    mean_square = (errors[found.totals.astype(int)] ** 2).mean()
    assert mean_square == pytest.approx(found.sem**2, rel=0.01)
