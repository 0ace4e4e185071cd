"""Another program of the same user on the exam's display: `python -m tests.escapes.other WHAT`.

It says `there` once it is, and stays until it is killed.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

ON_TOP = Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.FramelessWindowHint
WINDOWS = {
    "window": Qt.WindowType.Window,
    "above": ON_TOP,
    "unmanaged": ON_TOP | Qt.WindowType.BypassWindowManagerHint,
    "insistent": ON_TOP | Qt.WindowType.BypassWindowManagerHint,
}
INSISTS_MS = 50


def main(what: str, words: str = "") -> int:
    application = QApplication(["other"])
    window = QWidget(None, WINDOWS.get(what, Qt.WindowType.Window))
    window.setStyleSheet("background: magenta")
    if what == "clipboard":
        clipboard = QGuiApplication.clipboard()
        for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
            clipboard.setText(words, mode)
    elif what == "window":
        window.resize(500, 400)
        window.show()
    else:
        window.setGeometry(application.primaryScreen().geometry())
        window.showFullScreen() if what == "above" else window.show()
        window.raise_()
        window.activateWindow()
    if what == "insistent":
        again = QTimer(window)
        again.timeout.connect(window.raise_)
        again.start(INSISTS_MS)
    QTimer.singleShot(300, lambda: print("there", flush=True))
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
