"""The one font family, and a plain word when it is not installed.

The family is named "Noto Sans CJK SC": a general name would let a Japanese variant of a character
through, and without any CJK font Chinese is a row of empty boxes.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from kiosk.errors import KioskError
from kiosk.words import mark

FAMILY: Final = "Noto Sans CJK SC"
MONO_FAMILY: Final = "Noto Sans Mono CJK SC"

NO_FONT: Final = mark("The font for Chinese is not installed on this computer")
NO_FONT_REMEDY: Final = mark("Install the package fonts-noto-cjk and start again")


def require_cjk_font() -> None:
    """Make sure that Chinese can be shown.

    Raises:
        KioskError: the family is not installed.
    """
    if not QFontDatabase.hasFamily(FAMILY):
        raise KioskError(NO_FONT, where=FAMILY, remedy=NO_FONT_REMEDY)


def font(size_px: int, *, strong: bool = False, italic: bool = False, mono: bool = False) -> QFont:
    """The family at `size_px`; digits of Noto Sans CJK are tabular already."""
    made = QFont(MONO_FAMILY if mono else FAMILY)
    made.setPixelSize(max(1, size_px))
    made.setBold(strong)
    made.setItalic(italic)
    return made
