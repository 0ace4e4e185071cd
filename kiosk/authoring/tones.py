"""Colours of other people's pictures as the tones of our theme.

Dark is ink, grey is quiet, saturated is accent, white is paper. A pale fill is paper too: on a dark
screen it must stay a background, while a pale line must stay a line and so is quiet.
"""

from __future__ import annotations

from typing import Final

from PIL import ImageColor

from kiosk.assessment.content import Tone

_PALE: Final = 0.82
_DARK: Final = 0.40
_SATURATED: Final = 0.25


class NoTone(Exception):
    """The text is no colour (a gradient, a word we do not know, half transparent)."""


def tone_of(colour: str, *, fill: bool) -> Tone | None:
    """The tone of a CSS colour; None for no paint at all.

    Raises:
        NoTone: not a plain, opaque colour.
    """
    colour = colour.strip()
    if colour in ("none", "transparent"):
        return None
    if colour in ("currentColor", "currentcolor", "inherit"):
        return "ink"
    try:
        red, green, blue, *alpha = ImageColor.getrgb(colour)
    except ValueError as fault:
        raise NoTone(colour) from fault
    if alpha not in ([], [255]):
        raise NoTone(colour)
    lightness = (max(red, green, blue) + min(red, green, blue)) / 510
    chroma = (max(red, green, blue) - min(red, green, blue)) / 255
    if lightness >= (_PALE if fill else 0.97):
        return "paper"
    if chroma >= _SATURATED:
        return "accent"
    return "ink" if lightness <= _DARK else "quiet"
