"""Pieces that several screens are made of: a code on its card, steps, lines with a sign, sessions."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.artefacts.self_check import Finding, said
from kiosk.terminal.views import Collected, SessionChoice
from kiosk.ui.controls import Button, Words, height_follows_width
from kiosk.ui.icons import Icon, paint_icon
from kiosk.ui.panels import Card
from kiosk.ui.qr_view import QrView
from kiosk.ui.theme import Look
from kiosk.ui.tokens import QR_LEAST, Gap, Role, Type
from kiosk.words import text


class CodeCard(Card):
    """A QR code on its white card, in every theme."""

    def __init__(self, parent: QWidget, side_px: int = QR_LEAST) -> None:
        super().__init__(parent, padding=Gap.TIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._side_px = side_px
        self.qr = QrView(self)
        self.rows.addWidget(self.qr)

    def show_code(self, code: str, name: str, look: Look) -> None:
        self.dress(look, edge="border")
        self.qr.show_code(code, self._side_px, name)
        self.updateGeometry()


class Steps(QWidget):
    """What the proctor does, beside a bar in the accent colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        height_follows_width(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(Gap.LARGE, Gap.HAIR, 0, Gap.HAIR)
        rows.setSpacing(Gap.HAIR)
        self.who = Words(self)
        self.todo = Words(self)
        self.state = Words(self)
        for words in (self.who, self.todo, self.state):
            rows.addWidget(words)

    def show_steps(self, who: str, todo: str, state: str, look: Look) -> None:
        self._look = look
        self.who.say(who, look, Type.BASE, strong=True)
        self.todo.say(todo, look, Type.BASE)
        self.state.say(state, look, Type.NOTE, "quiet")
        self.state.setVisible(bool(state))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, Gap.HAIR, self.height(), self._look.colour("accent"))


class SignLine(QWidget):
    """A sign and a line of words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._look = Look()
        self._icon: Icon = "tick"
        self._role: Role = "ok"
        self._row = QHBoxLayout(self)
        self.words = Words(self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)  # beside the sign, however high the row
        self._row.addWidget(self.words)
        self._size = Type.NOTE

    def show_line(
        self,
        icon: Icon,
        words: str,
        look: Look,
        role: Role,
        ink: Role,
        size: Type = Type.NOTE,
        *,
        strong: bool = False,
    ) -> None:
        self._look, self._icon, self._role, self._size = look, icon, role, size
        self._row.setContentsMargins(look.px(size) + Gap.TIGHT, 0, 0, 0)
        self.words.say(words, look, size, ink, strong=strong)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        side = self._look.px(self._size) * 0.9
        line = self.words.fontMetrics().height()
        top = self.words.y() + (line - side) / 2
        box = QRectF(0, top, side, side)
        paint_icon(QPainter(self), self._icon, box, self._look.colour(self._role))


def show_finding(line: SignLine, finding: Finding, look: Look) -> None:
    """A line of the self-check."""
    words = said(finding, look.lang)
    match finding.state:
        case "ok":
            line.show_line("tick", words, look, "ok", "text")
        case "weak":
            line.show_line("warn", words, look, "warn", "warn")
        case "unknown":
            line.show_line("minus", words, look, "quiet", "quiet")


class CheckList(QWidget):
    """The self-check as short lines, each with its sign."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, Gap.TIGHT, 0, Gap.TIGHT)
        self._grid.setHorizontalSpacing(Gap.LARGE)
        self._grid.setVerticalSpacing(Gap.HAIR)
        self._lines: list[SignLine] = []
        self._columns = 0

    def show_checks(self, found: tuple[Finding, ...], look: Look, columns: int = 2) -> None:
        """Fill the lines, row after row."""
        while len(self._lines) < len(found):
            self._lines.append(SignLine(self))
            self._columns = 0
        if columns != self._columns:
            self._columns = columns
            for at, line in enumerate(self._lines):
                self._grid.addWidget(line, at // columns, at % columns)
            for at in range(2):
                self._grid.setColumnStretch(at, int(at < columns))
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(found))
        for line, finding in zip(self._lines, found, strict=False):
            show_finding(line, finding, look)


class SessionList(QWidget):
    """The other sessions of this computer, each a button."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(Gap.HAIR)
        self.label = Words(self)
        self._rows.addWidget(self.label)
        self._sessions: tuple[SessionChoice, ...] = ()
        self.buttons: list[Button] = []

    def show_sessions(self, sessions: tuple[SessionChoice, ...], look: Look) -> None:
        self._sessions = tuple(session for session in sessions if not session.chosen)
        self.setVisible(bool(self._sessions))
        label = text("Other sessions on this computer", look.lang)
        self.label.say(label, look, Type.NOTE, "quiet")
        while len(self.buttons) < len(self._sessions):
            button, at = Button("plain", self), len(self.buttons)
            button.clicked.connect(lambda _=False, at=at: self.chosen.emit(self._sessions[at].id))
            self._rows.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.buttons.append(button)
        for at, button in enumerate(self.buttons):
            button.setVisible(at < len(self._sessions))
        for session, button in zip(self._sessions, self.buttons, strict=False):
            # A title would not fit beside 200 % text; the reader of the screen is told it.
            title = session.title.get(look.lang, "")
            button.say(session.window, look, name=" ".join(filter(None, (session.window, title))))


def show_collected(line: SignLine, collected: Collected | None, look: Look) -> None:
    """Say on a line what the stick that is in has taken; hide it without one."""
    line.setVisible(collected is not None)
    if collected is None:
        return
    if collected.mistake is not None:
        words = look.say(collected.mistake.text)
        line.show_line("warn", words, look, "warn", "warn", Type.BASE, strong=True)
        return
    words = text(
        "Collected from {count} of {of} seats, this one included. Take out the stick",
        look.lang,
        count=collected.count,
        of=collected.of,
    )
    line.show_line("tick", words, look, "ok", "ok", Type.BASE, strong=True)
