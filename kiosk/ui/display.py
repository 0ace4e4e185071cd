"""Whether there is a screen to show a window on, said in plain words before Qt gives up."""

from __future__ import annotations

import os

from kiosk.errors import KioskError
from kiosk.words import mark

_NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def require_display() -> None:
    """Raises:
    KioskError: no screen; Qt alone would end the program with a signal.
    """
    if not any(os.environ.get(name) for name in _NAMES):
        raise KioskError(
            mark("There is no screen to show the window on"),
            remedy=mark("Start it within a graphical session, or set DISPLAY"),
        )
