"""Highlighting in the texts of a question: by dragging with mouse or finger, and by a caret.

A drag that covers what is highlighted already takes it back. A press that moves less than a character
is a press, so that a choice under it is chosen as ever; one that moves further never chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from kiosk.assessment.highlights import Passage, Passages, covers, sentence_around, words_of
from kiosk.assessment.items import Item
from kiosk.ui.document import Document, Shade
from kiosk.ui.panels import keep_in_sight
from kiosk.ui.speech import announce
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import listed, text

_Move = QTextCursor.MoveOperation
_MOVES: Final = {
    Qt.Key.Key_Left: (_Move.PreviousCharacter, _Move.PreviousWord),
    Qt.Key.Key_Right: (_Move.NextCharacter, _Move.NextWord),
    Qt.Key.Key_Home: (_Move.StartOfLine, _Move.Start),
    Qt.Key.Key_End: (_Move.EndOfLine, _Move.End),
    Qt.Key.Key_Up: (_Move.Up, _Move.PreviousBlock),
    Qt.Key.Key_Down: (_Move.Down, _Move.NextBlock),
}
"""What the keys of the caret do, alone and with Ctrl."""


class Surface(Protocol):
    """A widget that paints a document."""

    @property
    def document(self) -> Document | None: ...
    def document_at(self) -> QPointF: ...
    def add_to_name(self, more: str) -> None: ...
    def give_up_press(self) -> None: ...
    def update(self) -> None: ...


class Page(Struct, frozen=True):
    """A text on the screen: the item's own, or that of `choice` of `response`."""

    surface: Surface
    response: str = ""
    choice: str = ""

    @property
    def widget(self) -> QWidget:
        assert isinstance(self.surface, QWidget)
        return self.surface


