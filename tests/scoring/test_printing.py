"""Numbers are printed exactly or rounded as said, and formats print what C prints."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.printing import check_format, number_text, printed, value_texts
from kiosk.scoring.values import Bag, Row

FINE = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3), "3"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "0.333333333333333"),
        (Fraction(-2, 3), "-0.666666666666667"),
        (Fraction(10**20 + 1), "100000000000000000001"),
        (Fraction(1, 2**53), "0.000000000000000111022302462516"),
        (Fraction(200, 3), "66.6666666666667"),
    ],
)
def test_a_number_is_exact_up_to_fifteen_figures(value: Fraction, text: str) -> None:
    assert number_text(value) == text


@given(FINE)
def test_a_number_reads_back_as_near_as_fifteen_figures(value: Fraction) -> None:
    assert abs(number(number_text(value)) - value) <= abs(value) / 10**14


def test_a_number_that_could_not_be_read_again_is_refused() -> None:
    with pytest.raises(InputRefused):
        number_text(Fraction(10**61))


@pytest.mark.parametrize("form", ["%f", "%.0f", "%.2f", "%+08.3f", "%-9.1f", "%e", "%.3E", "%g"])
@given(st.integers(-(10**15), 10**15))
def test_a_format_prints_what_c_prints(form: str, whole: int) -> None:
    """Of numbers that binary floats hold, with too many decimals to stand at a half, where C goes to
    even; C also gives zero a sign."""
    value = Fraction(2 * whole + 1, 2**30)
    in_c = form % float(value)
    if float(in_c) != 0:
        assert printed(value, form) == in_c


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (Fraction(1, 8), "%.2f", "0.13"),
        (Fraction(-1, 8), "%.2f", "-0.13"),
        (Fraction(-1, 1000), "%.2f", "0.00"),
        (Fraction(42), "%i", "42"),
        (Fraction(42), "%05d", "00042"),
        (Fraction(-42), "%.4d", "-0042"),
        (Fraction(255), "%#x", "0xff"),
        (Fraction(255), "%X", "FF"),
        (Fraction(8), "%#o", "010"),
        (Fraction(5), "%+d", "+5"),
        (Fraction(5), "% d", " 5"),
        (Fraction(5), "%4d", "   5"),
        (Fraction(5), "%-4d", "5   "),
        (Fraction(123456, 10), "%.3e", "1.235e+04"),
        (Fraction(0), "%.2e", "0.00e+00"),
        (Fraction(1234567), "%g", "1.23457e+06"),
        (Fraction(1, 2), "%g", "0.5"),
        (Fraction(1, 2), "%#.3g", "0.500"),
        (Fraction(3), "%#.0f", "3."),
        (Fraction(10**10), "%.1G", "1E+10"),
        ("men", "%s", "men"),
        ("men", "%.2s", "me"),
        (True, "", "true"),
        (Row((Fraction(3), Fraction(1))), "", "3;1"),
        (Row((Fraction(3), Fraction(1))), "%.1f", "3.0;1.0"),
        (None, "", ""),
    ],
)
def test_a_value_is_printed_as_its_format_says(value, form: str, text: str) -> None:
    assert printed(value, form) == text


def test_members_stand_between_the_delimiters() -> None:
    assert printed(Bag((Fraction(1), Fraction(2))), "", ", ") == "1, 2"
    assert value_texts(Row((True, "a", Fraction(1, 4)))) == ("true", "a", "0.25")


@pytest.mark.parametrize("form", ["%", "%y", "d", "%d items", "%ld", "%*d", "%.99f", "%99d"])
def test_another_format_is_refused_by_name(form: str) -> None:
    with pytest.raises(InputRefused) as refused:
        check_format(form)
    assert form in refused.value.summary


@pytest.mark.parametrize(
    ("value", "form"), [(Fraction(1, 2), "%d"), ("men", "%d"), (True, "%f"), ("men", "%.2f")]
)
def test_a_format_that_does_not_suit_the_value_is_refused(value, form: str) -> None:
    with pytest.raises(InputRefused):
        printed(value, form)
