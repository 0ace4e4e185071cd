"""Content blocks set as a QTextDocument through QTextCursor; no markup is ever parsed.

Formulae, pictures and fields are inline objects (U+FFFC). Qt lets an inline object only stand on
the baseline or be centred, so a formula is two of them: its part above the line as a box on the
baseline, and behind it a box without width that makes room below the line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, assert_never

from msgspec import Struct
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QBrush,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
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
from kiosk.ui import inlines
from kiosk.ui.fonts import MONO_FAMILY
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Role, Type

Media = Callable[[str], bytes]
"""The PNG bytes of a picture of the bank, by its digest."""

_OBJECT_CHARACTER: Final = "\ufffc"
_LINE_SEPARATOR: Final = "\u2028"
_MINIMUM: Final = int(QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
_FIXED: Final = int(QTextBlockFormat.LineHeightTypes.FixedHeight.value)
_FORMULA_EM_PX: Final = 16
"""The size of type formulae are compiled at (`kiosk.authoring.formulas`)."""
_CELL_PADDING: Final = Gap.TIGHT


class Ink(Struct, frozen=True):
    """How the words of a document are written."""

    size: Type = Type.STEM
    role: Role = "text"
    strong: bool = False
    struck: bool = False


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
    ) -> None:
        self.look = look
        self.ink = ink
        self._inlines: list[inlines.Inline] = []
        self._field_size = field_size
        self._media = media
        self._gaps: dict[str, int] = {}
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
        self._blocks(blocks, indent=0)
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
        layout = self.qt.documentLayout()
        for response, position in self._gaps.items():
            block = self.qt.findBlock(position)
            line = block.layout().lineForTextPosition(position - block.position())
            left = _cursor_x(line, position - block.position())
            box = layout.blockBoundingRect(block)
            first = block.layout().lineAt(0)
            baseline = box.top() + line.y() - min(0.0, first.y()) + line.ascent()
            half_x = QFontMetricsF(self._field_font()).xHeight() / 2
            top = baseline - (self._field_size(response).height() + half_x) / 2
            places[response] = QPointF(block.layout().position().x() + left, top - self._lead())
        return places

    def paint(self, painter: QPainter, at: QPointF) -> None:
        painter.save()
        painter.translate(at.x(), at.y() - self._lead())
        context = QAbstractTextDocumentLayout.PaintContext()
        self.qt.documentLayout().draw(painter, context)
        painter.restore()

    def _lead(self) -> float:
        """Qt puts the room of a line height above the words; half of it belongs below."""
        if self._gaps:
            return 0.0  # a field fills its line
        metrics = QFontMetricsF(self.qt.defaultFont())
        return max(0.0, self.look.line_height(self.ink.size) - metrics.height()) / 2

    # --- blocks -----------------------------------------------------------------------------------

    def _blocks(self, blocks: tuple[content.Block, ...], indent: int) -> None:
        for block in blocks:
            match block:
                case content.Paragraph(spans):
                    self._new_block(indent)
                    self._spans(spans)
                case content.Preformatted(text):
                    self._new_block(indent)
                    style = self._style()
                    style.setFontFamilies([MONO_FAMILY])
                    self._cursor.insertText(text.replace("\n", _LINE_SEPARATOR), style)
                case content.ItemList():
                    self._list(block, indent + 1)
                case content.Table():
                    self._table(block)
                case content.Figure(picture, caption):
                    self._new_block(indent, line=False)
                    self._insert(
                        self._picture(picture), QTextCharFormat.VerticalAlignment.AlignNormal
                    )
                    if caption:
                        self._new_block(indent)
                        self._spans(caption, role="quiet")
                case content.Place():
                    pass
                case _:
                    assert_never(block)

    def _list(self, listed: content.ItemList, indent: int) -> None:
        style = QTextListFormat()
        style.setIndent(indent)
        style.setStyle(
            QTextListFormat.Style.ListDecimal if listed.ordered else QTextListFormat.Style.ListDisc
        )
        style.setStart(listed.start)
        made = None
        for entry in listed.entries:
            head, rest = entry[:1], entry[1:]
            self._new_block(0)
            if made is None:
                made = self._cursor.createList(style)
            else:
                made.add(self._cursor.block())
            if head and isinstance(head[0], content.Paragraph):
                self._spans(head[0].spans)
            else:
                rest = entry
            self._blocks(rest, indent)

    def _table(self, table: content.Table) -> None:
        if table.caption:
            self._new_block(0)
            self._spans(table.caption, strong=True)
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
            for cell in row:
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
                self._spans(cell.spans, strong=cell.header)
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
        self, spans: tuple[content.Span, ...], *, strong: bool = False, role: Role | None = None
    ) -> None:
        for span in spans:
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
        self._cursor.insertText(_OBJECT_CHARACTER, style)


def _cursor_x(line: QTextLine, at: int) -> float:
    # PySide gives x and the position it belongs to; its stubs call that an object.
    found: object = line.cursorToX(at)
    x = found[0] if isinstance(found, tuple) else found
    assert isinstance(x, float)
    return x


def place_of(span: content.Field | content.Slot) -> str:
    """The name by which the widget for `span` is found: a response, or a response and a choice."""
    return span.response if isinstance(span, content.Field) else f"{span.response} {span.choice}"
