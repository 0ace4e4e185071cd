"""The keys by which a candidate answers a question, as the keys' card tells them.

Letters name choices and digits name sources and gaps, eight of each; what needs the mouse or the
focus has no keys here.
"""

from __future__ import annotations

from kiosk.assessment.items import (
    Associate,
    Choice,
    GapMatch,
    GraphicOrder,
    Hotspot,
    Hottext,
    Interaction,
    Match,
    Order,
    identifiers,
)
from kiosk.assessment.responses import Response

_LETTERS = "abcdefgh"
_DIGITS = "12345678"


def answer_keys(interaction: Interaction, order: tuple[str, ...], value: Response) -> list[str]:
    """What to press for `value` on a question that is not answered yet; nothing where keys alone
    do not reach it.

    Args:
        order: the choices as this paper shows them, one set after another.
    """
    letters = dict(zip(order, _LETTERS, strict=False))
    digits: dict[str, str] = {}
    match interaction:
        case Choice() | Order():
            names = list(value)
        case Hottext() | Hotspot() | GraphicOrder():
            letters = dict(zip(identifiers(interaction), _LETTERS, strict=False))
            names = list(value)
        case Associate():
            names = [end for pair in value for end in pair.split(" ")]
        case Match(sources=sources):
            digits = dict(zip(order[: len(sources)], _DIGITS, strict=False))
            letters = dict(zip(order[len(sources) :], _LETTERS, strict=False))
            names = [end for pair in value for end in pair.split(" ")]
        case GapMatch(gaps=gaps):
            digits = dict(zip(gaps, _DIGITS, strict=False))
            names = [end for pair in value for end in pair.split(" ")]
        case _:
            return []
    keys = [letters.get(name) or digits.get(name) for name in names]
    return [key for key in keys if key is not None] if None not in keys else []
