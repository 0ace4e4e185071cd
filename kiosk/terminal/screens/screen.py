"""What all screens are: a region under the header that shows one kind of view, again and again.

A screen is built once, when its view first comes, and then only filled: `show_view` may be called
with any view of its kind and any look at any time.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.terminal.views import Clock, Notice
from kiosk.ui.controls import Words
from kiosk.ui.speech import labels
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Role, Type
from kiosk.words import text


class Screen(QWidget):
    """A screen. `intent` carries what a person asked for."""

    intent = Signal(object)
    keys_away = Signal()
    """What was opened needs the room of the keys on the screen."""
    urgent = False
    """Whether what it says interrupts a screen reader."""

    def show_view(self, view: Any, look: Look) -> None:
        """Show `view`, which is of this screen's kind."""
        raise NotImplementedError

    def tick(self, clock: Clock) -> None:
        """The time has passed; most screens leave that to the header."""

    def take_key(self, event: QKeyEvent) -> bool:
        """Use a key no focused control wanted; False when it means nothing here."""
        return False

    def make_room(self, field: QWidget | None) -> None:
        """Keys on the screen write in `field` from now on; None when they went."""

    def leave(self) -> None:
        """Another screen comes: send what is still being typed."""

    def home_focus(self) -> QWidget | None:
        """What should have the keyboard when the screen opens."""
        return None

    def spoken(self) -> list[str]:
        """What is read out when the screen comes, and of which what is new is read out later."""
        return labels(self)

    def states(self) -> dict[str, str]:
        """What is read out when it changes, by what it is of, and not when the screen comes."""
        return {}


def notice_text(notice: Notice, look: Look) -> str:
    """A notice in the look's language."""
    return text(notice.text, look.lang, **notice.values)


def show_mistake(line: Words, notice: Notice | None, look: Look) -> None:
    """Say on `line` what became of the last scan or entry; hide it when there is nothing to say."""
    line.setVisible(notice is not None)
    if notice is not None:
        role: Role = "bad" if notice.tone == "warn" else "ok"
        line.say(notice_text(notice, look), look, Type.BASE, role, strong=True)
