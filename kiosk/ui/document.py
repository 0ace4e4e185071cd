"""Content blocks set as a QTextDocument through QTextCursor; no markup is ever parsed.

Formulae, pictures and fields are inline objects (U+FFFC). Qt lets an inline object only stand on
the baseline or be centred, so a formula is two of them: its part above the line as a box on the
baseline, and behind it a box without width that makes room below the line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, assert_never

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QBrush,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLength,
    QTextLine,
    QTextListFormat,
    QTextOption,
    QTextTableFormat,
)

from kiosk.assessment import content
from kiosk.assessment.highlights import THING
from kiosk.ui import inlines
from kiosk.ui.fonts import MONO_FAMILY
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Role, Type

Media = Callable[[str], bytes]
"""The PNG bytes of a picture of the bank, by its digest."""

_LINE_SEPARATOR: Final = "\u2028"
_MINIMUM: Final = int(QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
_FIXED: Final = int(QTextBlockFormat.LineHeightTypes.FixedHeight.value)
_FORMULA_EM_PX: Final = 16
"""The size of type formulae are compiled at (`kiosk.authoring.formulas`)."""
_CELL_PADDING: Final = Gap.TIGHT
_UNDERLINE: Final = 2


class Ink(Struct, frozen=True):
    """How the words of a document are written."""

    size: Type = Type.STEM
    role: Role = "text"
    strong: bool = False
    struck: bool = False


class Shade(Struct, frozen=True):
    """What lies under the words, as places in the document: passages that are highlighted, the one being
    selected, and the caret."""

    marked: tuple[tuple[int, int], ...] = ()
    selected: tuple[int, int] = (0, 0)
    caret: int | None = None


class Document:
    """A text set once for a look; its width may change.

    `field_size` tells the size of the widget that stands for a field; `field_places` tells where.
    """

    def __init__(
        self,
        blocks: tuple[content.Block, ...],
        look: Look,
        ink: Ink,
        *,
        media: Media | None = None,
        field_size: Callable[[str], QSizeF] = lambda _: QSizeF(),
        first: int = 0,
    ) -> None:
        """
        Args:
            first: the number of the first block, where `blocks` are not all there are.
        """
        self.look = look
        self.ink = ink
        self._inlines: list[inlines.Inline] = []
        self._field_size = field_size
        self._media = media
        self._gaps: dict[str, int] = {}
        self._lines: dict[tuple[int, ...], list[tuple[int, str]]] = {}
        self.shade = Shade()
        self.qt = QTextDocument()
        self.qt.setUndoRedoEnabled(False)
        self.qt.setDocumentMargin(0)
        self.qt.setDefaultFont(look.font(ink.size, strong=ink.strong))
        self.qt.setIndentWidth(look.px(Gap.WIDE - Gap.TIGHT))
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.qt.setDefaultTextOption(option)
        self._objects = inlines.Objects(self.qt, self._inlines, look, field_size)
        self.qt.documentLayout().registerHandler(inlines.OBJECT, self._objects)
        self._cursor = QTextCursor(self.qt)
        self._fresh = True
        self._blocks(blocks, 0, (), first)
        self._close_trailing_line()

    # --- size and place -------------------------------------------------------------------------

    def height_for(self, width: float) -> float:
        self.qt.setTextWidth(width)
        return self.qt.size().height()

    def natural_width(self) -> float:
        """The width it takes when nothing breaks a line."""
        self.qt.setTextWidth(-1)
        return self.qt.idealWidth()

    def field_places(self) -> Mapping[str, QPointF]:
        """The top left corner of each field, at the width set last."""
        places = {}
        for response, position in self._gaps.items():
            block = self.qt.findBlock(position)
            line = block.layout().lineForTextPosition(position - block.position())
            left = _cursor_x(line, position - block.position())
            baseline = self._baseline(block, line)
            half_x = QFontMetricsF(self._field_font()).xHeight() / 2
            top = baseline - (self._field_size(response).height() + half_x) / 2
            places[response] = QPointF(block.layout().position().x() + left, top - self._lead())
        return places

    def paint(self, painter: QPainter, at: QPointF) -> None:
        painter.save()
        painter.translate(at.x(), at.y() - self._lead())
        shade, look = self.shade, self.look
        boxes = [box for span in shade.marked for box in self.boxes(*span)]
        for box in boxes:
            painter.fillRect(box, look.colour("marked"))
        for box in self.boxes(*shade.selected):
            painter.fillRect(box, look.colour("accent_soft"))
        context = QAbstractTextDocumentLayout.PaintContext()
        # The heads of a table are painted over what is below them.
        context.selections = [self._above_ground(span) for span in shade.marked]
        self.qt.documentLayout().draw(painter, context)
        thick = max(2.0, look.px(_UNDERLINE))
        for box in boxes:
            line = QRectF(box.left(), box.bottom() - thick, box.width(), thick)
            painter.fillRect(line, look.colour("marked_line"))
        for box in self.boxes(*shade.selected):
            painter.setPen(QPen(look.colour("accent"), thick))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if shade.caret is not None:
            place = self._box(shade.caret, shade.caret)
            painter.fillRect(place.adjusted(-thick, 0, thick, 0), look.colour("text"))
        painter.restore()

    def _above_ground(self, span: tuple[int, int]) -> QAbstractTextDocumentLayout.Selection:
        made = QAbstractTextDocumentLayout.Selection()
        made.cursor = QTextCursor(self.qt)
        made.cursor.setPosition(span[0])
        made.cursor.setPosition(span[1], QTextCursor.MoveMode.KeepAnchor)
        made.format = QTextCharFormat()
        made.format.setBackground(QBrush(self.look.colour("marked")))
        return made

    # --- characters -------------------------------------------------------------------------------

    def paths(self) -> list[tuple[int, ...]]:
        """The lines it holds, in reading order."""
        return list(self._lines)

    def places(self, path: tuple[int, ...]) -> list[int]:
        """Where each character of a line stands in `qt`, and where the line ends."""
        found: list[int] = []
        for at, characters in self._lines.get(path, ()):
            for character in characters:
                found.append(at)
                at += 2 if ord(character) > 0xFFFF else 1
        if found:
            block = self.qt.findBlock(found[-1])
            found.append(block.position() + block.length() - 1)
        return found

    def place_at(self, point: QPointF) -> int:
        """The place in `qt` nearest to `point`, which counts from where the document is painted."""
        at = QPointF(point.x(), point.y() + self._lead())
        return self.qt.documentLayout().hitTest(at, Qt.HitTestAccuracy.FuzzyHit)

    def boxes(self, start: int, end: int) -> list[QRectF]:
        """What the characters from `start` to before `end` cover, one box a line, below the lead."""
        found = []
        block = self.qt.findBlock(start)
        while block.isValid() and block.position() < end:
            layout = block.layout()
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                first = block.position() + line.textStart()
                begin, stop = max(start, first), min(end, first + line.textLength())
                if begin < stop:
                    found.append(self._box(begin, stop))
            block = block.next()
        return found

    def _box(self, start: int, end: int) -> QRectF:
        """The box of characters of one line."""
        block = self.qt.findBlock(start)
        at = start - block.position()
        line = block.layout().lineForTextPosition(at)
        if not line.isValid():
            return QRectF()
        left, right = _cursor_x(line, at), _cursor_x(line, end - block.position())
        metrics = QFontMetricsF(self.qt.defaultFont())
        top = self._baseline(block, line) - metrics.ascent()
        height = metrics.height() + Gap.HAIR
        around = self.qt.documentLayout().blockBoundingRect(block)  # also in the cell of a table
        x = around.left() - block.layout().boundingRect().left()
        return QRectF(x + left, top, right - left, height)

    def _baseline(self, block: QTextBlock, line: QTextLine) -> float:
        box = self.qt.documentLayout().blockBoundingRect(block)
        return box.top() + line.y() - min(0.0, block.layout().lineAt(0).y()) + line.ascent()

    def _lead(self) -> float:
        """Qt puts the room of a line height above the words; half of it belongs below."""
        if self._gaps:
            return 0.0  # a field fills its line
        metrics = QFontMetricsF(self.qt.defaultFont())
        return max(0.0, self.look.line_height(self.ink.size) - metrics.height()) / 2

    # --- blocks -----------------------------------------------------------------------------------

    def _blocks(
        self,
        blocks: tuple[content.Block, ...],
        indent: int,
        before: tuple[int, ...],
        first: int = 0,
    ) -> None:
        for at, block in enumerate(blocks, first):
            path = (*before, at)
            match block:
                case content.Paragraph(spans):
                    self._new_block(indent)
                    self._spans(spans, path)
                case content.Preformatted(text):
                    self._new_block(indent)
                    style = self._style()
                    style.setFontFamilies([MONO_FAMILY])
                    self._keep(path, text)
                    self._cursor.insertText(text.replace("\n", _LINE_SEPARATOR), style)
                case content.ItemList():
                    self._list(block, indent + 1, path)
                case content.Table():
                    self._table(block, path)
                case content.Figure(picture, caption):
                    self._new_block(indent, line=False)
                    self._insert(
                        self._picture(picture), QTextCharFormat.VerticalAlignment.AlignNormal
                    )
                    if caption:
                        self._new_block(indent)
                        self._spans(caption, path, role="quiet")
                case content.Place():
                    pass
                case _:
                    assert_never(block)

    def _list(self, listed: content.ItemList, indent: int, path: tuple[int, ...]) -> None:
        style = QTextListFormat()
        style.setIndent(indent)
        style.setStyle(
            QTextListFormat.Style.ListDecimal if listed.ordered else QTextListFormat.Style.ListDisc
        )
        style.setStart(listed.start)
        made = None
        for number, entry in enumerate(listed.entries):
            head, first = entry[:1], 1
            self._new_block(0)
            if made is None:
                made = self._cursor.createList(style)
            else:
                made.add(self._cursor.block())
            if head and isinstance(head[0], content.Paragraph):
                self._spans(head[0].spans, (*path, number, 0))
            else:
                first = 0
            self._blocks(entry[first:], indent, (*path, number), first)

    def _table(self, table: content.Table, path: tuple[int, ...]) -> None:
        if table.caption:
            self._new_block(0)
            self._spans(table.caption, path, strong=True)
        columns = max((sum(cell.columns for cell in row) for row in table.rows), default=0)
        if not columns:
            return
        style = QTextTableFormat()
        style.setBorder(1)
        style.setBorderBrush(QBrush(self.look.colour("border")))
        style.setBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
        style.setBorderCollapse(True)
        style.setCellPadding(_CELL_PADDING)
        style.setCellSpacing(0)
        style.setTopMargin(Gap.HAIR)
        style.setBottomMargin(Gap.TIGHT)
        style.setColumnWidthConstraints([QTextLength(QTextLength.Type.VariableLength, 0)] * columns)
        if not self._fresh:
            self._new_block(0, line=False)
        grid = self._cursor.insertTable(len(table.rows), columns, style)
        taken: set[tuple[int, int]] = set()
        for row_at, row in enumerate(table.rows):
            column_at = 0
            for number, cell in enumerate(row):
                while (row_at, column_at) in taken:
                    column_at += 1
                if column_at >= columns:
                    break
                wide = min(cell.columns, columns - column_at)
                high = min(cell.rows, len(table.rows) - row_at)
                taken |= {
                    (row_at + down, column_at + right)
                    for down in range(high)
                    for right in range(wide)
                }
                if wide > 1 or high > 1:
                    grid.mergeCells(row_at, column_at, high, wide)
                place = grid.cellAt(row_at, column_at)
                if cell.header:
                    ground = place.format()
                    ground.setBackground(QBrush(self.look.colour("sunken")))
                    place.setFormat(ground)
                self._cursor = place.firstCursorPosition()
                self._cursor.setBlockFormat(self._block_format(0, centred=True))
                self._spans(cell.spans, (*path, row_at, number), strong=cell.header)
        self._cursor = QTextCursor(self.qt)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._fresh = True

    def _new_block(self, indent: int, *, line: bool = True) -> None:
        style = self._block_format(indent, line=line)
        if self._fresh:
            self._cursor.setBlockFormat(style)
            self._fresh = False
        else:
            style.setTopMargin(Gap.TIGHT)
            self._cursor.insertBlock(style)

    def _block_format(
        self, indent: int, *, line: bool = True, centred: bool = False
    ) -> QTextBlockFormat:
        style = QTextBlockFormat()
        style.setIndent(indent)
        if line:
            style.setLineHeight(self.look.line_height(self.ink.size), _MINIMUM)
        if centred:
            style.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return style

    def _close_trailing_line(self) -> None:
        """Qt puts an empty line after a table; it must not be seen at the end."""
        block = self._cursor.block()
        if block.previous().isValid() and block.length() == 1 and self._fresh:
            style = QTextBlockFormat()
            style.setLineHeight(1, _FIXED)
            self._cursor.setBlockFormat(style)

    # --- spans ------------------------------------------------------------------------------------

    def _spans(
        self,
        spans: tuple[content.Span, ...],
        path: tuple[int, ...],
        *,
        strong: bool = False,
        role: Role | None = None,
    ) -> None:
        for span in spans:
            self._keep(path, span.text if isinstance(span, content.Text) else THING)
            match span:
                case content.Text(text, styles):
                    style = self._style(styles, strong=strong, role=role)
                    self._cursor.insertText(text.replace("\n", " "), style)
                case content.LineBreak():
                    self._cursor.insertText(_LINE_SEPARATOR, self._style())
                case content.Formula(drawing):
                    self._formula(drawing)
                case content.Image(picture):
                    self._insert(
                        self._picture(picture), QTextCharFormat.VerticalAlignment.AlignMiddle
                    )
                case content.Field() | content.Slot():
                    place = place_of(span)
                    self._gaps[place] = self._cursor.position()
                    self._insert(
                        inlines.FieldGap(place),
                        QTextCharFormat.VerticalAlignment.AlignMiddle,
                        font=self._field_font(),
                    )
                case _:
                    assert_never(span)

    def _keep(self, path: tuple[int, ...], characters: str) -> None:
        """Keep where the next characters of a line stand."""
        self._lines.setdefault(path, []).append((self._cursor.position(), characters))

    def _style(
        self,
        styles: tuple[content.Style, ...] = (),
        *,
        strong: bool = False,
        role: Role | None = None,
    ) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setFont(self.look.font(self.ink.size, strong=self.ink.strong or strong))
        made.setForeground(QBrush(self.look.colour(role or self.ink.role)))
        made.setFontStrikeOut(self.ink.struck)
        for style in styles:
            match style:
                case "strong":
                    made.setFontWeight(700)
                case "emphasis":
                    made.setFontItalic(True)
                case "sub":
                    made.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSubScript)
                case "sup":
                    made.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
                case "code":
                    made.setFontFamilies([MONO_FAMILY])
                case _:
                    assert_never(style)
        return made

    def _formula(self, drawing: content.Drawing) -> None:
        zoom = self.look.px(self.ink.size) / _FORMULA_EM_PX
        self._insert(inlines.Formula(drawing, zoom), QTextCharFormat.VerticalAlignment.AlignNormal)
        below = inlines.px(drawing.height - inlines.above(drawing), zoom)
        metrics = QFontMetricsF(self.qt.defaultFont())
        if below > metrics.descent():
            height = 2 * below + metrics.xHeight() / 2
            self._insert(inlines.Below(height), QTextCharFormat.VerticalAlignment.AlignMiddle)

    def _picture(self, picture: content.Drawing | content.Raster) -> inlines.Picture:
        zoom = self.look.scale / 100
        if isinstance(picture, content.Drawing):
            return inlines.Picture(
                picture, None, inlines.px(picture.width, zoom), inlines.px(picture.height, zoom)
            )
        image = QImage()
        if self._media is not None:
            image.loadFromData(self._media(picture.media), "PNG")
        return inlines.Picture(None, image, picture.width_px * zoom, picture.height_px * zoom)

    def _field_font(self) -> QFont:
        """Qt centres an object a quarter of its font's x-height above the baseline. A field's words
        are centred by ascent and descent, so a font as large as that asks for puts both in line."""
        metrics = QFontMetricsF(self.qt.defaultFont())
        centre = (metrics.ascent() - metrics.descent()) / 2
        made = QFont(self.qt.defaultFont())
        made.setPixelSize(round(made.pixelSize() * 4 * centre / metrics.xHeight()))
        return made

    def _insert(
        self,
        inline: inlines.Inline,
        alignment: QTextCharFormat.VerticalAlignment,
        font: QFont | None = None,
    ) -> None:
        style = self._style()
        if font is not None:
            style.setFont(font)
        style.setObjectType(inlines.OBJECT)
        style.setProperty(inlines.INDEX, len(self._inlines))
        style.setVerticalAlignment(alignment)
        self._inlines.append(inline)
        self._cursor.insertText(THING, style)


def _cursor_x(line: QTextLine, at: int) -> float:
    # PySide gives x and the position it belongs to; its stubs call that an object.
    found: object = line.cursorToX(at)
    x = found[0] if isinstance(found, tuple) else found
    assert isinstance(x, float)
    return x


def place_of(span: content.Field | content.Slot) -> str:
    """The name by which the widget for `span` is found: a response, or a response and a choice."""
    return span.response if isinstance(span, content.Field) else f"{span.response} {span.choice}"
