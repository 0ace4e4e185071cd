"""The number of a certificate, by a template that an admin edits."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter
from typing import Final

from kiosk.errors import InputRefused
from kiosk.scoring.standard import Level
from kiosk.words import mark

DIGITS: Final[dict[Level, str]] = {
    "apprentice": "A",
    "L5": "5",
    "L4": "4",
    "L3": "3",
    "L2": "2",
    "L1": "1",
    "special": "S",
    "chief": "C",
}
_PLACES: Final = ("year", "month", "day", "level", "digit", "discipline", "serial")
_WIDTH: Final = re.compile(r"0?[1-9]?")
_LONGEST: Final = 40
_SHOWN: Final = re.compile(r"[\w.()（）〔〕-]+")


def require_template(template: str) -> None:
    """Checks a template.

    Raises:
        InputRefused: a place that is not known, none for the serial number, or a sign that no number has.
    """
    try:
        parts = list(Formatter().parse(template))
    except ValueError as fault:
        raise _unusable(template, str(fault)) from fault
    places = [(name, width or "", turned) for _, name, width, turned in parts if name is not None]
    for name, width, turned in places:
        if name not in _PLACES or turned or not _WIDTH.fullmatch(width):
            raise _unusable(template, f"{{{name}}}")
    if "serial" not in [name for name, *_ in places]:
        raise _unusable(template, "{serial}")
    made = certificate_number(template, date(2026, 1, 1), "L4", "x", 1)
    if len(made) > _LONGEST or not _SHOWN.fullmatch(made):
        raise _unusable(template, made)


def certificate_number(template: str, on: date, level: Level, discipline: str, serial: int) -> str:
    """The number of the `serial`-th certificate of a year, issued on a day."""
    return template.format(
        year=f"{on:%Y}",
        month=f"{on:%m}",
        day=f"{on:%d}",
        level=level,
        digit=DIGITS[level],
        discipline=discipline,
        serial=serial,
    )


def _unusable(template: str, fault: str) -> InputRefused:
    return InputRefused(
        mark("'{template}' is no template of certificate numbers: {fault}"),
        remedy=mark("It may have {places}, and must have the serial"),
        template=template,
        fault=fault,
        places=" ".join(f"{{{place}}}" for place in _PLACES),
    )
