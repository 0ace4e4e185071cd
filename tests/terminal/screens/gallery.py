"""Photographs every screen: `python -m tests.terminal.screens.gallery [FOLDER] [NAME...]`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from kiosk.terminal.screens.window import TerminalWindow
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Theme
from tests.terminal.screens.sample_views import all_views

SIZES = ((1366, 768), (1920, 1080), (1280, 1024), (1024, 768))
SHOTS = (
    [(size, scale, "zh-CN", Theme.LIGHT) for size in SIZES for scale in (100, 200)]
    + [
        (size, scale, "en", Theme.LIGHT)
        for size in ((1366, 768), (1024, 768))
        for scale in (100, 200)
    ]
    + [((1366, 768), 100, "zh-CN", theme) for theme in (Theme.DARK, Theme.SEPIA, Theme.CONTRAST)]
)


def settle(application):
    for _ in range(3):
        application.processEvents()


def main(arguments):
    folder = Path(arguments[0] if arguments else "build/screens")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set(arguments[1:])
    application = QApplication.instance() or QApplication(["gallery"])
    window = TerminalWindow()
    window.show()
    for name, view in all_views().items():
        if wanted and name not in wanted:
            continue
        for (width, height), scale, lang, theme in SHOTS:
            window.resize(width, height)
            window.set_look(Look(lang, theme, scale))
            window.show_view(view)
            settle(application)
            shot = f"{name}-{width}x{height}-{scale}-{lang}-{theme}.png"
            window.grab().save(str(folder / shot))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
