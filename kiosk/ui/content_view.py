"""A region of content on the screen: text, formulae, tables, pictures, and widgets for its fields.

It is a QLabel for one reason: readers of the screen find it as text, with the words of every picture
and formula in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QSize, QSizeF
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.assessment.content import GAP, Block, plain_text
from kiosk.ui.controls import height_follows_width
from kiosk.ui.document import Document, Ink, Media
from kiosk.ui.theme import Look

_LEAST_WIDTH = 120


class ContentView(QLabel):
    """Shows blocks; as high as they need at its width."""

    def __init__(self, parent: QWidget | None = None, *, inset_px: int = 0) -> None:
        super().__init__(parent)
        self._inset_px = inset_px
        height_follows_width(self)
        self._document: Document | None = None
        self._fields: Mapping[str, QWidget] = {}
        self._heights: dict[int, int] = {}
        self._shown: object = None
        self._name = ""

    def show_content(
        self,
        blocks: tuple[Block, ...],
        look: Look,
        *,
        fields: Mapping[str, QWidget] | None = None,
        media: Media | None = None,
        first: int = 0,
        heard: Sequence[str] = (),
    ) -> None:
        """Show `blocks`; `fields` are the widgets (children of this one) for their fields, `first` the
        number of the first block in the text they are of, and `heard` what a reader says in the place
        of each field, in their order."""
        shown = (blocks, look, tuple((fields or {}).values()), first)
        if shown == self._shown:
            self._place_fields()  # a field may have stood elsewhere in between
            return
        self._shown = shown
        self._fields = fields or {}
        self._document = Document(
            blocks, look, Ink(), media=media, field_size=self._field_size, first=first
        )
        self._heights.clear()
        name = plain_text(blocks)
        if name.count(GAP) == len(heard):
            for words in heard:
                name = name.replace(GAP, words, 1)
        self._name = name
        self.setAccessibleName(self._name)
        self.updateGeometry()
        self._place_fields()
        self.update()

    @property
    def document(self) -> Document | None:
        """What is shown, to be highlighted in."""
        return self._document

    def document_at(self) -> QPointF:
        """Where the document is painted."""
        return QPointF(self._inset_px, 0)

    def add_to_name(self, more: str) -> None:
        """Tell readers `more` behind the text."""
        self.setAccessibleName(", ".join(filter(None, (self._name, more))))

    def give_up_press(self) -> None:
        """A press here means nothing anyway."""

    def fields(self) -> list[QWidget]:
        """The widgets of its fields, in reading order."""
        return list(self._fields.values())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._document is None:
            return 0
        if width not in self._heights:
            self._heights[width] = int(self._document.height_for(width - 2 * self._inset_px)) + 1
        return self._heights[width]

    def sizeHint(self) -> QSize:
        if self._document is None:
            return QSize(0, 0)
        width = int(self._document.natural_width()) + 1 + 2 * self._inset_px
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, 0)  # the layout asks heightForWidth

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_fields()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._document is not None:
            self._document.height_for(self.width() - 2 * self._inset_px)
            painter = QPainter(self)
            self._document.paint(painter, self.document_at())

    def _field_size(self, response: str) -> QSizeF:
        """As wide as the field likes, at most as wide as the text."""
        field = self._fields.get(response)
        if field is None or self._document is None:
            return QSizeF()
        hint, most = field.sizeHint(), int(self._document.qt.textWidth())
        if 0 < most < hint.width():
            high = field.heightForWidth(most) if field.hasHeightForWidth() else hint.height()
            return QSizeF(most, high)
        return QSizeF(hint)

    def _place_fields(self) -> None:
        if self._document is None or not self._fields or self.width() <= 0:
            return
        self._document.height_for(self.width() - 2 * self._inset_px)
        for response, place in self._document.field_places().items():
            field = self._fields.get(response)
            if field is not None:
                field.resize(self._field_size(response).toSize())
                field.move(self._inset_px + round(place.x()), round(place.y()))
                field.show()
