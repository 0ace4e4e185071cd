"""The devices of a computer in words, and what became of each."""

from __future__ import annotations

from typing import Final

from kiosk.terminal.views import Device, TriedDevice
from kiosk.words import mark, text

NAMES: Final = {
    Device.SCREEN: mark("Screen"),
    Device.KEYBOARD: mark("Keyboard"),
    Device.MOUSE: mark("Mouse"),
    Device.TOUCH: mark("Touch screen"),
    Device.SCANNER: mark("Code scanner"),
    Device.CLOCK: mark("Date and time"),
}
TODO: Final = {
    Device.SCREEN: mark(
        "Look: a thin frame on all four sides, eleven greys, six colours, and lines without bands"
    ),
    Device.KEYBOARD: mark("Press each of these keys"),
    Device.MOUSE: mark("Press each target with the mouse"),
    Device.TOUCH: mark("Press each target with a finger"),
    Device.SCANNER: mark("Read this code with the scanner of this computer"),
    Device.CLOCK: mark("Compare with a watch that is right"),
}
OUTCOMES: Final = {
    "fine": mark("works"),
    "bad": mark("does not work"),
    "absent": mark("there is none"),
}


def said_of(tried: TriedDevice, lang: str) -> str:
    """What became of a device, in one line."""
    device, outcome = text(NAMES[tried.device], lang), text(OUTCOMES[tried.outcome], lang)
    if not tried.detail:
        return text("{device}: {outcome}", lang, device=device, outcome=outcome)
    return text(
        "{device}: {outcome}. {detail}",
        lang,
        device=device,
        outcome=outcome,
        detail=text(tried.detail, lang),
    )
