"""A scale with a handle, its value in figures above, and a button at each end for one step.

It has no value until it is moved: the handle is then only outlined and the words say so. Page up and
Page down go on meaning the questions, and the wheel scrolls: neither may change an answer unseen.
"""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from kiosk.assessment.items import Slider
from kiosk.assessment.responses import read_number
from kiosk.ui.controls import RING, Button, Words, paint_ring, side_by_side
from kiosk.ui.part import Asked, Part
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import text

_MANY_STEPS = 10
"""How many steps Shift with an arrow goes, at most."""
_LENGTH = 6
"""A standing scale is this many handles high."""


class Scale(QSlider):
    """The scale. `set_to` gives the step a person moved it to, counted from the lower end."""

    set_to = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._look = Look()
        self._answered = False
        self._dragged = False

    def show_scale(
        self, steps: int, at: int | None, look: Look, name: str, *, standing: bool, reverse: bool
    ) -> None:
        """Show a scale of `steps` steps with the handle at step `at`, or not moved yet."""
        self._look, self._answered = look, at is not None
        self.setOrientation(Qt.Orientation.Vertical if standing else Qt.Orientation.Horizontal)
        across, along = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(*((across, across) if standing else (along, across)))
        self.setInvertedAppearance(reverse)
        self.setRange(0, steps)
        self.setValue(at or 0)
        self.setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = self._handle() + 2 * RING
        length = _LENGTH * self._handle()
        if self.orientation() is Qt.Orientation.Vertical:
            return QSize(side, length)
        return QSize(length, side)

    def minimumSizeHint(self) -> QSize:
        if self._stands():
            return self.sizeHint()
        return QSize(2 * self._handle(), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = self.maximum()
        by = 1
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            by = max(1, min(_MANY_STEPS, steps // _MANY_STEPS))
        sideways = -1 if self.invertedAppearance() and not self._stands() else 1
        upward = -1 if self.invertedAppearance() and self._stands() else 1
        match event.key():
            case Qt.Key.Key_Right:
                self._go(self.value() + by * sideways)
            case Qt.Key.Key_Left:
                self._go(self.value() - by * sideways)
            case Qt.Key.Key_Up:
                self._go(self.value() + by * upward)
            case Qt.Key.Key_Down:
                self._go(self.value() - by * upward)
            case Qt.Key.Key_Home:
                self._go(0)
            case Qt.Key.Key_End:
                self._go(steps)
            case _:
                event.ignore()

    def step(self, by: int) -> None:
        """Go `by` steps; the first press on a scale that was not moved puts the handle."""
        self._go(self.value() + by)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = True
            self._go(self._step_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._go(self._step_at(event.position()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragged = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        begin, end = self._point(0), self._point(self.maximum())
        here = self._point(self.value())
        thick = look.px(Gap.TIGHT)
        painter.setPen(_line(look, "border", thick))
        painter.drawLine(begin, end)
        if self._answered:
            painter.setPen(_line(look, "accent", thick))
            painter.drawLine(begin, here)
        side = self._handle()
        box = QRectF(here.x() - side / 2, here.y() - side / 2, side, side)
        pen = QPen(look.colour("accent" if self._answered else "border"), look.border_px + 1)
        if not self._answered:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(look.colour("accent" if self._answered else "surface"))
        painter.drawEllipse(box.adjusted(2, 2, -2, -2))
        if self.hasFocus():
            paint_ring(painter, box.adjusted(2, 2, -2, -2), round(side / 2), look)

    def _go(self, at: int) -> None:
        at = max(0, min(self.maximum(), at))
        if not self._answered or at != self.value():
            self.set_to.emit(at)

    def _handle(self) -> int:
        return self._look.px(Height.CONTROL)

    def _stands(self) -> bool:
        return self.orientation() is Qt.Orientation.Vertical

    def _ends(self) -> tuple[float, float]:
        """Where the handle's middle is at the lower and at the upper end."""
        edge = RING + self._handle() / 2
        length = self.height() if self._stands() else self.width()
        ends = (edge, length - edge)
        return ends if self._stands() == self.invertedAppearance() else ends[::-1]

    def _point(self, at: int) -> QPointF:
        first, last = self._ends()
        place = first + (last - first) * at / max(1, self.maximum())
        if self._stands():
            return QPointF(self.width() / 2, place)
        return QPointF(place, self.height() / 2)

    def _step_at(self, place: QPointF) -> int:
        first, last = self._ends()
        along = place.y() if self._stands() else place.x()
        return round((along - first) / (last - first) * self.maximum()) if last != first else 0


def _line(look: Look, role: str, thick: int) -> QPen:
    pen = QPen(look.colour("accent" if role == "accent" else "border"), thick)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


class SliderPart(Part):
    """Shows a `Slider`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Gap.HAIR)
        self._value = Words(self)
        self._note = Words(self)
        for words in (self._value, self._note):
            words.setIndent(RING)
        column.addWidget(self._value)
        column.addWidget(self._note)
        line = QHBoxLayout()
        line.setSpacing(0)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(side_by_side(Gap.SMALL))
        self.less = Button("plain", self)
        self.scale = Scale(self)
        self.more = Button("plain", self)
        for widget in (self.less, self.scale, self.more):
            self._line.addWidget(widget)
        line.addLayout(self._line, 1)
        line.addStretch(0)
        column.addLayout(line)
        self._bounds = QWidget(self)
        bounds = QHBoxLayout(self._bounds)
        bounds.setContentsMargins(RING, 0, RING, 0)
        self._first = Words(self._bounds, wrap=False)
        self._last = Words(self._bounds, wrap=False)
        bounds.addWidget(self._first)
        bounds.addStretch(1)
        bounds.addWidget(self._last)
        column.addWidget(self._bounds)
        self.less.clicked.connect(lambda: self.scale.step(-1))
        self.more.clicked.connect(lambda: self.scale.step(1))
        self.scale.set_to.connect(self._set_to)
        self._asked: Asked | None = None

    def show_interaction(self, asked: Asked) -> None:
        slider = asked.interaction
        assert isinstance(slider, Slider)
        self._asked = asked
        look, lang = asked.look, asked.look.lang
        at = self._step(asked)
        shown = _figure(slider, at) if at is not None else ""
        said = shown or text("not answered yet", lang)
        self._value.say(
            shown or "–", look, Type.HEAD, "text" if shown else "quiet", strong=bool(shown)
        )
        if shown:
            note = text("From {lower} to {upper}", lang, lower=slider.lower, upper=slider.upper)
        else:
            note = text("Not answered yet. Move the handle or press on the scale", lang)
        self._note.say(note, look, Type.BASE, "quiet")
        span = text("from {lower} to {upper}", lang, lower=slider.lower, upper=slider.upper)
        self.scale.show_scale(
            _steps(slider),
            at,
            look,
            f"{text('Scale', lang)}, {span}, {said}",
            standing=slider.vertical,
            reverse=slider.reverse,
        )
        towards_start = slider.reverse != slider.vertical
        self._line.setDirection(_direction(slider))
        self._bounds.setVisible(not slider.vertical)
        ends = (slider.upper, slider.lower) if towards_start else (slider.lower, slider.upper)
        self._first.say(ends[0], look, Type.NOTE, "quiet")
        self._last.say(ends[1], look, Type.NOTE, "quiet")
        step = slider.step
        self.less.say("", look.chrome, before="minus", name=text("Less by {step}", lang, step=step))
        self.more.say("", look.chrome, before="plus", name=text("More by {step}", lang, step=step))
        self.less.setEnabled(at is None or at > 0)
        self.more.setEnabled(at is None or at < _steps(slider))

    def tab_stops(self) -> list[QWidget]:
        return [self.less, self.scale, self.more]

    def begins_at(self) -> list[QWidget]:
        return [self.scale]

    def spoken(self) -> list[str]:
        return []  # the scale's own name tells its bounds and where it stands

    def _step(self, asked: Asked) -> int | None:
        number = read_number(asked.value[0]) if asked.value else None
        if number is None:
            return None
        slider = asked.interaction
        return int((number - Decimal(slider.lower)) / Decimal(slider.step))

    def _set_to(self, at: int) -> None:
        if self._asked is not None:
            slider = self._asked.interaction
            self.answered.emit(slider.response, (_figure(slider, at),), True)


def _steps(slider: Slider) -> int:
    return int((Decimal(slider.upper) - Decimal(slider.lower)) / Decimal(slider.step))


def _figure(slider: Slider, at: int) -> str:
    """The value at step `at`, with as many decimals as bounds and step have."""
    return format(Decimal(slider.lower) + at * Decimal(slider.step), "f")


def _direction(slider: Slider) -> QBoxLayout.Direction:
    """The button for less stands at the lower end."""
    match (slider.vertical, slider.reverse):
        case (False, False):
            return QBoxLayout.Direction.LeftToRight
        case (False, True):
            return QBoxLayout.Direction.RightToLeft
        case (True, False):
            return QBoxLayout.Direction.BottomToTop
        case _:
            return QBoxLayout.Direction.TopToBottom
