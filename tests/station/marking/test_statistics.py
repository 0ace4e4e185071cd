"""Marker statistics against published values and against a formula of another kind."""

from __future__ import annotations

from statistics import mean, pvariance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.station.marking.statistics import Marked, agreement, figures, pairs_of, weighted_kappa

RATINGS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=40)

# Agresti, Categorical Data Analysis (1990), p. 365: 91 couples on four categories. R's vcd gives for it
# an unweighted kappa of 0.1293 and a linearly weighted one of 0.2374.
COUPLES = ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))


def _pairs(table: tuple[tuple[int, ...], ...]) -> list[tuple[float, float]]:
    return [
        (row, column)
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def test_kappa_is_the_published_one() -> None:
    assert weighted_kappa(_pairs(COUPLES), "none") == pytest.approx(0.1293, abs=5e-5)
    assert weighted_kappa(_pairs(COUPLES), "linear") == pytest.approx(0.2374, abs=5e-5)


@settings(max_examples=40)
@given(RATINGS)
def test_quadratic_kappa_is_the_concordance_of_the_two_raters(
    ratings: list[tuple[int, int]],
) -> None:
    """Fleiss and Cohen (1973): 2 s12 / (s1^2 + s2^2 + (m1 - m2)^2)."""
    one, other = zip(*ratings, strict=True)
    covariance = mean(a * b for a, b in ratings) - mean(one) * mean(other)
    spread = pvariance(one) + pvariance(other) + (mean(one) - mean(other)) ** 2
    found = weighted_kappa(ratings)
    if spread == 0:
        assert found is None
    else:
        assert found == pytest.approx(2 * covariance / spread, abs=1e-9)


@settings(max_examples=40)
@given(RATINGS)
def test_raters_who_agree_have_a_kappa_of_one(ratings: list[tuple[int, int]]) -> None:
    same = [(one, one) for one, _ in ratings]
    assert weighted_kappa(same) in (None, 1)


def _mark(handle: str, marker: str, turn: str, share: float, day: int = 0) -> Marked:
    return Marked(handle, "i", marker, turn, share, 6, 43_200 + day * 86_400)


def test_a_marker_who_gives_less_shows_as_strict_and_a_drift_shows_by_day() -> None:
    marks = [
        mark
        for n in range(10)
        for mark in (
            _mark(f"H{n}", "Chen", "first", 0.5 - (0.2 if n >= 5 else 0), day=n // 5),
            _mark(f"H{n}", "Li", "second", 0.5),
        )
    ]
    chen, li = figures(marks, within=[f"H{n}" for n in range(5)])

    assert chen.severity == pytest.approx(-0.1)
    assert li.severity == pytest.approx(0.1)
    assert [day.severity for day in chen.days] == [0, pytest.approx(-0.2)]
    assert (chen.exact, chen.within, chen.compared, chen.marks) == (0.5, 0.5, 10, 10)
    assert agreement(pairs_of(marks)) is not None


def test_marks_without_a_second_say_nothing_of_agreement() -> None:
    (only,) = figures([_mark("H1", "Chen", "first", 0.5)], within=())
    assert (only.severity, only.kappa, only.exact) == (None, None, None)
    assert agreement(()) is None
