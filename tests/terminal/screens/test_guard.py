"""Keys may come as fast as hands are, and no faster."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest

from kiosk.terminal import views
from kiosk.terminal.screens.guard import MOST_A_SECOND, MOST_AT_ONCE, Pace
from kiosk.terminal.screens.window import TerminalWindow
from kiosk.ui import scan


@given(st.lists(st.floats(0, 0.5), max_size=400))
def test_whatever_the_gaps_no_more_are_taken_than_the_time_allows(gaps_s):
    now_s = 0.0
    pace = Pace(lambda: now_s)
    taken = 0
    for gap_s in gaps_s:
        now_s += gap_s
        taken += pace.takes()
        assert taken <= MOST_AT_ONCE + now_s * MOST_A_SECOND + 1e-6


@pytest.mark.parametrize("a_second", [15, 25, MOST_A_SECOND - 1])
def test_hands_and_held_keys_are_never_too_fast(a_second):
    now_s = 0.0
    pace = Pace(lambda: now_s)
    for _ in range(2000):
        now_s += 1 / a_second
        assert pace.takes()


@pytest.fixture
def flooded(qtbot):
    """A window, the keys that came through to it, and how often it told of too many."""
    told, came = [], []

    class Window(TerminalWindow):
        def keyPressEvent(self, event):
            came.append(event.key())

        def keyReleaseEvent(self, event):
            came.append(-event.key())

    made = Window(lang="en", hurried=lambda: told.append(True))
    qtbot.addWidget(made, before_close_func=lambda window: window.guard.release())
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made, came, told


def key(window, kind, code=Qt.Key.Key_A):
    event = QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, "a")
    QCoreApplication.sendEvent(window.windowHandle(), event)


def test_keys_beyond_are_dropped_with_their_releases_and_told_once(flooded):
    window, came, told = flooded
    for _ in range(3 * MOST_AT_ONCE):
        key(window, QEvent.Type.KeyPress)
        key(window, QEvent.Type.KeyRelease)
    presses = sum(code > 0 for code in came)
    assert MOST_AT_ONCE <= presses < 2 * MOST_AT_ONCE
    assert sum(code < 0 for code in came) == presses
    assert told == [True]


def test_buttons_count_as_keys_do(flooded):
    window, _, told = flooded
    at = QPointF(5, 5)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for _ in range(2 * MOST_AT_ONCE):
        for kind, held in (
            (QEvent.Type.MouseButtonPress, left),
            (QEvent.Type.MouseButtonRelease, none),
        ):
            event = QMouseEvent(kind, at, at, at, left, held, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.sendEvent(window.windowHandle(), event)
    assert told == [True]


def test_a_scan_with_shift_for_each_capital_is_not_too_fast(flooded, monkeypatch):
    monkeypatch.setattr(scan, "HOLD_MS", 5_000)  # a busy machine types slower than a scanner
    window, _, told = flooded
    asked = []
    window.intent.connect(asked.append)
    handle = window.windowHandle()
    code = "T1:" + "A" * 4 * MOST_AT_ONCE
    for letter in code:
        QTest.keyPress(handle, Qt.Key.Key_Shift)
        QTest.keyClick(handle, letter, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyRelease(handle, Qt.Key.Key_Shift)
    QTest.keyClick(handle, Qt.Key.Key_Return)
    assert asked == [views.Scanned(code)]
    assert told == []
