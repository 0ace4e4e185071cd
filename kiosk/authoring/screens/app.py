"""`kiosk bank open`: the application around the author's window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.authoring.screens.window import AuthorWindow
from kiosk.authoring.workbench import Workbench
from kiosk.ui.display import require_display
from kiosk.ui.garbage import collect_here
from kiosk.ui.theme import Look

_SIZE = (1366, 768)


def run_author(folder: Path, lang: str) -> int:
    """Shows the bank in `folder` until the window is closed; returns the exit code.

    Raises:
        KioskError: no screen, no font for Chinese, or the bank cannot be read.
    """
    require_display()
    application = QApplication.instance() or QApplication(["kiosk"])
    collect_here(application)
    window = AuthorWindow(Workbench(folder, lang), Look(lang))
    window.resize(*_SIZE)
    window.show()
    return application.exec()
