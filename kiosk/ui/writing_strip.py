"""Chinese by pinyin in the fields of a screen: the strip that shows the words, and the button 中/英.

The strip stands below the question, in a place of its own: it covers neither the field nor an answer. A
field that has a strip beside one of its parents gives it its keys first. What is being spelled is shown
in the field, underlined, and is no part of its text until it is chosen; whoever leaves the field, or goes
to another question, keeps the letters as they were typed.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCharFormat,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from kiosk.errors import KioskError
from kiosk.ui.controls import Words
from kiosk.ui.icons import paint_icon
from kiosk.ui.panels import keep_cursor_in_sight, settle_layouts
from kiosk.ui.scan import ScanSource
from kiosk.ui.speech import announce
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Radius, Role, Type
from kiosk.words import text
from kiosk.writing.composing import MOST_ON_A_PAGE, Composer, Spelling, punctuation

LEAST_TARGET = 44
"""Px of the smallest thing that a finger must hit."""
_TURNS = {
    Qt.Key.Key_PageDown: True,
    Qt.Key.Key_Down: True,
    Qt.Key.Key_Equal: True,
    Qt.Key.Key_PageUp: False,
    Qt.Key.Key_Up: False,
    Qt.Key.Key_Minus: False,
}
_SIZES = (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)
_PASSING = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""The keyboard comes back to the field by itself."""


