"""Values as text: what a printed variable shows, and what stands in the plain item made of a template.

A whole number is written as it is. Any other is written exactly where that takes at most 15
significant digits, and else rounded to 15, halves away from zero. A format rounds the same way.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, Literal

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import magnitude, number, rounded, significant, written
from kiosk.scoring.values import Single, Value, members

FIGURES: Final = 15
"""Those that every program which reads QTI keeps of a number."""

_FORMAT: Final = re.compile(r"%([-+ 0#]*)(\d{0,2})(?:\.(\d{0,2}))?([a-zA-Z])")
_WHOLE: Final[dict[str, str]] = {"d": "d", "i": "d", "x": "x", "X": "X", "o": "o"}
_WIDE: Final = 60


def value_texts(value: Value) -> tuple[str, ...]:
    """The members of `value` as QTI writes them in a declaration.

    Raises:
        InputRefused: a number too long to be read again.
    """
    return tuple(_plain(member) for member in members(value))


def number_text(value: Fraction) -> str:
    """`value` as a decimal number.

    Raises:
        InputRefused: too long to be read again.
    """
    text = written(value)
    if value.denominator != 1 and ("/" in text or _figures(text) > FIGURES):
        text = written(significant(value, FIGURES))
    number(text)
    return text


def printed(value: Value, form: str = "", delimiter: str = ";") -> str:
    """`value` as a printed variable shows it, in the format `form` (QTI 3 qti-printed-variable).

    Of QTI's formats: `%d %i %x %X %o` for whole numbers, `%f %e %E %g %G` for numbers, `%s`, with C's
    flags, width and precision. Members of a container have `delimiter` between them.

    Raises:
        InputRefused: another format, or one that does not suit the value.
    """
    if not form:
        return delimiter.join(value_texts(value))
    return delimiter.join(_formatted(member, form) for member in members(value))


def check_format(form: str) -> None:
    """Raises InputRefused when `form` is none of the formats that are printed."""
    if form:
        _parsed(form)


def _plain(member: Single) -> str:
    if isinstance(member, bool):
        return "true" if member else "false"
    return number_text(member) if isinstance(member, Fraction) else member


def _figures(text: str) -> int:
    return len(text.replace(".", "").lstrip("-0"))


def _parsed(form: str) -> tuple[str, int, int | None, str]:
    """Flags, width, precision (None where it is not said) and conversion."""
    found = _FORMAT.fullmatch(form.strip())
    if found is None or found[4] not in (*_WHOLE, *"fFeEgGs"):
        raise InputRefused(
            f"the format '{form[:40]}' is not printed",
            remedy="Use %d, %i, %x, %o, %f, %e, %g or %s with flags, width and precision",
        )
    flags, width, precision, conversion = found.groups()
    places = None if precision is None else int(precision or "0")
    if int(width or "0") > _WIDE or (places or 0) > FIGURES:
        raise InputRefused(f"the format '{form[:40]}' asks for too many digits")
    return flags, int(width or "0"), places, conversion


def _formatted(member: Single, form: str) -> str:
    flags, width, places, conversion = _parsed(form)
    if conversion == "s":
        text = _plain(member)
        return _wide(text if places is None else text[:places], flags, width, "")
    if not isinstance(member, Fraction):
        raise InputRefused(f"the format '{form}' is for numbers, not '{member}'")
    if conversion in _WHOLE:
        if member.denominator != 1:
            raise InputRefused(f"the format '{form}' is for whole numbers, not {written(member)}")
        digits = format(abs(member.numerator), _WHOLE[conversion]).zfill(places or 0)
        prefix = {"x": "0x", "X": "0X", "o": "0"}.get(conversion, "") if "#" in flags else ""
        # C pads with zeros only where no precision says how many digits there are.
        flags = flags if places is None else flags.replace("0", "")
        return _wide(digits, flags, width, _sign(member < 0, flags) + prefix)
    kind: Literal["f", "e", "g"] = "f"
    if conversion in "eE":
        kind = "e"
    elif conversion in "gG":
        kind = "g"
    digits = _digits(abs(member), kind, 6 if places is None else places, "#" in flags)
    if conversion.isupper():
        digits = digits.upper()
    zero = not any(digit in digits.lower().partition("e")[0] for digit in "123456789")
    return _wide(digits, flags, width, _sign(member < 0 and not zero, flags))


def _sign(negative: bool, flags: str) -> str:
    """A number that rounds to nothing has no sign, unlike in C: `-0.00` would puzzle a candidate."""
    if negative:
        return "-"
    return "+" if "+" in flags else " " if " " in flags else ""


def _wide(digits: str, flags: str, width: int, before: str) -> str:
    lacking = max(0, width - len(before) - len(digits))
    if "-" in flags:
        return before + digits + " " * lacking
    return before + "0" * lacking + digits if "0" in flags else " " * lacking + before + digits


def _digits(value: Fraction, kind: Literal["f", "e", "g"], places: int, full: bool) -> str:
    if kind == "f":
        return _fixed(rounded(value, places, "half_up"), places) + (
            "." if full and not places else ""
        )
    if kind == "e":
        near = significant(value, places + 1)
        power = magnitude(near) if near else 0
        mantissa = _fixed(near / Fraction(10) ** power, places)
        return f"{mantissa}{'.' if full and not places else ''}e{power:+03d}"
    figures = places or 1
    near = significant(value, figures)
    power = magnitude(near) if near else 0
    if -4 <= power < figures:
        text = _fixed(near, figures - 1 - power)
        return text.rstrip("0").rstrip(".") if "." in text and not full else text
    mantissa = _fixed(near / Fraction(10) ** power, figures - 1)
    if "." in mantissa and not full:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{power:+03d}"


def _fixed(value: Fraction, places: int) -> str:
    """`value`, which has no more decimals than `places`, with all of them."""
    scaled = str((value * 10**places).numerator).zfill(places + 1)
    return f"{scaled[:-places]}.{scaled[-places:]}" if places else scaled
