"""Functions whose results are no fractions: computed to 60 digits, kept to 34 (those of decimal128).

So `sqrt(4)` is 2 and `sin(pi/6)` is 0.5, exactly and on every machine, which the C library's functions
do not promise. Results of the circle's functions are kept to 40 decimals too: `sin(pi)` is 0, and
where they have a pole there is no value.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from kiosk.scoring.numbers import LIMIT_BITS, rounded, significant, too_long

DIGITS: Final = 34
_WORKING_DIGITS: Final = 60
_CONSTANT_DIGITS: Final = 50
_CIRCLE_PLACES: Final = 40
_CIRCLE: Final = frozenset({"sin", "cos", "tan", "sec", "csc", "cot"})
_NAMES: Final = {"log": "log10", "toDegrees": "degrees", "toRadians": "radians"}
ONE_ARGUMENT: Final = frozenset(
    {"sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "asec", "acsc", "acot",
     "sinh", "cosh", "tanh", "sech", "csch", "coth", "log", "ln", "exp", "toDegrees",
     "toRadians"}
)  # fmt: skip


@lru_cache(maxsize=1)
def _context() -> Any:
    # Takes 0.35 s to import, and few items need it.
    from mpmath import MPContext

    context = MPContext()
    context.dps = _WORKING_DIGITS
    return context


def constant(name: str) -> Fraction:
    """`pi` or `e`, to 50 digits."""
    context = _context()
    value = _fraction(+(context.pi if name == "pi" else context.e))
    assert value is not None
    return significant(value, _CONSTANT_DIGITS)


def function(name: str, *arguments: Fraction) -> Fraction | None:
    """QTI 3 qti-math-operator; None outside the function's domain or past any number we keep."""
    context = _context()
    if name in _CIRCLE and any(abs(argument) > 10**_CIRCLE_PLACES for argument in arguments):
        return None
    value = _evaluated(getattr(context, _NAMES.get(name, name)), arguments)
    if name not in _CIRCLE or value is None:
        return value
    if abs(value) > 10**_CIRCLE_PLACES:
        return None
    return rounded(value, _CIRCLE_PLACES, "half_up")


def power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """`base` to the `exponent`: exact while it can be held, to 34 digits past that; None where there
    is no real number."""
    if base == 0 and exponent < 0:
        return None
    if exponent.denominator == 1:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
        if bits * abs(exponent.numerator) <= LIMIT_BITS:
            value = base**exponent.numerator
            if not too_long(value):
                return value
    elif base < 0:
        return None
    return _evaluated(_context().power, (base, exponent))


def root(value: Fraction) -> Fraction | None:
    """The square root."""
    return function("sqrt", value)


def _evaluated(compute: Callable[..., Any], arguments: tuple[Fraction, ...]) -> Fraction | None:
    context = _context()
    try:
        read = [context.mpf(one.numerator) / one.denominator for one in arguments]
        value = compute(*read)
    except (ArithmeticError, ValueError):
        return None
    if not isinstance(value, context.mpf) or not context.isfinite(value):
        return None
    found = _fraction(value)
    return None if found is None else significant(found, DIGITS)


def _fraction(value: Any) -> Fraction | None:
    """`value` itself; 0 when it is too small to hold, None when too large."""
    sign, mantissa, exponent, bits = value._mpf_
    if exponent + bits > LIMIT_BITS // 2:
        return None
    if exponent + bits < -LIMIT_BITS // 2:
        return Fraction(0)
    whole = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -whole if sign else whole
