"""Whether one sees where the keyboard is: what changes on the screen when a control gets the focus.

The measure is that of WCAG 2.2, 2.4.13: as many pixels as a line of 2 px around what is ringed, each
of them at least 3:1 against what it was without the focus, which is also what lies beside it.
"""

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from kiosk.ui.panels import keep_in_sight
from kiosk.ui.tokens import SIGN_CONTRAST

AROUND = 20
"""Pixels outside of a control in which its ring may lie."""
LEAST_PX = 2


def controls(window: QWidget) -> list[QWidget]:
    """All that Tab comes to and that keeps the keyboard itself."""
    return [
        part
        for part in window.findChildren(QWidget)
        if part.isVisible()
        and part.isEnabled()
        and part.window() is window
        and part.focusPolicy() & Qt.FocusPolicy.TabFocus
        and part.focusProxy() is None
        and part.width() > 1
    ]


def kind(part: QWidget) -> object:
    """What controls that are drawn alike have in common."""
    checked = isinstance(part, QAbstractButton) and part.isChecked()
    return type(part), getattr(part, "kind", ""), checked


def faint(window: QWidget, part: QWidget) -> str:
    """What is wrong with the look of `part` in focus; nothing when it is seen well."""
    window.setFocus()
    keep_in_sight(part)
    QApplication.processEvents()
    before, place = _seen(window, part)
    part.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    if not part.hasFocus():
        return ""  # handed on to another control, which is looked at by itself
    after, now = _seen(window, part)
    if place != now:
        return f"moves from {place} to {now} when it gets the focus"
    strong = _contrast(before, after) >= SIGN_CONTRAST
    rows, columns = np.any(strong, 1).nonzero()[0], np.any(strong, 0).nonzero()[0]
    if not len(rows):
        return "looks the same with the focus"
    high, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    least = LEAST_PX * 2 * (high + wide - 2 * LEAST_PX)
    # Round corners cut some of it off.
    return "" if strong.sum() >= 0.9 * least else f"{strong.sum()} pixels of {least} around it"


def _seen(window: QWidget, part: QWidget) -> tuple[np.ndarray, QRect]:
    """The pixels of `part` and around it as red, green and blue, and where they are."""
    box = QRect(part.mapTo(window, QPoint()), part.size())
    box = box.adjusted(-AROUND, -AROUND, AROUND, AROUND) & window.rect()
    picture = window.grab(box).toImage().convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(picture.constBits(), np.uint8)
    return pixels.reshape(picture.height(), picture.width(), 4)[..., :3].copy(), box


def _contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Contrast pixel by pixel, as `kiosk.ui.tokens.contrast` has it for one."""
    first, second = (
        sum(_LUMINANCE[channel][picture[..., channel]] for channel in range(3)) + 0.05
        for picture in (one, other)
    )
    return np.maximum(first, second) / np.minimum(first, second)


def _luminances() -> list[np.ndarray]:
    part = np.arange(256) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return [linear * weight for weight in (0.2126, 0.7152, 0.0722)]


_LUMINANCE = _luminances()
