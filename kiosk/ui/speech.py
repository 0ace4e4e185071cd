"""What a screen reader is told when nothing that has the focus says it.

A reader speaks of the control in focus by itself. That another question came, that a key chose
an option elsewhere, that an answer is saved or not, it has to be told. Where no reader listens this
costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget

_POLITE = QAccessible.AnnouncementPoliteness.Polite
_URGENT = QAccessible.AnnouncementPoliteness.Assertive


def is_heard() -> bool:
    """Whether something listens: a screen reader, or a test that stands for one."""
    return QAccessible.isActive()


def announce(source: QWidget, words: str, *, urgent: bool = False) -> None:
    """Have `words` read out: when the reader has finished, or at once when `urgent`."""
    if words and is_heard():
        event = QAccessibleAnnouncementEvent(source, words)
        event.setPoliteness(_URGENT if urgent else _POLITE)
        QAccessible.updateAccessibility(event)


def is_typing() -> bool:
    """Whether a field for sentences has the keyboard; a reader echoes what is typed there."""
    return isinstance(QApplication.focusWidget(), QPlainTextEdit)


def sentences(parts: Iterable[str]) -> str:
    """Parts as one text with a pause between them."""
    said = [part.strip() for part in parts if part.strip()]
    return " ".join(part if part[-1] in ".?!。？！" else f"{part}." for part in said)


def labels(root: QWidget) -> list[str]:
    """The words that stand on `root` as they are seen, in the order in which it was built."""
    shown = (label for label in root.findChildren(QLabel) if label.isVisibleTo(root))
    return [label.text() for label in shown if any(sign.isalnum() for sign in label.text())]
