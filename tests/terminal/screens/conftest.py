"""A window on a screen, and what was asked at it."""

import pytest
from PySide6.QtTest import QTest

from kiosk.terminal.screens.window import TerminalWindow


@pytest.fixture
def window(qtbot):
    made = TerminalWindow(lang="en")
    qtbot.addWidget(made, before_close_func=lambda window: window.guard.release())
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    made.asked = []
    made.intent.connect(made.asked.append)
    return made
