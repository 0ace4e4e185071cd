"""Notes and log: attendance, incidents, the room record; and saving the signed log to a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from kiosk.proctor import views
from kiosk.proctor.screens.acts import ActsList
from kiosk.proctor.screens.choices import Choices, Option
from kiosk.ui.controls import RING, Button, Words
from kiosk.ui.panels import Card, Page
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import text

_WIDTH = 900
_LONGEST_NOTE = 400

AskFolder = Callable[[QWidget, str], Path | None]


def ask_folder(parent: QWidget, title: str) -> Path | None:
    """Lets the proctor choose a folder, a stick most often; None when nothing was chosen."""
    chosen = QFileDialog.getExistingDirectory(parent, title)
    return Path(chosen) if chosen else None


class NotebookScreen(QWidget):
    """Shows `views.Notebook`.

    Args:
        ask: asks for the folder of the log.
    """

    intent = Signal(object)

    def __init__(self, parent: QWidget, ask: AskFolder = ask_folder) -> None:
        super().__init__(parent)
        self._view: views.Notebook | None = None
        self._look = Look()
        self._ask = ask
        self._kind = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._page = Page(self, _WIDTH)
        column.addWidget(self._page)
        inside = self._page.column
        rows = self._page.rows
        self.sessions = Choices(inside)
        self.card = Card(inside, padding=Gap.LARGE - RING)
        self.title = Words(self.card)
        self.kinds = Choices(self.card)
        self.who_label = Words(self.card)
        self.who = QComboBox(self.card)
        self.words_label = Words(self.card)
        self.words = QLineEdit(self.card)
        self.words.setMaxLength(_LONGEST_NOTE)
        self.who_label.setBuddy(self.who)
        self.words_label.setBuddy(self.words)
        self.message = Words(self.card)
        self.add = Button("main", self.card)
        last = QHBoxLayout()
        last.setContentsMargins(RING, 0, 0, 0)
        last.addWidget(self.message, 1)
        last.addWidget(self.add)
        for part in (
            self.title,
            self.kinds,
            self.who_label,
            self.who,
            self.words_label,
            self.words,
        ):
            if part is self.kinds:
                self.card.rows.addWidget(part)
                continue
            inset = QHBoxLayout()
            inset.setContentsMargins(RING, 0, RING, 0)
            inset.addWidget(part)
            self.card.rows.addLayout(inset)
        self.card.rows.addLayout(last)
        self.log = Button("second", inside)
        self.inspect = Button("plain", inside)
        self.kept = Words(inside)
        self.papers_label = Words(inside)
        self.papers_label.setContentsMargins(RING, 0, RING, 0)
        self.papers = Choices(inside)
        self.acts = ActsList(inside)
        saving = QHBoxLayout()
        saving.setContentsMargins(RING, 0, 0, 0)
        saving.addWidget(self.kept, 1)
        saving.addWidget(self.log)
        rows.addWidget(self.sessions)
        rows.addWidget(self.card)
        rows.addWidget(self.papers_label)
        rows.addWidget(self.papers)
        rows.addLayout(saving)
        rows.addWidget(self.acts)
        rows.addWidget(self.inspect, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(1)
        self.sessions.chosen.connect(self._choose_session)
        self.kinds.chosen.connect(self._choose_kind)
        self.add.clicked.connect(self._add)
        self.words.returnPressed.connect(self._add)
        self.papers.chosen.connect(self._print)
        self.log.clicked.connect(self._save)
        self.inspect.clicked.connect(lambda: self.intent.emit(views.Inspect()))

    def show_view(self, view: views.Notebook, look: Look) -> None:
        before, self._view, self._look = self._view, view, look
        lang = look.lang
        self._page.dress(look)
        self.card.dress(look)
        many = view.sessions if len(view.sessions) > 1 else ()
        options = [Option(name, session == view.session) for session, name in many]
        self.sessions.show_options(options, look)
        self.title.say(text("Note something", lang), look, Type.TITLE, strong=True)
        if self._kind not in dict(view.kinds):
            self._kind = view.kinds[0][0]
        self._show_kinds()
        self.who_label.say(text("Whom it is about", lang), look, Type.NOTE, "quiet")
        self.words_label.say(text("In a few words", lang), look, Type.NOTE, "quiet")
        for field, name in ((self.who, self.who_label), (self.words, self.words_label)):
            field.setFont(look.font(Type.BASE))
            field.setPalette(qt_palette(look))
            field.setMinimumHeight(look.px(Height.CONTROL))
            field.setAccessibleName(name.text())
        if before is None or before.people != view.people:
            at = max(0, self.who.currentIndex())
            self.who.clear()
            self.who.addItems([person.label for person in view.people])
            self.who.setCurrentIndex(min(at, len(view.people) - 1))
        self.add.say(text("Keep the note", lang), look)
        self.message.say(view.message, look, Type.BASE, "ok" if view.good else "bad", strong=True)
        self.log.say(text("Save the log to a folder", lang), look)
        self.kept.say(text("Kept for this session", lang), look, Type.NOTE, "quiet")
        label = text("Papers to print, as PDF into a folder", lang)
        self.papers_label.say(label, look, Type.NOTE, "quiet")
        papers = [Option(name, False, ticks=False) for _, name in view.papers]
        self.papers.show_options(papers, look)
        self.acts.show_rows(view.rows, look)
        shows = view.header.shows
        self.inspect.say(text("Show an inspector", lang), look)
        for part in (self.card, self.papers_label, self.papers, self.log):
            part.setVisible(not shows)
        self.inspect.setVisible(not shows and not view.header.practice)
        if view.good and view.message and (before is None or before.rows != view.rows):
            self.words.clear()

    def home_focus(self) -> QWidget:
        return self.words

    def _show_kinds(self) -> None:
        if self._view is not None:
            options = [Option(name, kind == self._kind) for kind, name in self._view.kinds]
            self.kinds.show_options(options, self._look)

    def _choose_kind(self, at: int) -> None:
        if self._view is not None:
            self._kind = self._view.kinds[at][0]
            self._show_kinds()

    def _choose_session(self, at: int) -> None:
        if self._view is not None:
            self.intent.emit(views.ChooseSession(self._view.sessions[at][0]))

    def _add(self) -> None:
        if self._view is not None:
            person = self._view.people[max(0, self.who.currentIndex())]
            self.intent.emit(views.AddNote(self._kind, person.number, self.words.text()))

    def _print(self, at: int) -> None:
        if self._view is None:
            return
        kind, name = self._view.papers[at]
        folder = self._ask(self, name)
        if folder is not None:
            person = self._view.people[max(0, self.who.currentIndex())].number
            about = (person, self.words.text()) if kind == "notice" else ("", "")
            self.intent.emit(views.SavePaper(kind, folder, *about))

    def _save(self) -> None:
        folder = self._ask(self, text("Save the log to a folder", self._look.lang))
        if folder is not None:
            self.intent.emit(views.SaveLog(folder))
