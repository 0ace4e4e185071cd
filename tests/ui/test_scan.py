"""A scanner's burst becomes one scan and reaches no field; what a person types reaches the field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from kiosk.artefacts.qr import Prefix
from kiosk.ui.scan import END_MS, HOLD_MS, ScanSource

CODE = "T1:6BF4K7%J0P9.R$M2Q+T8 A1ZX"


@pytest.fixture
def desk(qapp, qtbot):
    """A window with a field in focus, and a scan source over the application."""
    window = QWidget()
    field = QLineEdit(window)
    QVBoxLayout(window).addWidget(field)
    source = ScanSource()
    qapp.installEventFilter(source)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    field.setFocus()
    scans = []
    source.scanned.connect(scans.append)
    yield window.windowHandle(), field, scans
    qapp.removeEventFilter(source)


def strike(handle, text, delay_ms, *, enter=True):
    for character in text:
        QTest.keyClick(handle, character, Qt.KeyboardModifier.NoModifier, delay_ms)
    if enter:
        QTest.keyClick(handle, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, delay_ms)


@pytest.mark.parametrize("delay_ms", [1, 15])
def test_a_scan_is_read_and_lands_in_no_field(desk, delay_ms):
    handle, field, scans = desk
    strike(handle, CODE, delay_ms)
    assert scans == [CODE]
    assert field.text() == ""


@pytest.mark.parametrize("prefix", Prefix)
def test_each_of_our_codes_is_known(desk, prefix):
    handle, field, scans = desk
    strike(handle, prefix + "AB", 1)
    assert scans == [prefix + "AB"]
    assert field.text() == ""


def test_an_inverted_caps_lock_is_folded_back(desk):
    handle, field, scans = desk
    strike(handle, CODE.swapcase(), 1)
    assert scans == [CODE]
    assert field.text() == ""


def test_a_person_types_undisturbed(desk, qtbot):
    handle, field, scans = desk
    for character in "tr1-T1:7":
        strike(handle, character, 0, enter=False)
        QTest.qWait(HOLD_MS + 25)
    assert field.text() == "tr1-T1:7"
    assert scans == []


def test_a_letter_that_might_begin_a_code_comes_late_but_comes_in_order(desk, qtbot):
    handle, field, scans = desk
    strike(handle, "CA", 1, enter=False)
    assert field.text() == "CA"
    strike(handle, "T", 1, enter=False)
    assert field.text() == "CA"
    qtbot.waitUntil(lambda: field.text() == "CAT")
    assert scans == []


def test_a_scan_that_breaks_off_is_given_on_as_it_is(desk, qtbot):
    handle, field, scans = desk
    strike(handle, "T1:ABC", 1, enter=False)
    assert scans == []
    qtbot.waitUntil(lambda: scans == ["T1:ABC"], timeout=END_MS * 5)
    assert field.text() == ""


def test_two_scans_follow_each_other(desk):
    handle, _, scans = desk
    strike(handle, CODE, 1)
    strike(handle, "S1:XY", 1)
    assert scans == [CODE, "S1:XY"]
