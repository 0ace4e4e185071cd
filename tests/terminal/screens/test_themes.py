"""In every theme each word of each screen is read on the ground it really stands on."""

from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage

from kiosk.terminal.screens.window import TerminalWindow
from kiosk.ui.controls import Button, Words
from kiosk.ui.qr_view import QrView
from kiosk.ui.theme import Look
from kiosk.ui.tokens import SIGN_CONTRAST, TEXT_CONTRAST, Theme, contrast
from tests.terminal.screens.sample_views import all_views

VIEWS = all_views()


@pytest.fixture(scope="module")
def window(qapp):
    made = TerminalWindow()
    made.resize(1366, 768)
    made.show()
    yield made
    made.guard.release()
    made.close()


def seen(window, part):
    """Where `part` is seen, in the window's pixels: not what is scrolled out of sight."""
    box = QRect(part.mapTo(window, QPoint()), part.size()).intersected(window.rect())
    area = part.parentWidget()
    while area is not None and area is not window:
        box &= QRect(area.mapTo(window, QPoint()), area.size())
        area = area.parentWidget()
    return box


def pixels_of(window):
    """The window as drawn: rows of numbers, each a pixel's red, green and blue."""
    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), np.uint32)
    return pixels.reshape(picture.height(), picture.width()) & 0xFFFFFF


def within(pixels, box, every=1):
    """The different pixels of `box`, and how often there is each."""
    rows = slice(box.top(), box.bottom() + 1, every)
    columns = slice(box.left(), box.right() + 1, every)
    return np.unique(pixels[rows, columns], return_counts=True)


def ground_of(pixels, box):
    """The colour most of `box` has."""
    found, times = within(pixels, box, every=2)
    return f"#{found[times.argmax()]:06x}"


def most_different(pixels, box, ground):
    """The highest contrast of a pixel in `box` with `ground`: that of the words, edges aside."""
    return max(_contrast(pixel, ground) for pixel in within(pixels, box)[0].tolist())


@cache
def _contrast(pixel, ground):
    return contrast(f"#{pixel:06x}", ground)


@pytest.mark.parametrize("theme", Theme)
def test_every_word_is_read_on_the_ground_it_stands_on(window, theme):
    window.set_look(Look("zh-CN", theme))
    found = {}
    for name, view in VIEWS.items():
        window.show_view(view)
        pixels = pixels_of(window)
        for part in window.findChildren(Words):
            if not part.isVisible() or not part.text():
                continue
            box = seen(window, part)
            if min(box.width(), box.height()) < 8:
                continue
            ink = part.palette().color(part.foregroundRole()).name()
            ground = ground_of(pixels, box)
            if contrast(ink, ground) < TEXT_CONTRAST:
                found[name, part.text()] = (ink, ground)
        for part in window.findChildren(Button):
            if not part.isVisible() or not part.isEnabled():
                continue
            box = seen(window, part).adjusted(12, 10, -12, -10)
            if min(box.width(), box.height()) >= 8:
                ground = ground_of(pixels, box)
                least = TEXT_CONTRAST if part.text() else SIGN_CONTRAST
                if most_different(pixels, box, ground) < least - 0.1:
                    found[name, part.accessibleName()] = ground
    assert found == {}


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("name", ["unlock", "paused", "done", "proctor_menu"])
def test_a_qr_code_stays_black_on_white(window, qapp, theme, name):
    window.set_look(Look("zh-CN", theme))
    window.show_view(VIEWS[name])
    qapp.processEvents()
    pixels = pixels_of(window)
    (code,) = [one for one in window.findChildren(QrView) if one.isVisible()]
    box = seen(window, code)
    assert box.size() == code.size()
    assert set(within(pixels, box)[0]) == {0x000000, 0xFFFFFF}
