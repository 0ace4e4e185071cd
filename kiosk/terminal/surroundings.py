"""What is plugged into the terminal, and when that keeps an exam from going on.

A second screen or one that is too small hides the paper until it is put right. A keyboard that was
there and is gone, and a battery that runs down, hide it until they are put right or somebody chooses
to go on as it is: by mouse or touch, and with answers that no power cut can take.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kiosk.terminal.trouble import BATTERY_LOW, KEYBOARD_GONE, SCREEN_SMALL, SECOND_SCREEN

LEAST_WIDTH: Final = 1024
LEAST_HEIGHT: Final = 700
"""The smallest screen on which everything fits, in px."""
LOW_PERCENT: Final = 5


class Surroundings(Struct, frozen=True):
    """What is there now. `width` and `height` are of the screen the window is on, in px; 0 screens:
    the window does not fill one, and none is judged. `battery` is a percentage while it runs down,
    else None."""

    screens: int = 0
    width: int = 0
    height: int = 0
    keyboards: int = 0
    battery: int | None = None


class Watch:
    """Turns what is seen, one look after another, into the trouble there is."""

    def __init__(self) -> None:
        self.code: str | None = None
        self.battery: int | None = None
        self._had_keyboard = False
        self._accepted: set[str] = set()

    def see(self, now: Surroundings) -> None:
        """Judge another look; `code` is the trouble it shows, or None."""
        self._had_keyboard |= now.keyboards > 0
        self.battery = now.battery
        found = self._found(now)
        # What was accepted is asked again once it has been right in between.
        self._accepted &= found
        self.code = min(found - self._accepted, default=None)

    def accept(self) -> None:
        """Go on as it is, where that can be."""
        if self.code in (KEYBOARD_GONE, BATTERY_LOW):
            self._accepted.add(self.code)
            self.code = None

    def _found(self, now: Surroundings) -> set[str]:
        found = set()
        if now.screens > 1:
            found.add(SECOND_SCREEN)
        if now.screens and (now.width < LEAST_WIDTH or now.height < LEAST_HEIGHT):
            found.add(SCREEN_SMALL)
        if self._had_keyboard and not now.keyboards:
            found.add(KEYBOARD_GONE)
        if now.battery is not None and now.battery <= LOW_PERCENT:
            found.add(BATTERY_LOW)
        return found
