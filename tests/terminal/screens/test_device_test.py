"""The devices are tried by real events; what a person has to say is asked; the page is one of A4."""

import io

import pytest
from msgspec.structs import replace
from pypdf import PdfReader
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.terminal.device_test import OTHERWISE
from kiosk.terminal.screens.device_page import device_page
from kiosk.terminal.screens.device_stages import KEYS, PLACES
from kiosk.terminal.views import (
    CloseDeviceTest,
    Device,
    DeviceTest,
    DeviceTried,
    KeepPage,
    OpenDeviceTest,
    TriedDevice,
)
from kiosk.ui.panels import settle_layouts
from kiosk.ui.theme import Look
from tests.codes import qr_texts
from tests.terminal.screens.sample_views import a_device_test, all_views

FINGER = QTest.createTouchDevice()


def shown(window, device):
    window.show_view(a_device_test(device))
    settle_layouts()
    screen = window.screen_of(DeviceTest)
    return screen, screen.stages.get(device)


def fine(device):
    return [DeviceTried(TriedDevice(device, "fine"))]


def test_every_key_must_come_and_none_of_them_leads_away(window):
    _, stage = shown(window, Device.KEYBOARD)
    assert stage.hasFocus()
    keys = list(KEYS)
    for key in keys[:-1]:
        QTest.keyClick(stage, Qt.Key(key))
        assert stage.hasFocus()
    assert window.asked == []
    assert stage.accessibleName() == f"{len(keys) - 1} of {len(keys)} keys pressed"
    QTest.keyClick(stage, Qt.Key(keys[-1]))
    assert window.asked == fine(Device.KEYBOARD)


def test_each_target_is_hit_by_the_mouse_and_what_misses_is_nothing(window):
    _, stage = shown(window, Device.MOUSE)
    QTest.mouseClick(stage, Qt.MouseButton.LeftButton, pos=QPoint(stage.width() // 3, 40))
    for at in range(len(PLACES)):
        assert window.asked == []
        place = stage.middle_of(at).toPoint()
        QTest.mouseClick(stage, Qt.MouseButton.LeftButton, pos=place)
    assert window.asked == fine(Device.MOUSE)


def test_a_finger_counts_for_the_touch_screen_and_the_mouse_does_not(window):
    _, stage = shown(window, Device.TOUCH)
    for at in range(len(PLACES)):
        QTest.mouseClick(stage, Qt.MouseButton.LeftButton, pos=stage.middle_of(at).toPoint())
    assert stage.accessibleName() == "0 of 5 targets hit"
    for at in range(len(PLACES)):
        assert window.asked == []
        place = stage.mapTo(window, stage.middle_of(at).toPoint())
        QTest.touchEvent(window, FINGER).press(0, place, window).commit()
        QTest.touchEvent(window, FINGER).release(0, place, window).commit()
    assert window.asked == fine(Device.TOUCH)


@pytest.mark.parametrize("end", ["\r", ""])
def test_a_scanner_on_another_keyboard_is_told_and_presses_no_button(window, qtbot, end):
    _, stage = shown(window, Device.SCANNER)
    assert stage.hasFocus()
    QTest.keyClicks(stage, "C1; \r")
    qtbot.waitUntil(lambda: not stage._pause.isActive())
    assert window.asked == []
    QTest.keyClicks(stage, "C1;YBF4K7 J0P9")
    QTest.keyClicks(stage, "M2Q T8A1YX5VC3NB6" + end)
    qtbot.waitUntil(lambda: not stage._pause.isActive())
    assert window.asked == [DeviceTried(TriedDevice(Device.SCANNER, "bad", OTHERWISE))]


@pytest.mark.parametrize(
    ("device", "buttons"),
    [
        (Device.SCREEN, {"bad", "fine"}),
        (Device.KEYBOARD, {"bad"}),
        (Device.TOUCH, {"absent", "bad"}),
        (Device.SCANNER, {"absent", "bad"}),
        (Device.CLOCK, {"bad", "fine"}),
        (None, {"again", "keep"}),
    ],
)
def test_a_person_is_asked_only_what_the_computer_cannot_see(window, device, buttons):
    screen, _ = shown(window, device)
    every = ("again", "absent", "bad", "fine", "keep")
    assert {name for name in every if getattr(screen, name).isVisibleTo(screen)} == buttons
    if device is not None:
        screen.bad.click()
        assert window.asked == [DeviceTried(TriedDevice(device, "bad"))]


def test_the_time_ticks_while_it_is_shown_alone(window):
    screen, stage = shown(window, Device.CLOCK)
    assert stage._ticking.isActive()
    window.show_view(a_device_test(None))
    assert screen.keep.hasFocus()
    assert not stage._ticking.isActive()
    screen.again.click()
    screen.leave_button.click()
    assert window.asked == [OpenDeviceTest(), CloseDeviceTest()]


def test_the_time_ticks_again_after_something_lay_over_it(window):
    _, stage = shown(window, Device.CLOCK)
    window.show_view(all_views()["trouble"])
    assert not stage._ticking.isActive()
    shown(window, Device.CLOCK)
    assert stage._ticking.isActive()


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_page_is_one_and_has_its_code(window, lang):
    window.set_look(Look(lang))
    screen, _ = shown(window, None)
    screen.keep.click()
    (page,) = (asked.page for asked in window.asked if isinstance(asked, KeepPage))
    (sheet,) = PdfReader(io.BytesIO(page)).pages
    assert ("Touch screen: there is none" if lang == "en" else "设备测试记录") in said_on(sheet)
    (code,) = sheet.images
    assert qr_texts(code.image) == [window.view.kid]


def test_what_stands_on_the_page_is_text_and_no_markup():
    view = replace(a_device_test(None), terminal="<img src=x>T & Co")
    (sheet,) = PdfReader(io.BytesIO(device_page(view, "en"))).pages
    assert "<img src=x>T & Co" in said_on(sheet)


def said_on(sheet):
    """The words of a page. Qt tells readers of a PDF no digits."""
    return " ".join(sheet.extract_text().split())
