"""A scanner's burst becomes one scan and reaches no field; what a person types reaches the field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from kiosk.artefacts.qr import Prefix
from kiosk.ui import scan
from kiosk.ui.scan import END_MS, HOLD_MS, ScanSource

CODE = "T1:6BF4K7%J0P9.R$M2Q+T8 A1ZX"


HOUR_MS = 3_600_000


@pytest.fixture
def desk(qapp, qtbot, monkeypatch):
    """A window with a field in focus, and a scan source over the application.

    No pause ends by itself, however slow the machine is: `pauses` ends it.
    """
    monkeypatch.setattr(scan, "HOLD_MS", HOUR_MS)
    monkeypatch.setattr(scan, "END_MS", HOUR_MS)
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
    field.pauses = lambda: source._pause.isActive() and source._pause.timeout.emit()
    yield window.windowHandle(), field, scans
    qapp.removeEventFilter(source)


def strike(handle, text, *, enter=True):
    for character in text:
        QTest.keyClick(handle, character)
    if enter:
        QTest.keyClick(handle, Qt.Key.Key_Return)


def test_a_scanner_is_quicker_and_a_person_slower_than_a_key_is_held():
    assert 20 < HOLD_MS < 60
    assert 500 <= END_MS <= 1000


def test_a_scan_is_read_and_lands_in_no_field(desk):
    handle, field, scans = desk
    strike(handle, CODE)
    assert scans == [CODE]
    assert field.text() == ""


@pytest.mark.parametrize("prefix", Prefix)
def test_each_of_our_codes_is_known(desk, prefix):
    handle, field, scans = desk
    strike(handle, prefix + "AB")
    assert scans == [prefix + "AB"]
    assert field.text() == ""


def test_an_inverted_caps_lock_is_folded_back(desk):
    handle, field, scans = desk
    strike(handle, CODE.swapcase())
    assert scans == [CODE]
    assert field.text() == ""


def test_a_person_types_undisturbed(desk):
    handle, field, scans = desk
    for character in "tr1-T1:7":
        strike(handle, character, enter=False)
        field.pauses()
    assert field.text() == "tr1-T1:7"
    assert scans == []


def test_a_letter_that_might_begin_a_code_comes_late_but_comes_in_order(desk):
    handle, field, scans = desk
    strike(handle, "CA", enter=False)
    assert field.text() == "CA"
    strike(handle, "T", enter=False)
    assert field.text() == "CA"
    field.pauses()
    assert field.text() == "CAT"
    assert scans == []


def test_a_scan_that_breaks_off_is_given_on_as_it_is(desk):
    handle, field, scans = desk
    strike(handle, "T1:ABC", enter=False)
    assert scans == []
    field.pauses()
    assert scans == ["T1:ABC"]
    assert field.text() == ""


def test_two_scans_follow_each_other(desk):
    handle, _, scans = desk
    strike(handle, CODE)
    strike(handle, "S1:XY")
    assert scans == [CODE, "S1:XY"]
