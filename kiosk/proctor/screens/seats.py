"""The room's seats: tiles with sign, seat, name and state; beside them the chosen seat and its notes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.proctor import views
from kiosk.proctor.screens.choices import Choices, Option
from kiosk.proctor.screens.notebook import AskFolder, ask_folder
from kiosk.ui.controls import RING, Button, Words, height_follows_width, paint_ring, side_by_side
from kiosk.ui.icons import paint_icon
from kiosk.ui.panels import Card, Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import FOLD_SCALE, Gap, Height, Radius, Type
from kiosk.words import text

_WIDTH = 1300
_DETAILS_WIDTH = 360
_FOLD_WIDTH = 1000
_TILE_WIDTH = 190
_PLACED_WIDTH = 140
"""The least of a tile that stands where its seat is."""
_SPACE = side_by_side(Gap.SMALL)


class SeatsScreen(QWidget):
    """Shows `views.Seats`.

    Args:
        ask: asks for the folder of a collecting stick.
    """

    intent = Signal(object)

    def __init__(self, parent: QWidget, ask: AskFolder = ask_folder) -> None:
        super().__init__(parent)
        self._view: views.Seats | None = None
        self._look = Look()
        self._ask = ask
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._page = Page(self, _WIDTH)
        column.addWidget(self._page)
        inside, rows = self._page.column, self._page.rows
        rows.setSpacing(Gap.TIGHT)
        self.sessions = Choices(inside)
        self.filters = Choices(inside)
        self.drills = Choices(inside)
        self.hint = Words(inside)
        self.message = Words(inside)
        for words in (self.hint, self.message):
            words.setContentsMargins(RING, 0, RING, 0)
        body = QWidget(inside)
        height_follows_width(body)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight, body)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(Gap.MEDIUM)
        self.map = SeatTiles(body)
        self._side = QWidget(body)
        height_follows_width(self._side)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(RING, RING, RING, 0)
        side.setSpacing(Gap.SMALL)
        self.card = Card(self._side, padding=Gap.MEDIUM)
        self.heading = Words(self.card)
        self.lines = Words(self.card)
        self.notes = Choices(self.card)
        for part in (self.heading, self.lines, self.notes):
            self.card.rows.addWidget(part)
        self.collect = Button("second", self._side)
        side.addWidget(self.card)
        side.addWidget(self.collect, 0, Qt.AlignmentFlag.AlignLeft)
        side.addStretch(1)
        self._body.addWidget(self.map, 1000)
        self._body.addWidget(self._side, 1)
        for above in (self.sessions, self.filters, self.drills, self.hint, self.message, body):
            rows.addWidget(above)
        rows.addStretch(1)
        self.sessions.chosen.connect(self._choose_session)
        self.filters.chosen.connect(self._filter)
        self.drills.chosen.connect(self._let_happen)
        self.map.chosen.connect(lambda kid: self.intent.emit(views.ChooseSeat(kid)))
        self.notes.chosen.connect(self._note)
        self.collect.clicked.connect(self._read_stick)

    def show_view(self, view: views.Seats, look: Look) -> None:
        self._view, self._look = view, look
        lang = look.lang
        self._page.dress(look)
        many = view.sessions if len(view.sessions) > 1 else ()
        self.sessions.show_options(
            [Option(name, session == view.session) for session, name in many], look
        )
        self.filters.show_options([Option(one.label, one.chosen) for one in view.filters], look)
        self.drills.show_options(
            [Option(words, False, ticks=False) for _, words in view.drills], look
        )
        self.hint.say(view.hint, look, Type.NOTE, "quiet")
        self.message.say(view.message, look, Type.BASE, "ok" if view.good else "bad", strong=True)
        self.message.setVisible(bool(view.message))
        self.map.show_tiles(view.tiles, look)
        details = view.details
        self.card.dress(look, edge="hairline" if details is None else "border")
        nothing = text("No seat is chosen", lang)
        self.heading.say(nothing if details is None else details.heading, look, strong=True)
        lines = () if details is None else details.lines
        self.lines.say("\n".join(lines), look, Type.NOTE)
        self.lines.setVisible(bool(lines))
        actions = () if details is None else details.actions
        self.notes.show_options([Option(one.label, False, ticks=False) for one in actions], look)
        self.collect.setVisible(not view.header.shows)
        self.collect.say(text("Read the collecting stick", lang), look, size=Type.NOTE)
        self._fold()

    def home_focus(self) -> QWidget | None:
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Where two columns have no room, the chosen seat stands above the map."""
        wide = self.width() >= _FOLD_WIDTH and self._look.scale < FOLD_SCALE
        order = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.BottomToTop
        if order != self._body.direction():
            self._body.setDirection(order)
        self._side.setMinimumWidth(_DETAILS_WIDTH if wide else 0)

    def _choose_session(self, at: int) -> None:
        if self._view is not None:
            self.intent.emit(views.ChooseSession(self._view.sessions[at][0]))

    def _filter(self, at: int) -> None:
        if self._view is not None:
            self.intent.emit(views.FilterSeats(self._view.filters[at].name))

    def _note(self, at: int) -> None:
        if self._view is not None and self._view.details is not None:
            self.intent.emit(views.NoteSeat(self._view.details.actions[at].note))

    def _let_happen(self, at: int) -> None:
        if self._view is not None:
            self.intent.emit(views.LetHappen(self._view.drills[at][0]))

    def _read_stick(self) -> None:
        if self._view is not None and self._view.header.practice:
            self.intent.emit(views.Collect(Path()))  # the room's own, made up as the room is
            return
        folder = self._ask(self, text("Read the collecting stick", self._look.lang))
        if folder is not None:
            self.intent.emit(views.Collect(folder))


