"""A QR code on the screen is one a scanner reads, crisp and with its quiet zone."""

import pytest
from PySide6.QtGui import QImage

from kiosk.artefacts.qr import QUIET_MODULES
from kiosk.ui.qr_view import QrView
from tests.codes import qr_texts

TEXT = "C1:6BF4K7%J0P9.R$M2Q+T8A1ZX5VC3NB6-L/D0E4WS:H7Y9U2GKIO P%RT5"


@pytest.fixture
def image(qtbot):
    view = QrView()
    qtbot.addWidget(view)
    view.show_code(TEXT, 320, "Code")
    assert view.width() >= 320
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return view, picture


def test_the_code_is_read_from_the_pixels(image):
    _, picture = image
    pixels = memoryview(picture.constBits()).cast("B", (picture.height(), picture.bytesPerLine()))
    assert qr_texts(pixels) == [TEXT]


def test_every_pixel_is_black_or_white_and_the_edge_is_quiet(image):
    view, picture = image
    quiet = QUIET_MODULES * view.module_px()
    shades = set()
    for y in range(picture.height()):
        for x in range(picture.width()):
            shade = picture.pixelColor(x, y).value()
            shades.add(shade)
            if min(x, y, picture.width() - 1 - x, picture.height() - 1 - y) < quiet:
                assert shade == 255
    assert shades == {0, 255}
