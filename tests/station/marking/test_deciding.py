"""What marks come to: the stated rule, whatever the marks are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.station.marking.deciding import Given, decide, read_bound, read_share

POINTS = st.integers(0, 12).map(lambda half: Fraction(half, 2))


def a_mark(points: Fraction, marker: str = "Chen") -> Given:
    return Given(marker, points, Fraction(6), (str(points),))


@given(POINTS, POINTS, st.sampled_from(["0", "1", "2.5", "20%", "100%"]))
def test_two_marks_within_the_bound_are_their_mean_and_others_wait(
    one: Fraction, other: Fraction, bound: str
) -> None:
    found = decide(
        {"first": a_mark(one), "second": a_mark(other)}, twice=True, bound=read_bound(bound)
    )
    assert found.standing == (
        "final" if abs(one - other) <= read_bound(bound).of(Fraction(6)) else "adjudicate"
    )
    assert found.share == ((one + other) / 12 if found.standing == "final" else None)


@given(st.dictionaries(st.sampled_from(["first", "second", "third", "review"]), POINTS))
def test_a_review_decides_before_the_adjudicator_and_both_before_markers(
    points: dict[str, Fraction],
) -> None:
    marks = {turn: a_mark(value) for turn, value in points.items()}
    found = decide(marks, twice=True, bound=read_bound("100%"))  # type: ignore[arg-type]
    for turn in ("review", "third"):
        if turn in points:
            assert (found.standing, found.turns) == ("final", (turn,))
            assert found.share == points[turn] / 6
            return
    assert found.standing == ("final" if len(points) == 2 else "open")


def test_one_mark_is_enough_where_one_is_asked_for() -> None:
    bound = read_bound("0")
    assert decide({}, twice=False, bound=bound).standing == "open"
    assert decide({"first": a_mark(Fraction(3))}, twice=False, bound=bound).share == Fraction(1, 2)


def test_shares_and_bounds_read_as_people_write_them() -> None:
    assert [read_share(said) for said in ("10%", "all", "none", "１００%".replace("１００", "100"))] == [
        Fraction(1, 10), 1, 0, 1
    ]  # fmt: skip
    assert read_bound("20％").of(Fraction(5)) == 1
    assert read_bound("1.5").of(Fraction(5)) == Fraction(3, 2)
    for wrong in ("10", "110%", "-1%", "some"):
        with pytest.raises(InputRefused):
            read_share(wrong)
    with pytest.raises(InputRefused):
        read_bound("-1")
