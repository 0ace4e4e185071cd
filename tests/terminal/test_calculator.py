"""The calculator calculates, and does nothing else, whatever is typed."""

import math
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simpleeval import InvalidExpression

from kiosk.errors import InputRefused
from kiosk.terminal.calculator import MAX_LENGTH, _evaluator, calculate, written


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("0.1 + 0.2", "0.3"),
        ("2+3×4", "14"),
        ("(2+3)*4", "20"),
        ("−2^2", "−4"),
        ("2^3^2", "512"),
        ("7÷2", "3.5"),
        ("10/4-1", "1.5"),
        ("sin(30)", "0.5"),
        ("sin(180)", "0"),
        ("cos(60)+tan(45)", "1.5"),
        ("asin(0.5)", "30"),
        ("√9", "3"),
        ("√(9+16)", "5"),
        ("2√9", "6"),
        ("2π", "6.28318530718"),
        ("3(4+1)", "15"),
        ("(1+1)(2+2)", "8"),
        ("2sin(90)", "2"),
        ("lg(1000)", "3"),
        ("ln(exp(2))", "2"),
        ("1.5E3", "1500"),
        ("5×10^−7", "5×10^−7"),
        ("6.02E23×2", "1.204×10^24"),
        ("abs(−4)", "4"),
        ("１２＋３", "15"),
        ("（１．５）×２", "3"),
        ("1÷3", "0.333333333333"),
        ("-0", "0"),
        (".5+.5", "1"),
    ],
)
def test_it_calculates_as_a_pocket_calculator_does(expression, shown):
    assert written(calculate(expression)) == shown


def test_the_last_result_goes_on():
    assert calculate("Ans×2", last=21) == 42
    assert calculate("2Ans", last=21) == 42


@pytest.mark.parametrize(
    "expression", ["1÷0", "√(0-1)", "tan(90)", "ln(0)", "(-8)^0.5", "9^9^9^9", "asin(2)", "1E999"]
)
def test_what_has_no_value_is_said(expression):
    with pytest.raises(InputRefused, match="no value"):
        calculate(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1+",
        "(1",
        "1..2",
        "sin",
        "sin(1)(",
        "foo(1)",
        "__import__('os')",
        "().__class__",
        "pi.real",
        "[1][0]",
        "1 if 1 else 2",
        "not 1",
        "1;2",
        "x=1",
        "1<2",
        "'a'*9",
        "1_000",
        "lambda: 1",
        "sin(sin)",
        "max(1)",
        "((((((((((" * 8,
    ],
)
def test_anything_but_arithmetic_is_refused(expression):
    with pytest.raises(InputRefused):
        calculate(expression)


@given(st.text(alphabet="0123456789.eE+-*/^()√πsincoalgxpAn ", max_size=MAX_LENGTH))
def test_whatever_is_typed_it_is_quick_and_a_number_or_refused(expression):
    begun = time.thread_time()
    try:
        value = calculate(expression)
    except InputRefused:
        value = 0.0
    assert math.isfinite(value)
    assert written(value)
    assert time.thread_time() - begun < 1


@given(st.text(max_size=30))
def test_no_text_at_all_does_more_than_be_refused(text):
    with suppress(InputRefused):
        assert math.isfinite(calculate(text))


@pytest.mark.parametrize("written_out", ["1 if 1 else 2", "1 < 2", "pi.real", "'a'[0]", "f'{1}'"])
def test_the_evaluator_itself_knows_nothing_but_arithmetic(written_out):
    with pytest.raises(InvalidExpression):
        _evaluator().eval(written_out)
