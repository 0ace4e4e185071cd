"""Exact numbers go to text and back unchanged, and round only where told."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number, rounded, shown, written


@given(st.fractions(max_denominator=10**12).filter(lambda value: abs(value) < 10**20))
def test_every_value_comes_back_from_its_text(value):
    assert number(written(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(60), "60"),
        (Fraction(119, 2), "59.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(200, 3), "200/3"),
        (Fraction(0), "0"),
    ],
)
def test_text_is_decimal_where_it_ends(value, text):
    assert written(value) == text


@pytest.mark.parametrize("text", ["", "one", "1/0", "nan", "inf", "1e9999", "1 2", "9" * 99])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InputRefused, match="is not a number"):
        number(text)


def test_halves_go_up_and_down_goes_towards_zero():
    half = Fraction(119, 2)
    assert [rounded(half, 0, "half_up"), rounded(half, 0, "down")] == [60, 59]
    assert [rounded(-half, 0, "half_up"), rounded(-half, 0, "down")] == [-60, -59]
    assert rounded(Fraction(2, 3), 2, "half_up") == Fraction(67, 100)


def test_a_score_is_shown_with_few_decimals():
    assert [shown("200/3"), shown("59.5"), shown("60")] == ["66.67", "59.5", "60"]
