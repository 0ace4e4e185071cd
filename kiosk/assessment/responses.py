"""Response values, what makes one valid, and how a typed number is read.

A response is a tuple of strings, as QTI writes values: choice identifiers, or the text as the
candidate typed it. The empty tuple is no response. The order of a multiple response means nothing,
so it is kept sorted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from kiosk.assessment.items import Choice, InlineChoice, Interaction, Item, TextEntry
from kiosk.errors import InputRefused

Response = tuple[str, ...]
NO_RESPONSE: Response = ()
MAX_TEXT_LENGTH = 2_000
"""Longest text a field takes, in characters."""

_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?")


def checked(item: Item, response_id: str, value: Response) -> Response:
    """`value` in its one canonical form, or an error when the item cannot have it.

    Raises:
        InputRefused: unknown response or choice, too many choices, text too long.
    """
    try:
        interaction = item.interaction(response_id)
    except KeyError:
        raise InputRefused(
            f"the question has no answer field '{response_id}'", where=item.id
        ) from None
    return _checked(interaction, value, item.id)


def _checked(interaction: Interaction, value: Response, where: str) -> Response:
    match interaction:
        case Choice(choices=choices, max_choices=most):
            canonical = tuple(sorted(set(value)))
            if len(canonical) != len(value):
                raise InputRefused("a choice was given twice", where=where)
            if most and len(canonical) > most:
                raise InputRefused(
                    f"{len(canonical)} choices given, at most {most} allowed", where=where
                )
            _known(canonical, choices, where)
            return canonical
        case InlineChoice(choices=choices):
            if len(value) > 1:
                raise InputRefused("more than one value for a single choice", where=where)
            _known(value, choices, where)
            return value
        case TextEntry():
            if len(value) > 1:
                raise InputRefused("more than one text for one field", where=where)
            if value and len(value[0]) > MAX_TEXT_LENGTH:
                raise InputRefused(f"text longer than {MAX_TEXT_LENGTH} characters", where=where)
            return tuple(_whole(text) for text in value if text.strip())


def _known(value: Response, choices: tuple[str, ...], where: str) -> None:
    for identifier in value:
        if identifier not in choices:
            raise InputRefused(f"unknown choice '{identifier}'", where=where)


def _whole(text: str) -> str:
    """`text` without half characters: an input method may send a rare character in two halves
    (UTF-16), and a half alone cannot be written down."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_complete(item: Item, responses: Mapping[str, Response]) -> bool:
    """Whether every interaction of `item` has a response (what the overview calls answered)."""
    return all(responses.get(interaction.response) for interaction in item.interactions)


def read_number(text: str) -> Decimal | None:
    """The number a candidate meant, or None when the text is no number.

    Full-width digits and signs count as their plain forms; the decimal sign may be a point or a
    comma. A comma or a point used more than once, or both together, is not read as a number,
    because a thousands separator cannot be told from a decimal sign. Nor is a raised or lowered
    digit: 10² is not 102.
    """
    if any(unicodedata.decomposition(sign).startswith(("<super>", "<sub>")) for sign in text):
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = (
        plain.replace("\u2212", "-").replace("\u3002", ".").replace("\u3001", ",").replace(" ", "")
    )
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    return Decimal(plain)


def read_integer(text: str) -> int | None:
    """As `read_number`, for whole numbers: `12.0` is 12, `12.5` is None."""
    number = read_number(text)
    if number is None or abs(number) >= Decimal(10) ** 30 or number != number.to_integral_value():
        return None
    return int(number)
