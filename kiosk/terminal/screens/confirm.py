"""Is this you? "This is not me" is as large as "this is me"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from kiosk.terminal.screens.page_screen import PageScreen
from kiosk.terminal.screens.wording import granted_text
from kiosk.terminal.views import Confirm, ConfirmIdentity
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Card
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_PHOTO_HEIGHT = 210


class ConfirmScreen(PageScreen):
    """Shows `views.Confirm`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 760)
        self.not_me = Button("second", self.bar)
        self.me = Button("main", self.bar)
        self.bar.add_left(self.not_me)
        self.bar.add_right(self.me)
        self.title = Words(self.inside)
        self._card = Card(self.inside, padding=Gap.WIDE)
        self.photo = QLabel(self._card)
        self.photo.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Gap.LARGE)
        self._grid.setVerticalSpacing(Gap.SMALL)
        row = QHBoxLayout()
        row.setSpacing(Gap.WIDE)
        row.addWidget(self.photo)
        row.addLayout(self._grid, 1)
        self._card.rows.addLayout(row)
        self.lines: list[tuple[Words, Words]] = []
        for at in range(5):
            label, value = Words(self._card, wrap=False), Words(self._card)
            self._grid.addWidget(label, at, 0)
            self._grid.addWidget(value, at, 1)
            self.lines.append((label, value))
        self.granted = Words(self.inside)
        self.fill(self.title, self._card, self.granted)
        self.me.clicked.connect(lambda: self.intent.emit(ConfirmIdentity(mine=True)))
        self.not_me.clicked.connect(lambda: self.intent.emit(ConfirmIdentity(mine=False)))

    def show_view(self, view: Confirm, look: Look) -> None:
        lang = look.lang
        self.dress(look)
        self._card.dress(look)
        # Large type leaves no room for labels on one line.
        wraps = look.scale >= 200
        self._grid.setColumnStretch(0, 2 if wraps else 0)
        self._grid.setColumnStretch(1, 3 if wraps else 1)
        self.title.say(text("Is this you?", lang), look, Type.HEAD, strong=True)
        told = (
            (text("Name", lang), view.name),
            (text("Candidate number", lang), view.number),
            (text("Discipline", lang), look.of(view.discipline)),
            (text("Level", lang), look.of(view.level)),
            (text("Seat", lang), view.seat),
        )
        for at, ((label, value), (name, words)) in enumerate(zip(self.lines, told, strict=True)):
            label.setWordWrap(wraps)
            label.say(name, look, Type.NOTE, "quiet")
            value.say(words, look, Type.TITLE if at == 0 else Type.STEM, strong=at == 0)
            label.setVisible(bool(words))
            value.setVisible(bool(words))
        granted = granted_text(view.granted, look)
        self.granted.say(text("Granted: {what}", lang, what=granted), look, Type.BASE)
        self.granted.setVisible(bool(granted))
        picture = QPixmap()
        if view.photo is not None:
            picture.loadFromData(view.photo)
        if not picture.isNull():
            picture = picture.scaledToHeight(
                _PHOTO_HEIGHT, Qt.TransformationMode.SmoothTransformation
            )
        self.photo.setPixmap(picture)
        self.photo.setAccessibleName(text("Your photo", lang))
        self.photo.setVisible(not picture.isNull())
        self.not_me.say(text("This is not me", lang), look.chrome)
        self.me.say(text("This is me", lang), look.chrome)
        wide = max(self.me.sizeHint().width(), self.not_me.sizeHint().width())
        self.me.setMinimumWidth(wide)
        self.not_me.setMinimumWidth(wide)

    def home_focus(self) -> QWidget | None:
        return self.me
