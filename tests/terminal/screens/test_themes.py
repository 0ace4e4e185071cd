"""In every theme each word of each screen is read on the ground it really stands on."""

from collections import Counter

import pytest
from PySide6.QtCore import QPoint, QRect

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


def ground_of(picture, box):
    """The colour most of `box` has."""
    return Counter(
        picture.pixel(x, y) & 0xFFFFFF
        for x in range(box.left(), box.right() + 1, 2)
        for y in range(box.top(), box.bottom() + 1, 2)
    ).most_common(1)[0][0]


def most_different(picture, box, ground):
    """The highest contrast of a pixel in `box` with `ground`: that of the words, edges aside."""
    pixels = {
        picture.pixel(x, y) & 0xFFFFFF
        for x in range(box.left(), box.right() + 1)
        for y in range(box.top(), box.bottom() + 1)
    }
    return max(contrast(f"#{pixel:06x}", f"#{ground:06x}") for pixel in pixels)


@pytest.mark.parametrize("theme", Theme)
def test_every_word_is_read_on_the_ground_it_stands_on(window, qapp, theme):
    window.set_look(Look("zh-CN", theme))
    found = {}
    for name, view in VIEWS.items():
        window.show_view(view)
        qapp.processEvents()
        picture = window.grab().toImage()
        for part in window.findChildren(Words):
            box = seen(window, part)
            if not part.isVisible() or not part.text() or min(box.width(), box.height()) < 8:
                continue
            ink = part.palette().color(part.foregroundRole()).name()
            ground = f"#{ground_of(picture, box):06x}"
            if contrast(ink, ground) < TEXT_CONTRAST:
                found[name, part.text()] = (ink, ground)
        for part in window.findChildren(Button):
            box = seen(window, part).adjusted(12, 10, -12, -10)
            if part.isVisible() and part.isEnabled() and min(box.width(), box.height()) >= 8:
                ground = ground_of(picture, box)
                least = TEXT_CONTRAST if part.text() else SIGN_CONTRAST
                if most_different(picture, box, ground) < least - 0.1:
                    found[name, part.accessibleName()] = f"#{ground:06x}"
    assert found == {}


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("name", ["unlock", "paused", "done", "proctor_menu"])
def test_a_qr_code_stays_black_on_white(window, qapp, theme, name):
    window.set_look(Look("zh-CN", theme))
    window.show_view(VIEWS[name])
    qapp.processEvents()
    picture = window.grab().toImage()
    (code,) = [one for one in window.findChildren(QrView) if one.isVisible()]
    box = seen(window, code)
    assert box.size() == code.size()
    assert {
        picture.pixel(x, y) & 0xFFFFFF
        for x in range(box.left(), box.right() + 1)
        for y in range(box.top(), box.bottom() + 1)
    } == {0x000000, 0xFFFFFF}
