"""Response values, what makes one valid, and how a typed number is read.

A response is a tuple of strings, as QTI writes values: choice identifiers, pairs of them ("A G1"),
points in px ("120 45"), or the text as the candidate typed it. The empty tuple is no response. The
order of a multiple response means nothing, so it is kept sorted, and so is a pair without direction;
an ordered response is kept as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from kiosk.assessment.items import (
    Associate,
    Choice,
    ExtendedText,
    GapMatch,
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    Hottext,
    InlineChoice,
    Interaction,
    Item,
    Match,
    Order,
    PositionObject,
    SelectPoint,
    Size,
    Slider,
    TextEntry,
    identifiers,
    spots,
)
from kiosk.errors import InputRefused
from kiosk.words import mark

Response = tuple[str, ...]
NO_RESPONSE: Response = ()
MAX_TEXT_LENGTH = 2_000
"""Longest text a field takes, in characters."""
MAX_EXTENDED_LENGTH = 10_000
"""Longest text that is marked by people, in characters."""
MAX_POINTS = 60
"""Most points or pairs a response may hold."""

_POINT = re.compile(r"(\d{1,5}) (\d{1,5})", re.ASCII)
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
            mark("the question has no answer field '{response}'"),
            where=item.id,
            response=response_id,
        ) from None
    return _checked(interaction, value, item.id)


def _checked(interaction: Interaction, value: Response, where: str) -> Response:
    match interaction:
        case Choice(max_choices=most) | Hottext(max_choices=most) | Hotspot(max_choices=most):
            canonical = tuple(sorted(set(value)))
            if len(canonical) != len(value):
                raise InputRefused(mark("a choice was given twice"), where=where)
            if most and len(canonical) > most:
                raise InputRefused(
                    mark("{n} choices given, at most {most} allowed"),
                    where=where,
                    n=len(canonical),
                    most=most,
                )
            _known(canonical, identifiers(interaction), where)
            return canonical
        case InlineChoice(choices=choices):
            if len(value) > 1:
                raise InputRefused(mark("more than one value for a single choice"), where=where)
            _known(value, choices, where)
            return value
        case TextEntry():
            return _typed(value, MAX_TEXT_LENGTH, where)
        case ExtendedText():
            return _typed(value, MAX_EXTENDED_LENGTH, where)
        case Order(max_choices=most) | GraphicOrder(max_choices=most):
            if len(set(value)) != len(value):
                raise InputRefused(mark("a choice was given twice"), where=where)
            if most and len(value) > most:
                raise InputRefused(
                    mark("{n} places, at most {most} allowed"),
                    where=where,
                    n=len(value),
                    most=most,
                )
            _known(value, identifiers(interaction), where)
            return value
        case Slider():
            return _on_the_scale(interaction, value, where)
        case SelectPoint(size=size, max_choices=most) | PositionObject(size=size, max_choices=most):
            if len(value) > (most or MAX_POINTS):
                raise InputRefused(
                    mark("{n} points, at most {most} allowed"),
                    where=where,
                    n=len(value),
                    most=most or MAX_POINTS,
                )
            return tuple(sorted(_point(text, size, where) for text in value))
        case Associate() | GraphicAssociate() | Match() | GapMatch() | GraphicGapMatch():
            return _pairs(interaction, value, where)


def _typed(value: Response, longest: int, where: str) -> Response:
    if len(value) > 1:
        raise InputRefused(mark("more than one text for one field"), where=where)
    if value and len(value[0]) > longest:
        raise InputRefused(mark("text longer than {n} characters"), where=where, n=longest)
    return tuple(whole_text(text) for text in value if text.strip())


def _on_the_scale(slider: Slider, value: Response, where: str) -> Response:
    if len(value) > 1:
        raise InputRefused(mark("more than one value on a scale"), where=where)
    for text in value:
        number = read_number(text)
        lower, upper = Decimal(slider.lower), Decimal(slider.upper)
        if (
            number is None
            or not lower <= number <= upper
            or (number - lower) % Decimal(slider.step)
        ):
            raise InputRefused(mark("'{value}' is not on the scale"), where=where, value=text)
    return value


def _point(text: str, size: Size, where: str) -> str:
    """A point of whole px within the picture, without leading zeros."""
    found = _POINT.fullmatch(text)
    if found is None or int(found[1]) > size[0] or int(found[2]) > size[1]:
        raise InputRefused(mark("'{value}' is no point of the picture"), where=where, value=text)
    return f"{int(found[1])} {int(found[2])}"


def _pairs(
    interaction: Associate | GraphicAssociate | Match | GapMatch | GraphicGapMatch,
    value: Response,
    where: str,
) -> Response:
    first, second, directed = pair_ends(interaction)
    canonical = []
    used: dict[str, int] = {}
    for text in value:
        ends = text.split(" ")
        if len(ends) != 2 or ends[0] not in first or ends[1] not in second:
            raise InputRefused(mark("unknown pair '{value}'"), where=where, value=text)
        canonical.append(" ".join(ends if directed else sorted(ends)))
        for end in ends:
            used[end] = used.get(end, 0) + 1
    if len(set(canonical)) != len(canonical):
        raise InputRefused(mark("a pair was given twice"), where=where)
    most = getattr(interaction, "max_associations", 0) or MAX_POINTS
    if len(canonical) > most:
        raise InputRefused(
            mark("{n} pairs, at most {most} allowed"), where=where, n=len(canonical), most=most
        )
    for end, times in used.items():
        limit = limit_of(interaction, end)
        if limit and times > limit:
            raise InputRefused(
                mark("'{value}' used {n} times, at most {most} allowed"),
                where=where,
                value=end,
                n=times,
                most=limit,
            )
    return tuple(sorted(canonical))


def pair_ends(
    interaction: Associate | GraphicAssociate | Match | GapMatch | GraphicGapMatch,
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """What may stand first and second in a pair, and whether its direction means something."""
    match interaction:
        case Associate(choices=choices):
            return choices, choices, False
        case GraphicAssociate():
            names = tuple(spot.id for spot in interaction.spots)
            return names, names, False
        case Match(sources=sources, targets=targets):
            return sources, targets, True
        case GapMatch(choices=choices, gaps=gaps):
            return choices, gaps, True
        case GraphicGapMatch(choices=choices):
            return choices, tuple(spot.id for spot in spots(interaction)), True


def limit_of(
    interaction: Associate | GraphicAssociate | Match | GapMatch | GraphicGapMatch, end: str
) -> int:
    """How many pairs may use `end`; 0 is any number. A gap in a text holds one choice."""
    if isinstance(interaction, GapMatch) and end in interaction.gaps:
        return 1
    return interaction.limits.get(end, 1)


def _known(value: Response, choices: tuple[str, ...], where: str) -> None:
    for identifier in value:
        if identifier not in choices:
            raise InputRefused(mark("unknown choice '{value}'"), where=where, value=identifier)


def whole_text(text: str) -> str:
    """`text` without half characters: an input method may send a rare character in two halves
    (UTF-16), and a half alone cannot be written down."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_complete(item: Item, responses: Mapping[str, Response]) -> bool:
    """Whether every interaction of `item` has a response (what the overview calls answered).

    An order has one when every place is taken, a text with gaps when every gap is filled.
    """
    return all(
        len(responses.get(interaction.response, ())) >= _least(interaction)
        for interaction in item.interactions
    )


def _least(interaction: Interaction) -> int:
    match interaction:
        case Order(choices=choices, max_choices=most):
            return most or len(choices)
        case GraphicOrder(spots=placed, max_choices=most):
            return most or len(placed)
        case GapMatch(choices=choices, gaps=gaps, limits=limits):
            spare = all(limits.get(choice, 1) for choice in choices)
            return min(len(gaps), sum(limits.get(c, 1) for c in choices)) if spare else len(gaps)
        case _:
            return 1


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