class Highlighter(QWidget):
    """Turns drags and keys over pages into passages. It holds the keyboard while there is a caret."""

    asked = Signal(tuple, bool)
    """Passages, and whether they are to be highlighted or taken back."""
    left = Signal()
    """The caret is gone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(1, 1)
        self.lower()
        self._pages: list[Page] = []
        self._watched: set[QWidget] = set()
        self._item: Item | None = None
        self._look = Look()
        self._passages: Passages = ()
        self._pressed: tuple[Page, QPointF] | None = None
        self._dragged: tuple[Page, int, int] | None = None
        self._caret: tuple[Page, QTextCursor] | None = None

    # --- showing ------------------------------------------------------------------------------------

    def show_passages(
        self, item: Item, pages: Sequence[Page], passages: Passages, look: Look
    ) -> None:
        """Show what is highlighted of `item`, whose texts are on `pages` now."""
        if (item, look.lang) != (self._item, self._look.lang):
            self._pressed = self._dragged = None  # what is held now is no drag over these words
        if item != self._item:
            self.stop()
        self._item, self._look, self._passages = item, look, passages
        self._pages = list(pages)
        for page in pages:
            if page.widget not in self._watched:
                self._watched.add(page.widget)
                page.widget.installEventFilter(self)
        if self._caret is not None:
            page, cursor = self._caret
            document = page.surface.document
            if document is None or document.qt is not cursor.document():
                self._put_caret(page)  # set anew for another look
        for page in pages:
            self._shade(page)

    def _shade(self, page: Page) -> None:
        document = page.surface.document
        if document is None:
            return
        mine = [one for one in self._passages if self._on(page, one)]
        marked = []
        for one in mine:
            places = document.places(one.path)
            if one.end < len(places):
                marked.append((places[one.start], places[one.end]))
        selected, caret = (0, 0), None
        if self._dragged is not None and self._dragged[0] == page:
            selected = self._dragged[1:]
        elif self._caret is not None and self._caret[0] == page:
            cursor = self._caret[1]
            selected, caret = (cursor.selectionStart(), cursor.selectionEnd()), cursor.position()
        shade = Shade(tuple(marked), selected, caret)
        if shade != document.shade:
            document.shade = shade
            page.surface.update()
        heard = [self._heard(one) for one in mine]
        lang = self._look.lang
        said = text("highlighted: {words}", lang, words=listed(heard, lang, "; "))
        page.surface.add_to_name(said if heard else "")

    def _heard(self, passage: Passage) -> str:
        return (words_of(self._item, passage) if self._item is not None else None) or ""

    def _on(self, page: Page, passage: Passage) -> bool:
        document = page.surface.document
        return (
            document is not None
            and passage.lang == self._lang()
            and (passage.response, passage.choice) == (page.response, page.choice)
            and passage.path in document.paths()
        )

    def _lang(self) -> str:
        """The language the item is shown in, which may have no text in the one asked for."""
        assert self._item is not None
        texts = self._item.texts
        return self._look.lang if self._look.lang in texts else next(iter(texts))

    # --- drags --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        match event.type():
            case QEvent.Type.MouseButtonPress:
                page = next((one for one in self._pages if one.widget is watched), None)
                left = event.button() is Qt.MouseButton.LeftButton
                self._pressed = (page, event.position()) if left and page is not None else None
            case QEvent.Type.MouseMove:
                return self._drag(event.position())
            case QEvent.Type.MouseButtonRelease:
                self._drop()
            case _:
                pass
        return False

    def _drag(self, now: QPointF) -> bool:
        """Follow the pointer; whether the press is a drag."""
        if self._pressed is None:
            return False
        page, began = self._pressed
        document = page.surface.document
        if document is None:
            return False
        if self._dragged is None:
            if (now - began).manhattanLength() < self._look.px(Type.STEM):
                return False
            page.surface.give_up_press()
        around = page.surface.document_at()
        ends = sorted((document.place_at(began - around), document.place_at(now - around)))
        self._dragged = (page, ends[0], ends[1])
        self._shade(page)
        return True

    def _drop(self) -> None:
        self._pressed = None
        if self._dragged is not None:
            page, start, end = self._dragged
            self._dragged = None
            self._ask(self._between(page, start, end))
            self._shade(page)

    # --- the caret ----------------------------------------------------------------------------------

    @property
    def has_caret(self) -> bool:
        return self._caret is not None

    def start(self) -> None:
        """Put the caret into the text in focus, or into the first one."""
        page = next((one for one in self._pages if one.widget.hasFocus()), None)
        page = page or next(iter(self._pages), None)
        if page is not None:
            self._put_caret(page)
            self.setAccessibleName(
                text(
                    "Highlighting. Arrows move, Shift selects, Enter highlights or takes back,"
                    " Escape ends",
                    self._look.lang,
                )
            )
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop(self) -> None:
        """Take the caret away."""
        if self._caret is not None:
            page, self._caret = self._caret[0], None
            if page in self._pages:
                self._shade(page)
            if self.hasFocus():
                self.left.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._caret is None:
            event.ignore()
            return
        match event.key():
            case Qt.Key.Key_Escape | Qt.Key.Key_M:
                self.stop()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                if not event.isAutoRepeat():
                    self._take_selected()
            case key if key in _MOVES:
                self._move(Qt.Key(key), event.modifiers())
            case (
                Qt.Key.Key_PageUp
                | Qt.Key.Key_PageDown
                | Qt.Key.Key_F1
                | Qt.Key.Key_F9
                | Qt.Key.Key_F12
            ):
                event.ignore()  # the screen's
            case _ if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
            case _:
                pass  # letters choose nothing while one highlights

    def _put_caret(self, page: Page) -> None:
        document = page.surface.document
        assert document is not None
        before, self._caret = self._caret, (page, QTextCursor(document.qt))
        if before is not None and before[0] in self._pages:
            self._shade(before[0])
        self._shade(page)
        self.setGeometry(page.widget.x(), page.widget.y(), 1, 1)
        keep_in_sight(page.widget)

    def _move(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        assert self._caret is not None
        page, cursor = self._caret
        keep = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        mode = QTextCursor.MoveMode.KeepAnchor if keep else QTextCursor.MoveMode.MoveAnchor
        move = _MOVES[key][ctrl]
        moved = cursor.movePosition(move, mode)
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(key, 0)
        if step and not moved and not keep:
            at = self._pages.index(page) + step
            if 0 <= at < len(self._pages):
                self._put_caret(self._pages[at])
                announce(self, self._pages[at].widget.accessibleName())
            return
        self._shade(page)
        if keep:
            heard = cursor.selectedText()
        elif move in (_Move.NextCharacter, _Move.PreviousCharacter):
            heard = _selected(cursor, _Move.NextCharacter)
        else:
            heard = _selected(cursor, _Move.EndOfBlock)
        announce(self, heard)

    def _take_selected(self) -> None:
        """Highlight what is selected; without a selection the sentence at the caret."""
        assert self._caret is not None
        page, cursor = self._caret
        if cursor.hasSelection():
            passages = self._between(page, cursor.selectionStart(), cursor.selectionEnd())
            cursor.clearSelection()
        else:
            passages = self._sentence(page, cursor.position())
        if passages:
            on = self._ask(passages)
            said = listed(map(self._heard, passages), self._look.lang, "; ")
            told = (
                text("highlighted: {words}", self._look.lang, words=said)
                if on
                else text("no longer highlighted: {words}", self._look.lang, words=said)
            )
            announce(self, told)
        self._shade(page)

    # --- passages -----------------------------------------------------------------------------------

    def _between(self, page: Page, start: int, end: int) -> Passages:
        """What of the page's lines stands between two places."""
        document = page.surface.document
        assert document is not None
        found = []
        for path in document.paths():
            places = document.places(path)[:-1]
            inside = [at for at, place in enumerate(places) if start <= place < end]
            if inside:
                found.append(self._passage(page, path, inside[0], inside[-1] + 1))
        return tuple(found)

    def _sentence(self, page: Page, place: int) -> Passages:
        document = page.surface.document
        assert document is not None
        for path in document.paths():
            places = document.places(path)
            if places and places[0] <= place <= places[-1]:
                at = sum(one < place for one in places[:-1])
                line = self._line(page, path, len(places) - 1)
                return (self._passage(page, path, *sentence_around(line, min(at, len(line) - 1))),)
        return ()

    def _line(self, page: Page, path: tuple[int, ...], length: int) -> str:
        return self._heard(self._passage(page, path, 0, length))

    def _passage(self, page: Page, path: tuple[int, ...], start: int, end: int) -> Passage:
        return Passage(self._lang(), path, start, end, page.response, page.choice)

    def _ask(self, passages: Passages) -> bool:
        """Ask for them; whether they are to be highlighted."""
        on = not all(covers(self._passages, one) for one in passages)
        if passages:
            self.asked.emit(passages, on)
        return on


def _selected(cursor: QTextCursor, move: QTextCursor.MoveOperation) -> str:
    """What stands between the cursor and where the move leads; Qt counts a rare character as two."""
    behind = QTextCursor(cursor)
    behind.movePosition(move, QTextCursor.MoveMode.KeepAnchor)
    return behind.selectedText()
