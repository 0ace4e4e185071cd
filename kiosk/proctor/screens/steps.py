"""The three steps of the desk: whom it is about, what will be signed, the code to show."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.tokens import MOST_WORDS
from kiosk.proctor import views
from kiosk.proctor.screens.choices import Choices, Option
from kiosk.ui.controls import RING, Button, Ring, Words, height_follows_width, side_by_side
from kiosk.ui.panels import Card
from kiosk.ui.qr_view import QrView
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import ntext, text

READ_MS = 700
"""So long an offer is on the screen before it can be signed: a second press of the button before is
none of this one."""
QR_SIDE = 400


class SubjectStep(QWidget):
    """Step 1: the seat or room, and what may be done for it."""

    intent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._view = views.Subject()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.HAIR)
        self.step = Words(self)
        self.heading = Words(self)
        self.line = Words(self)
        self.commands = Choices(self)
        self.rooms = Choices(self)
        for words in (self.step, self.heading, self.line):
            words.setContentsMargins(RING, 0, RING, 0)
        for part in (self.step, self.heading, self.line, self.commands, self.rooms):
            rows.addWidget(part)
        self.commands.chosen.connect(self._command)
        self.rooms.chosen.connect(self._room)

    def show_subject(self, view: views.Subject, look: Look) -> None:
        self._view = view
        lang = look.lang
        waiting = not view.heading
        step = text("1 Scan", lang) if waiting else text("1 Scanned", lang)
        self.step.say(step, look, Type.NOTE, "quiet")
        heading = view.heading or text("Scan the code on a terminal", lang)
        self.heading.say(heading, look, Type.HEAD, strong=True)
        waits = text("Or sign one code for all seats:", lang) if view.rooms else ""
        lines = waits if waiting else "\n".join(view.lines)
        self.line.say(lines, look, Type.NOTE, "quiet")
        self.line.setVisible(bool(lines))
        commands = [Option(choice.label, choice.chosen) for choice in view.commands]
        self.commands.show_options(commands, look)
        self.rooms.show_options([Option(room.label, room.chosen) for room in view.rooms], look)

    def _command(self, at: int) -> None:
        self.intent.emit(views.ChooseCommand(self._view.commands[at].command))

    def _room(self, at: int) -> None:
        choice = self._view.rooms[at]
        self.intent.emit(views.ChooseRoom(choice.session, choice.purpose))


class OfferStep(QWidget):
    """Step 2: what the signature does; the button comes when it was there to be read."""

    intent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._view: views.Offer | None = None
        self._reading = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(READ_MS)
        self._timer.timeout.connect(self._was_read)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.HAIR)
        self.step = Words(self)
        self.card = Card(self, padding=Gap.MEDIUM - RING)
        self.card.rows.setSpacing(Gap.HAIR)
        self.title = Words(self.card)
        self.lines = Words(self.card)
        self.minutes = Choices(self.card)
        self.reason = Words(self.card)
        self.reasons = Choices(self.card)
        self.asks = Words(self.card)
        self.words = QLineEdit(self.card)
        self.words.setMaxLength(MOST_WORDS)
        self.asks.setBuddy(self.words)
        Ring(self.words)
        self.missing = Words(self.card)
        self.question = Words(self.card)
        self.answers = QWidget(self.card)
        self.keep = Button("second", self.answers)
        self.agree = Button("plain", self.answers)
        row = QHBoxLayout(self.answers)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(side_by_side(Gap.LARGE))
        row.addWidget(self.keep)
        row.addWidget(self.agree)
        row.addStretch(1)
        for part in (
            self.title,
            self.lines,
            self.missing,
            self.question,
            self.answers,
            self.minutes,
            self.reason,
            self.reasons,
            self.asks,
        ):
            self.card.rows.addWidget(part)
        for words in (
            self.step,
            self.title,
            self.lines,
            self.reason,
            self.asks,
            self.missing,
            self.question,
        ):
            words.setContentsMargins(RING, 0, RING, 0)
        writing = QVBoxLayout()
        writing.setContentsMargins(RING, 0, RING, 0)
        writing.addWidget(self.words)
        self.card.rows.addLayout(writing)
        inset = QVBoxLayout()
        inset.setContentsMargins(RING, 0, RING, 0)
        inset.addWidget(self.card)
        rows.addWidget(self.step)
        rows.addLayout(inset)
        self.minutes.chosen.connect(self._minutes)
        self.reasons.chosen.connect(self._reason)
        self.words.textEdited.connect(lambda words: self.intent.emit(views.Write(words)))
        self.keep.clicked.connect(lambda: self._confirm(agreed=False))
        self.agree.clicked.connect(lambda: self._confirm(agreed=True))

    def show_offer(self, view: views.Offer | None, look: Look) -> None:
        self._view = view
        lang = look.lang
        offer = view or views.Offer(0, "", ())
        signed = offer.signed
        step = text("2 You signed", lang) if signed else text("2 You will sign", lang)
        self.step.say(step, look, Type.NOTE, "quiet")
        self.card.dress(look, edge="border" if offer.title else "hairline")
        self.title.say(offer.title, look, Type.TITLE, strong=True)
        self.title.setVisible(bool(offer.title))
        lines = "\n".join(offer.lines)
        if view is None:
            lines = text("What a signature does stands here before you sign", lang)
        self.lines.say(lines, look, Type.BASE, "quiet" if view is None else "text")
        self.lines.setVisible(bool(lines))
        asking = offer.confirming
        minutes = None if asking else offer.minutes
        self.minutes.show_options(_minute_options(minutes, lang), look)
        self.reason.say(text("Reason", lang), look, Type.NOTE, "quiet")
        self.reason.setVisible(bool(offer.reasons) and not asking)
        reasons = () if asking else offer.reasons
        options = [Option(reason.label, reason.chosen) for reason in reasons]
        self.reasons.show_options(options, look)
        self._show_writing(offer, look)
        self.missing.say(offer.missing, look, Type.BASE, "warn" if offer.title else "text")
        self.missing.setVisible(bool(offer.missing))
        self.question.say(offer.question, look, Type.BASE, "bad", strong=True)
        self.question.setVisible(asking)
        self.answers.setVisible(asking)
        self.keep.say(text("No, go back", lang), look)
        self.agree.say(text("Yes, end it", lang), look)
        if view is None or view.signable or view.missing or signed:
            self._reading = 0
            self._timer.stop()
        self.updateGeometry()

    def _show_writing(self, offer: views.Offer, look: Look) -> None:
        shown = offer.words is not None and not offer.signed
        self.asks.say(offer.asks, look, Type.NOTE, "quiet")
        self.asks.setVisible(shown)
        self.words.setVisible(shown)
        self.words.setFont(look.font(Type.BASE))
        self.words.setPalette(qt_palette(look))
        self.words.setMinimumHeight(look.px(Height.CONTROL))
        self.words.setAccessibleName(offer.asks)
        if self.words.text() != (offer.words or ""):
            self.words.setText(offer.words or "")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        offer = self._view
        if offer is None or offer.signable or offer.missing or offer.signed:
            return
        if offer.serial != self._reading:
            self._reading = offer.serial
            self._timer.start()

    def _was_read(self) -> None:
        end = QPoint(self.lines.width() // 2, self.lines.height() - 1)
        seen = self.lines.visibleRegion().contains(end)
        if seen and self._view is not None and self._view.serial == self._reading:
            self.intent.emit(views.WasShown(self._reading))
        else:
            self._reading = 0

    def _minutes(self, at: int) -> None:
        if self._view is not None and self._view.minutes is not None:
            self.intent.emit(views.ChooseMinutes(_minute_values(self._view.minutes)[at]))

    def _reason(self, at: int) -> None:
        if self._view is not None:
            self.intent.emit(views.ChooseReason(self._view.reasons[at].reason))

    def _confirm(self, *, agreed: bool) -> None:
        if self._view is not None:
            self.intent.emit(views.Confirm(self._view.serial, agreed))


class CodeStep(Card):
    """Step 3: the code, how long it holds and for whom."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, padding=Gap.MEDIUM)
        self._look = Look()
        self._view: views.Code | None = None
        self.rows.setSpacing(Gap.TIGHT)
        self.step = Words(self)
        self.qr = QrView(self)
        self.empty = Words(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.digits = Words(self)
        self.digits.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.use = Words(self)
        self.use.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.then = Words(self)
        self.then.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.rows.addWidget(self.step)
        self.rows.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        self.rows.addWidget(self.digits)
        self.rows.addWidget(self.use)
        self.rows.addWidget(self.then)
        self.rows.addWidget(self.empty, 1000)
        self.rows.addStretch(1)

    def show_code(self, view: views.Code | None, left_s: int, look: Look) -> None:
        self._view, self._look = view, look
        lang = look.lang
        self.dress(look, edge="border" if view is not None else "hairline")
        heading = view.heading if view is not None else text("Show the code", lang)
        self.step.say(f"3 {heading}", look, Type.NOTE, "quiet" if view is None else "text")
        spoken = view is not None and view.spoken
        self.qr.setVisible(view is not None and not spoken)
        self.digits.setVisible(spoken)
        self.use.setVisible(view is not None)
        self.then.setVisible(view is not None and bool(view.then))
        self.empty.setVisible(view is None)
        self.empty.say(text("The code to show comes here", lang), look, Type.BASE, "quiet")
        code = view.text if view is not None and not spoken else ""
        self.digits.say(
            view.text if view is not None and spoken else "", look, Type.HEAD, strong=True
        )
        name = text("Code: {use}", lang, use=view.use) if view is not None else ""
        self.qr.show_code(code, QR_SIDE, name)
        if view is not None:
            self.then.say(view.then, look, Type.NOTE, "quiet")
        self.tick(left_s)
        self.updateGeometry()

    def tick(self, left_s: int) -> None:
        """Counts the validity down; the reader of the screen hears it in half minutes."""
        view, look = self._view, self._look
        if view is None:
            return
        words = view.use
        if view.timed:
            left = f"{left_s // 60}:{left_s % 60:02d}"
            words = text("Valid {time} · {use}", look.lang, time=left, use=view.use)
            halves = -(-left_s // 30) * 30
            spoken = ntext("Valid {n} second", "Valid {n} seconds", halves, look.lang)
            if spoken != self.use.accessibleName():
                self.use.setAccessibleName(spoken)
        self.use.say(words, look, Type.BASE, strong=True)


def is_code(pasted: str) -> bool:
    """Whether a pasted text is one of ours, so that the desk should read it."""
    return pasted.strip().upper().startswith(tuple(prefix.value for prefix in Prefix))


def _minute_values(minutes: views.Minutes) -> list[int]:
    """Fewer, the quick ones, more."""
    return [minutes.value - 1, *minutes.quick, minutes.value + 1]


def _minute_options(minutes: views.Minutes | None, lang: str) -> list[Option]:
    if minutes is None:
        return []
    fewer, *quick, more = _minute_values(minutes)
    return [
        Option(
            "−1",
            False,
            fewer >= minutes.least,
            text("One minute less", lang),
            ticks=False,
        ),
        *(
            Option(
                str(value),
                value == minutes.value,
                True,
                ntext("{n} minute", "{n} minutes", value, lang),
            )
            for value in quick
        ),
        Option("+1", False, more <= minutes.most, text("One minute more", lang), ticks=False),
    ]