class SeatTiles(QWidget):
    """The tiles as their seats stand in the room, or where that is not known, or there is no room for it, as many
    columns as fit; `chosen` gives a terminal's kid."""

    chosen = Signal(bytes)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._tiles: list[SeatTile] = []
        self._shown = 0
        self._look = Look()

    @property
    def tiles(self) -> list[SeatTile]:
        return self._tiles[: self._shown]

    def show_tiles(self, tiles: tuple[views.SeatTile, ...], look: Look) -> None:
        while len(self._tiles) < len(tiles):
            tile = SeatTile(self)
            tile.clicked.connect(lambda _=False, tile=tile: self.chosen.emit(tile.terminal))
            self._tiles.append(tile)
        self._shown, self._look = len(tiles), look
        for at, tile in enumerate(self._tiles):
            tile.setVisible(at < len(tiles))
        for tile, view in zip(self._tiles, tiles, strict=False):
            tile.show_tile(view, look)
        self.updateGeometry()
        self._place(self.width())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return max((place.bottom() + 1 for place in places), default=0)

    def sizeHint(self) -> QSize:
        return QSize(_TILE_WIDTH * 4, self.heightForWidth(_TILE_WIDTH * 4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width())

    def _least(self) -> int:
        return min(self._look.px(_TILE_WIDTH), 2 * _TILE_WIDTH)

    def _places(self, width: int) -> list[QRect]:
        return self._in_the_room(width) or self._in_a_row(width)

    def _in_the_room(self, width: int) -> list[QRect]:
        """Rows from the front, an aisle where a column or a row has no seat; empty where it does not fit."""
        stands = [tile.place for tile in self.tiles]
        known = [place for place in stands if place is not None]
        if not known or len(known) < len(stands):
            return []
        rows, columns = (sorted({place[axis] for place in known}) for axis in (0, 1))
        aisles = sum(after > one + 1 for one, after in pairwise(columns))
        across = (width + _SPACE - aisles * Gap.LARGE) // len(columns) - _SPACE
        if across < self._look.px(_PLACED_WIDTH):
            return []
        heights = dict.fromkeys(rows, 0)
        for tile, (row, _) in zip(self.tiles, known, strict=True):
            heights[row] = max(heights[row], tile.heightForWidth(across))
        lefts = _begins(dict.fromkeys(columns, across))
        tops = _begins(heights)
        return [QRect(lefts[at], tops[row], across, heights[row]) for row, at in known]

    def _in_a_row(self, width: int) -> list[QRect]:
        columns = max(1, (width + _SPACE) // (self._least() + _SPACE))
        across = (width + _SPACE) // columns - _SPACE
        places: list[QRect] = []
        top = 0
        for start in range(0, self._shown, columns):
            row = self._tiles[start : min(start + columns, self._shown)]
            high = max(tile.heightForWidth(across) for tile in row)
            places += [QRect(at * (across + _SPACE), top, across, high) for at in range(len(row))]
            top += high + _SPACE
        return places

    def _place(self, width: int) -> None:
        for tile, place in zip(self.tiles, self._places(width), strict=True):
            tile.setGeometry(place)


def _begins(sizes: Mapping[int, int]) -> dict[int, int]:
    """Where each row or column begins, by its number, with an aisle where numbers are left out."""
    begins: dict[int, int] = {}
    before, at = 0, 0
    for number, size in sizes.items():
        at += Gap.LARGE if begins and number > before + 1 else 0
        begins[number] = at
        before, at = number, at + size + _SPACE
    return begins


class SeatTile(QAbstractButton):
    """A seat one may choose: sign and number, name, state, when; never by colour alone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._view: views.SeatTile | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def terminal(self) -> bytes:
        return b"" if self._view is None else self._view.terminal

    @property
    def place(self) -> tuple[int, int] | None:
        return None if self._view is None else self._view.place

    def show_tile(self, view: views.SeatTile, look: Look) -> None:
        self._view, self._look = view, look
        self.setChecked(view.chosen)
        seat = text("Seat {seat}", look.lang, seat=view.seat)
        spoken = (seat, view.name, view.words, view.note)
        self.setAccessibleName(", ".join(filter(None, spoken)))
        self.update()

    def nextCheckState(self) -> None:
        """Only the view says what is chosen."""

    def heightForWidth(self, width: int) -> int:
        bottom = max((box.bottom() for box, *_ in self._texts(width)), default=0)
        least = self._look.px(Height.CONTROL) + 2 * RING
        return max(least, bottom + 1 + Gap.TIGHT + RING)

    def paintEvent(self, _event: QPaintEvent) -> None:
        view, look = self._view, self._look
        if view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
        edge_px = look.border_px + (1 if self.isChecked() else -1)
        half = edge_px / 2
        painter.setPen(QPen(look.colour("accent" if self.isChecked() else "border"), edge_px))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(
            shape.adjusted(half, half, -half, -half), Radius.CONTROL, Radius.CONTROL
        )
        for box, words, strong, wrap in self._texts(self.width()):
            toned = words == view.words
            painter.setFont(look.font(Type.NOTE, strong=strong or toned))
            painter.setPen(look.colour(view.tone if toned else "text"))
            painter.drawText(box, wrap, words)
        if view.sign != "none":
            side = look.px(Type.NOTE)
            corner = QRectF(shape.right() - Gap.SMALL - side, shape.top() + Gap.SMALL, side, side)
            paint_icon(painter, view.sign, corner, look.colour(view.tone))
        if self.hasFocus():
            paint_ring(painter, shape, Radius.CONTROL, look)

    def _texts(self, width: int) -> list[tuple[QRect, str, bool, Qt.TextFlag]]:
        """Where each line of words stands on a tile of this width, and how it wraps."""
        view, look = self._view, self._look
        if view is None:
            return []
        left, top = RING + Gap.SMALL, RING + Gap.TIGHT
        sign = look.px(Type.NOTE) + Gap.TIGHT
        placed: list[tuple[QRect, str, bool, Qt.TextFlag]] = []
        for at, words in enumerate((view.seat, view.name, view.words, view.note)):
            if not words:
                continue
            across = width - 2 * left - (sign if at == 0 else 0)
            metrics = self._metrics(strong=at == 0 or words == view.words)
            room, wrap = QRect(0, 0, across, 10_000), Qt.TextFlag.TextWordWrap
            box = metrics.boundingRect(room, wrap, words)
            if box.width() > across:  # one word alone is too long
                wrap = Qt.TextFlag.TextWrapAnywhere
                box = metrics.boundingRect(room, wrap, words)
            placed.append((QRect(left, top, across, box.height()), words, at == 0, wrap))
            top += box.height() + Gap.HAIR
        return placed

    def _metrics(self, *, strong: bool) -> QFontMetrics:
        return QFontMetrics(self._look.font(Type.NOTE, strong=strong))
