"""`kiosk proctor run` opens the locked desk and ends when it is closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kiosk.cli import run
from kiosk.proctor.screens.window import DeskWindow
from tests.proctor.devices import Devices


@pytest.mark.parametrize("arguments", [["--windowed"], []])
def test_the_desk_opens_locked_and_ends_when_closed(
    qapp: QApplication, installed: Devices, arguments: list[str]
) -> None:
    seen: list[bool] = []

    def close() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, DeskWindow) and window.isVisible():
                seen.append(window.locked.isVisible())
                window.close()

    QTimer.singleShot(300, close)
    assert run(["proctor", "run", "--state", str(installed.state()), *arguments]) == 0
    assert seen == [True]
