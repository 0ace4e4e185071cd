"""`kiosk proctor run`: the application around the desk's window."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.proctor import views
from kiosk.proctor.device import Device
from kiosk.proctor.flow import Flow
from kiosk.proctor.live import Serve
from kiosk.proctor.screens.window import DeskWindow
from kiosk.ui.battery import battery
from kiosk.ui.display import require_display
from kiosk.ui.garbage import collect_here
from kiosk.words import LANGUAGES

_SIZE = (1366, 768)


def boot_s() -> float:
    """Seconds of CLOCK_BOOTTIME, which goes on while the device sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def run_desk(
    state: Path,
    *,
    windowed: bool,
    lang: str = LANGUAGES[0],
    serve: Serve | None = None,
    practice: bool = False,
    shows: bool = False,
) -> int:
    """Shows the desk of the device in `state` until it is closed; returns the exit code.

    Args:
        serve: begins to serve the room's network; None without one.
        practice: begin in the room to practise in.
        shows: for an inspector, who can sign nothing.

    Raises:
        KioskError: no screen, no font for Chinese, or the device's folder cannot be read.
    """
    require_display()
    application = QApplication.instance()
    if application is None:
        application = QApplication(["kiosk"])
    collect_here(application)
    flow = Flow(Device(state), boot_s, lang, serve=serve, battery=battery, shows=shows)
    if practice:
        flow.send(views.Practise())
    window = DeskWindow(flow)
    if windowed:
        window.resize(*_SIZE)
        window.show()
    else:
        window.showFullScreen()
    return application.exec()
