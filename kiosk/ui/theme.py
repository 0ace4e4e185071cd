"""How things look now: language, theme and text size in one value that every widget is given.

A widget keeps no look of its own. A change of language or size is a new `Look` and the same view
drawn again.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QFrame, QScrollArea

from kiosk.ui import fonts
from kiosk.ui.tokens import CHROME_SCALE, LINE, Role, Theme, Type, colours
from kiosk.words import mark, text

THEMES = {
    Theme.LIGHT: mark("Light"),
    Theme.DARK: mark("Dark"),
    Theme.SEPIA: mark("Sepia"),
    Theme.CONTRAST: mark("High contrast"),
}


class Look(Struct, frozen=True):
    """`scale` is the text size in per cent."""

    lang: str = "zh-CN"
    theme: Theme = Theme.LIGHT
    scale: int = 100

    def px(self, size: int) -> int:
        """`size` px at 100 % at this text size: type, and heights of controls."""
        return round(size * self.scale / 100)

    def font(self, size: Type, *, strong: bool = False, mono: bool = False) -> QFont:
        return _font(self.px(size), strong, mono)

    def metrics(self, size: Type, *, strong: bool = False) -> QFontMetrics:
        """The measures of `font`; to make them costs as much as to write with it."""
        return _metrics(self.px(size), strong)

    def colour(self, role: Role) -> QColor:
        return _colour(self.theme, role)

    def line_height(self, size: Type) -> int:
        """Least height of a line of running text."""
        return round(self.px(size) * LINE)

    @property
    def border_px(self) -> int:
        """Width of a control's outline; the contrast theme draws thick ones."""
        return 3 if self.theme is Theme.CONTRAST else 2

    @property
    def chrome(self) -> Look:
        """The look of header and bar, which grow only so far."""
        return Look(self.lang, self.theme, min(self.scale, CHROME_SCALE))

    def say(self, sentence: str, /, **values: object) -> str:
        """A sentence that `kiosk.words.mark` named elsewhere, in this look's language."""
        return text(sentence, self.lang, **values)

    def of(self, words: dict[str, str]) -> str:
        """One of several languages of a text that came with the exam; any when ours is missing."""
        return words.get(self.lang) or next(iter(words.values()), "")


@cache
def _font(size_px: int, strong: bool, mono: bool) -> QFont:
    return fonts.font(size_px, strong=strong, mono=mono)


@cache
def _metrics(size_px: int, strong: bool) -> QFontMetrics:
    return QFontMetrics(_font(size_px, strong, False))


@cache
def _colour(theme: Theme, role: Role) -> QColor:
    return QColor(colours(theme)[role])


def qt_palette(look: Look) -> QPalette:
    """The colours for what Qt draws itself: selections, fields, scroll bars."""
    palette = QPalette()
    for group_role, role in _QT_ROLES:
        palette.setColor(group_role, look.colour(role))
    return palette


_QT_ROLES: tuple[tuple[QPalette.ColorRole, Role], ...] = (
    (QPalette.ColorRole.Window, "ground"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "sunken"),
    (QPalette.ColorRole.Button, "surface"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.PlaceholderText, "quiet"),
    (QPalette.ColorRole.Highlight, "accent"),
    (QPalette.ColorRole.HighlightedText, "on_accent"),
)


@cache
def _scroll_bar_sheet(theme: Theme) -> str:
    shade = colours(theme)
    return f"""
    QScrollBar:vertical {{ background: {shade["sunken"]}; width: 15px; margin: 0; }}
    QScrollBar::handle:vertical {{
        background: {shade["border"]}; border-radius: 5px; margin: 3px; min-height: 40px;
    }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    """


def prepare_scroll(area: QScrollArea) -> None:
    """Let `area`, which has its widget, scroll up and down alone, on the ground it stands on."""
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.viewport().setAutoFillBackground(False)
    inside = area.widget()
    if inside is not None:
        inside.setAutoFillBackground(False)  # setWidget turns it on


def dress_scroll(area: QScrollArea, look: Look) -> None:
    """A scroll bar wide enough for a hand that is not used to a mouse.

    The sheet is the bar's alone: on the area it would take over the painting of all within it.
    """
    sheet = _scroll_bar_sheet(look.theme)
    bar = area.verticalScrollBar()
    if sheet != bar.styleSheet():
        bar.setStyleSheet(sheet)
