"""What every view of a block interaction is, so that a question can show any of them.

A part shows the value it is given and says what was answered; it decides nothing. Parts are used
again from question to question: `show_interaction` may be called with anything of its type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.assessment.content import Block, Picture
from kiosk.assessment.responses import NO_RESPONSE, Response
from kiosk.ui.document import Media
from kiosk.ui.panels import keep_in_sight
from kiosk.ui.speech import labels
from kiosk.ui.theme import Look

_LETTERS = {Qt.Key(Qt.Key.Key_A + at): at for at in range(8)}
_DIGITS = {Qt.Key(Qt.Key.Key_1 + at): at for at in range(8)}


class Asked(Struct, frozen=True):
    """One interaction of the item `item` as it is to be shown.

    `order` holds its choices in the paper's order, one set after another; `texts` their contents,
    `picture` what it stands on, `struck` what the candidate struck out here.
    """

    item: str
    interaction: Any
    order: tuple[str, ...]
    texts: Mapping[str, tuple[Block, ...]]
    look: Look
    value: Response = NO_RESPONSE
    picture: Picture | None = None
    media: Media | None = None
    struck: frozenset[str] = frozenset()

    def content(self, choice: str) -> tuple[Block, ...]:
        """What `choice` says; empty where it says nothing."""
        return self.texts.get(choice, ())


class Part(QWidget):
    """A view of one interaction."""

    answered = Signal(str, tuple, bool)
    """Response, value, settled."""
    strike = Signal(str, str)
    """Response, and the choice to strike out or to take back."""

    def show_interaction(self, asked: Asked) -> None:
        """Show `asked`, whose interaction is of this part's type."""
        raise NotImplementedError

    def tab_stops(self) -> list[QWidget]:
        """What Tab stops at, in reading order; without what stands in the text."""
        return []

    def begins_at(self) -> list[QWidget]:
        """The tab stops, the one to begin at first."""
        return self.tab_stops()

    def first_field(self) -> QWidget | None:
        """A field to type in, which takes the keyboard when a question opens."""
        return None

    def spoken(self) -> list[str]:
        """What is read out when it comes, and of which what is new is read out later."""
        return labels(self)

    def slots(self) -> Mapping[str, QWidget]:
        """The widgets that stand in the text for gaps or hot texts, by their names."""
        return {}

    def option_count(self) -> int:
        """How many choices letters reach; 0 when letters mean nothing here."""
        return 0

    def take_key(self, event: QKeyEvent) -> bool:
        """Use a key without Ctrl or Alt that no focused control wanted; False when it means
        nothing here."""
        return False

    def settle(self) -> None:
        """Send what is still being typed."""

    def rest(self) -> None:
        """The part is no longer shown: take back what stands in the text."""
        for widget in self.slots().values():
            widget.setParent(self)
            widget.hide()

    def has_keyboard(self) -> bool:
        """Whether the part, or a widget of it in the text, has the focus."""
        focused = QApplication.focusWidget()
        return focused is not None and (
            self.isAncestorOf(focused) or focused in self.slots().values()
        )


def walk(event: QKeyEvent, stops: Sequence[QWidget]) -> bool:
    """Move the focus among `stops` by the arrows up and down; False when it is not among them."""
    step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
    focused = next((at for at, stop in enumerate(stops) if stop.hasFocus()), None)
    if not step or focused is None:
        return False
    following = stops[(focused + step) % len(stops)]
    following.setFocus(Qt.FocusReason.OtherFocusReason)
    keep_in_sight(following)
    return True


def letter_of(event: QKeyEvent) -> int | None:
    """Which choice a letter key names, from 0."""
    return None if event.isAutoRepeat() else _LETTERS.get(Qt.Key(event.key()))


def digit_of(event: QKeyEvent) -> int | None:
    """Which choice a digit key names, from 0."""
    return None if event.isAutoRepeat() else _DIGITS.get(Qt.Key(event.key()))