class WritingStrip(QWidget):
    """Put it into the layout of a screen, as a child of a parent of the fields."""

    turned = Signal(QWidget)
    """Chinese was turned on or off in this field."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._look = Look()
        self._composer: Composer | None = None
        self._fault = ""
        self._field: QWidget | None = None
        self._buttons: list[ModeButton] = []
        self._holding = False
        self._keys_before_shift = -1
        self._shown = Spelling()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.letters = Words(self, wrap=False)
        self.words = [_Word(self, at) for at in range(MOST_ON_A_PAGE)]
        self.earlier, self.more = _Turn(self, "up"), _Turn(self, "down")
        for word in self.words:
            word.clicked.connect(lambda _=False, at=word.at: self._pick(at))
        self.earlier.clicked.connect(lambda: self._turn(forward=False))
        self.more.clicked.connect(lambda: self._turn(forward=True))
        self.hide()

    # --- what the screen tells ---------------------------------------------------------------------

    def show_look(self, look: Look) -> None:
        """Show the strip in this look, while Chinese is on and there is a field for it."""
        if look != self._look:
            self._look = look
            self.updateGeometry()
        self._say()

    def finish(self, field: QWidget | None = None) -> None:
        """Put the letters being spelled into their field as they are; only those of `field`, if given."""
        if self._busy and not self._holding and field in (None, self._field):
            assert self._composer is not None
            self._commit(self._composer.as_spelled())

    def hold(self) -> None:
        """The screen goes away, and nobody asked for it: what is being spelled waits for it."""
        if self._busy and not self._holding:
            self._holding = True
            self._send(QInputMethodEvent())

    def go_on(self, *, same: bool) -> None:
        """The screen is back; with the `same` question what was being spelled is too."""
        if not self._holding:
            return
        self._holding = False
        assert self._composer is not None
        if not same:
            self._composer.drop()
        self._say()

    def reset(self) -> None:
        """Another candidate: off, and nothing is left of what was spelled."""
        if self._composer is not None:
            self._composer.drop()
        self._composer, self._fault, self._holding = None, "", False
        self._say()

    # --- what a field tells ------------------------------------------------------------------------

    @property
    def on(self) -> bool:
        """Whether letters spell Chinese."""
        return self._composer is not None

    def offer(self, button: ModeButton) -> None:
        """The field of `button` takes Chinese while the button is shown."""
        if button not in self._buttons:
            self._buttons.append(button)

    def toggle(self, field: QWidget) -> None:
        """Turn Chinese on or off for all fields. What is being spelled stays as letters."""
        self.finish()
        self._serve(field)
        if self._composer is not None or self._fault:
            self._composer, self._fault = None, ""
        else:
            self._turn_on()
        self._say()
        settle_layouts()
        self.turned.emit(field)
        keep_cursor_in_sight(field)
        announce(self, self.letters.text() if self.isVisible() else mode_name(False, self._look))

    def take_key(self, field: QWidget, event: QKeyEvent) -> bool:
        """Use a key that was pressed in `field`; False when it goes into the field as usual."""
        key, modifiers = event.key(), event.modifiers()
        held = modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key == Qt.Key.Key_Shift and not held and not event.isAutoRepeat():
            self._keys_before_shift = self._keys_seen()
            return False
        self._keys_before_shift = -1
        if key == Qt.Key.Key_Space and held == Qt.KeyboardModifier.ControlModifier:
            if not event.isAutoRepeat():
                self.toggle(field)
            return True
        if self._composer is None:
            return False
        if self._field is not field:
            self.finish()
            self._serve(field)
        if held:
            if key not in _SIZES:
                self.finish()
            return False
        typed = event.text()
        if typed and ((typed.isascii() and typed.islower()) or (typed == "'" and self._busy)):
            self._composer.spell(typed)
            self._say(aloud=True)
            return True
        if self._busy:
            return self._take_while_spelling(Qt.Key(key), typed, event)
        sign = punctuation(typed, _before(field)) if len(typed) == 1 else typed
        if sign != typed:
            self._commit(sign)
        return sign != typed

    def take_release(self, field: QWidget, event: QKeyEvent) -> None:
        """Shift pressed and let go with no key between turns Chinese on or off."""
        alone = self._keys_before_shift == self._keys_seen()
        if event.key() == Qt.Key.Key_Shift and not event.isAutoRepeat() and alone:
            self.toggle(field)
        self._keys_before_shift = -1

    def leave(self, field: QWidget, reason: Qt.FocusReason) -> None:
        """The keyboard left `field`."""
        self._keys_before_shift = -1
        if reason not in _PASSING:
            self.finish(field)

    # --- keys while something is being spelled -------------------------------------------------------

    @property
    def _busy(self) -> bool:
        return self._composer is not None and self._composer.busy

    def _take_while_spelling(self, key: Qt.Key, typed: str, event: QKeyEvent) -> bool:
        composer = self._composer
        assert composer is not None
        if key in (Qt.Key.Key_F1, Qt.Key.Key_F12, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.finish()
            return False
        match key:
            case Qt.Key.Key_Space:
                if not event.isAutoRepeat():
                    self._pick(composer.spelling.marked)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.finish()
            case Qt.Key.Key_Escape:
                composer.drop()
                self._say()
            case Qt.Key.Key_Backspace:
                composer.rub_out()
                self._say(aloud=True)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                composer.mark(1 if key == Qt.Key.Key_Right else -1)
                self._say(aloud=True)
            case _ if key in _TURNS:
                self._turn(forward=_TURNS[key])
            case _ if typed.isdecimal():
                self._pick(int(typed) - 1)
            case _ if typed.isprintable() and typed:
                whole = composer.choose_all()
                self._commit(whole + punctuation(typed, _before(self._field) + whole))
            case _:
                pass  # a key for moving in the text: not while there is something to choose
        return True

    def _pick(self, at: int) -> None:
        if self._composer is None:
            return
        chosen = self._composer.choose(at)
        if chosen is None and not self._composer.spelling.words:
            self.finish()
        elif chosen:
            self._commit(chosen)
        else:
            self._say(aloud=True)

    def _turn(self, *, forward: bool) -> None:
        if self._composer is not None:
            self._composer.turn(forward=forward)
            self._say(aloud=True)

    def _turn_on(self) -> None:
        from kiosk.writing.engine import engine

        try:
            self._composer = Composer(engine())
        except KioskError:
            self._fault = text(
                "Chinese input is not installed on this computer. Letters go in as they are typed. "
                "Please raise your hand",
                self._look.lang,
            )

    # --- the field's side ------------------------------------------------------------------------------

    def _serve(self, field: QWidget) -> None:
        self._field = field
        self.setFocusProxy(field)  # a press on a word leaves the keyboard where it is

    def _commit(self, chosen: str) -> None:
        event = QInputMethodEvent()
        event.setCommitString(chosen)
        self._send(event)
        self._say()

    def _send(self, event: QInputMethodEvent) -> None:
        if self._field is not None:
            QApplication.sendEvent(self._field, event)

    def _underline(self, letters: str) -> None:
        """Show `letters` in the field at the cursor; they are no part of its text."""
        style = QTextCharFormat()
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        length = len(letters)
        kinds = QInputMethodEvent.AttributeType
        attributes = [
            QInputMethodEvent.Attribute(kinds.TextFormat, 0, length, style),
            QInputMethodEvent.Attribute(kinds.Cursor, length, 1, None),
        ]
        self._send(QInputMethodEvent(letters, attributes if letters else []))
        if self._field is not None and letters:
            keep_cursor_in_sight(self._field)

    def _keys_seen(self) -> int:
        """How many keys came to the window, with those of a scan, which no field sees."""
        scans = self.window().findChild(ScanSource)
        return scans.presses if scans is not None else 0

    # --- showing ---------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(320, self._line() + self._row() + 2 * Gap.TIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("sunken"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))

    def _line(self) -> int:
        return self._look.chrome.line_height(Type.NOTE)

    def _row(self) -> int:
        return max(LEAST_TARGET, round(self._look.px(Type.STEM) * 1.5)) + Gap.TIGHT

    def _say(self, *, aloud: bool = False) -> None:
        """Show how things stand, `aloud` for a screen reader too."""
        look = self._look
        wanted = any(button.isVisibleTo(self._host) for button in self._buttons)
        self.setVisible(wanted and (self.on or bool(self._fault)))
        for button in self._buttons:
            button.show_on(self.on)
        if not self._holding:
            before, self._shown = self._shown, self._spelling()
            if self._shown.letters != before.letters or self._shown.letters:
                self._underline(self._shown.letters)
        self.setAccessibleName(text("Chinese input", look.lang))
        self._say_letters()
        self._place()
        if aloud and self._shown.letters:
            words = self._shown.words
            marked = f"{self._shown.marked + 1} {words[self._shown.marked]}" if words else ""
            announce(self, f"{self._shown.letters}: {marked or self.letters.text()}")

    def _spelling(self) -> Spelling:
        return self._composer.spelling if self._composer is not None else Spelling()

    def _say_letters(self) -> None:
        look, shown = self._look, self._shown
        if self._fault:
            line = self._fault
        elif not shown.letters:
            line = text("Type pinyin, choose by digit or Space. Shift: letters again", look.lang)
        elif not shown.words:
            line = text(
                "{letters}: no word. Enter keeps the letters", look.lang, letters=shown.letters
            )
        else:
            line = shown.letters
        spelling = bool(shown.letters and shown.words)
        role: Role = "warn" if self._fault else "text" if spelling else "quiet"
        self.letters.say(line, look.chrome, Type.NOTE, role, strong=spelling)

    def _place(self) -> None:
        """Lay out as many words as fit, and tell the composer how many those are."""
        top, row = Gap.HAIR + self._line(), self._row()
        side = max(LEAST_TARGET, row)
        room = self.width() - 2 * Gap.MEDIUM - 2 * side
        self.letters.setGeometry(Gap.MEDIUM, Gap.HAIR, self.width() - 2 * Gap.MEDIUM, self._line())
        if self._composer is not None and self._shown.words and room > 0:
            widths = [word.width_for(said, self._look) for word, said in self._said()]
            fits = 1
            while fits < len(widths) and sum(widths[: fits + 1]) <= room:
                fits += 1
            self._composer.fit(fits)
            self._shown = self._composer.spelling
        left = int(Gap.MEDIUM)
        for word in self.words:
            word.hide()
        for word, said in self._said():
            word.show_word(said, word.at == self._shown.marked, self._look)
            word.setGeometry(left, top, min(word.width_for(said, self._look), room), row)
            word.show()
            left += word.width()
        for button, there, name in (
            (self.earlier, self._shown.earlier, text("Words before", self._look.lang)),
            (self.more, self._shown.more, text("More words", self._look.lang)),
        ):
            button.setVisible(self._shown.earlier or self._shown.more)
            button.setEnabled(there)
            button.show_turn(name, self._look)
        right = self.width() - Gap.MEDIUM
        self.earlier.setGeometry(right - 2 * side, top, side, row)
        self.more.setGeometry(right - side, top, side, row)

    def _said(self) -> list[tuple[_Word, str]]:
        return list(zip(self.words, self._shown.words, strict=False))


class ModeButton(QAbstractButton):
    """中 or 英 in the corner of a field; never takes the keyboard from it."""

    def __init__(self, field: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = field
        self._look = Look()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(field)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setCheckable(True)
        self.clicked.connect(self._pressed)
        self.hide()

    def show_mode(self, look: Look, *, offered: bool = True) -> None:
        """Show the button where the screen has a strip and the field takes words."""
        self._look = look
        strip = strip_of(self._field)
        if strip is not None:
            strip.offer(self)
        self.setVisible(offered and strip is not None)
        self.setAccessibleDescription("Ctrl+Space")
        self.show_on(strip is not None and strip.on)

    def show_on(self, on: bool) -> None:
        """Show whether letters spell Chinese."""
        self.setChecked(on)
        self.setAccessibleName(mode_name(on, self._look))
        self.update()

    def nextCheckState(self) -> None:
        """The strip alone says whether Chinese is on."""

    def sizeHint(self) -> QSize:
        side = max(LEAST_TARGET, self._look.chrome.px(Height.CONTROL))
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, on = self._look, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(Gap.HAIR, Gap.HAIR, -Gap.HAIR, -Gap.HAIR)
        painter.setPen(QPen(look.colour("accent" if on else "border"), 1))
        painter.setBrush(look.colour("accent_soft" if on else "surface"))
        painter.drawRoundedRect(shape, Radius.CONTROL, Radius.CONTROL)
        painter.setPen(look.colour("accent_deep" if on else "text"))
        painter.setFont(look.chrome.font(Type.NOTE, strong=on))
        painter.drawText(shape, Qt.AlignmentFlag.AlignCenter, "中" if on else text("EN", look.lang))

    def _pressed(self) -> None:
        strip = strip_of(self._field)
        if strip is not None:
            self._field.setFocus(Qt.FocusReason.MouseFocusReason)
            strip.toggle(self._field)


def strip_of(field: QWidget) -> WritingStrip | None:
    """The strip that stands beside one of the field's parents."""
    around = field.parentWidget()
    while around is not None:
        strip = around.findChild(WritingStrip, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if strip is not None:
            return strip
        around = around.parentWidget()
    return None


def mode_name(on: bool, look: Look) -> str:
    """What a screen reader says of the button."""
    return text("Chinese input, on", look.lang) if on else text("Chinese input, off", look.lang)


def _before(field: QWidget | None) -> str:
    """The text before the cursor."""
    if field is None:
        return ""
    query = Qt.InputMethodQuery.ImTextBeforeCursor
    return str(field.inputMethodQuery(query) or "")


class _Word(QAbstractButton):
    """A word with its digit."""

    def __init__(self, parent: QWidget, at: int) -> None:
        super().__init__(parent)
        self.at = at
        self._look = Look()
        self._marked = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_word(self, word: str, marked: bool, look: Look) -> None:
        self._look, self._marked = look, marked
        self.setText(word)
        self.setAccessibleName(f"{self.at + 1} {word}")
        self.update()

    def width_for(self, word: str, look: Look) -> int:
        """Px that the word takes with its digit."""
        wide = QFontMetrics(look.font(Type.STEM)).horizontalAdvance(word)
        return max(LEAST_TARGET, self._digit(look) + wide + 3 * Gap.TIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(1, Gap.HAIR, -1, -Gap.HAIR)
        if self._marked or self.isDown():
            painter.setPen(QPen(look.colour("accent"), look.border_px))
            painter.setBrush(look.colour("accent_soft"))
            painter.drawRoundedRect(shape, Radius.CONTROL, Radius.CONTROL)
        painter.setPen(look.colour("accent_deep" if self._marked else "quiet"))
        painter.setFont(look.chrome.font(Type.NOTE))
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(shape.adjusted(Gap.TIGHT, 0, 0, 0), centre, str(self.at + 1))
        painter.setPen(look.colour("accent_deep" if self._marked else "text"))
        box = shape.adjusted(self._digit(look) + 1.5 * Gap.TIGHT, 0, -Gap.HAIR, 0)
        font = QFont(look.font(Type.STEM, strong=False))
        wide = QFontMetrics(font).horizontalAdvance(self.text())
        if wide > box.width() + 1:  # a whole sentence: smaller rather than cut
            least = look.chrome.px(Type.SMALL)
            font.setPixelSize(max(least, int(font.pixelSize() * box.width() / wide)))
        painter.setFont(font)
        said = QFontMetrics(font).elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, int(box.width()) + 1
        )
        painter.drawText(box, centre, said)

    @staticmethod
    def _digit(look: Look) -> int:
        return QFontMetrics(look.chrome.font(Type.NOTE)).horizontalAdvance("8")


class _Turn(QAbstractButton):
    """Turns the page of words."""

    def __init__(self, parent: QWidget, icon: str) -> None:
        super().__init__(parent)
        self._look = Look()
        self._up = icon == "up"
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_turn(self, name: str, look: Look) -> None:
        self._look = look
        self.setAccessibleName(name)
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(Gap.HAIR, Gap.HAIR, -Gap.HAIR, -Gap.HAIR)
        painter.setPen(QPen(look.colour("border" if self.isEnabled() else "hairline"), 1))
        painter.setBrush(look.colour("surface" if self.isEnabled() else "sunken"))
        painter.drawRoundedRect(shape, Radius.CONTROL, Radius.CONTROL)
        side = look.chrome.px(Type.BASE)
        centre = shape.center()
        box = QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
        colour = look.colour("text" if self.isEnabled() else "border")
        paint_icon(painter, "up" if self._up else "down", box, colour)
