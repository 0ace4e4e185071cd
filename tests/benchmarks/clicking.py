"""Inside the terminal's process: real clicks, timed until the choice is chosen, saved and painted."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QVBoxLayout, QWidget

from kiosk.terminal.screens.app import TerminalApp
from kiosk.terminal.views import Exam, Saved, View
from kiosk.ui.choice_card import ChoiceCard

ROW_BYTES = 400
"""About what an entry of the journal has, sealed."""

PATIENCE_S = 5.0


class _Frames(QObject):
    """Counts the frames of a window: each update request paints, and is flushed when it returns."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.begun = 0
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self.begun += 1
        return False


def measure_clicks(app: TerminalApp, state: str, clicks: int) -> dict[str, list[float]]:
    """Milliseconds of each click, and of its floor: a bare commit and a bare paint, in turn."""
    assert app.window is not None
    shown = _Shown(app)
    commit = _bare_commit(Path(state) / "floor.db")
    paint = _bare_paint(app.window.size().toTuple())
    told: dict[str, list[float]] = {"click": [], "commit": [], "paint": []}
    for number in range(clicks + 5):
        told["click"].append(shown.click())
        told["commit"].append(commit(number))
        told["paint"].append(paint())
    return {name: taken[5:] for name, taken in told.items()}


class _Shown:
    """The window at a question of one choice."""

    def __init__(self, app: TerminalApp) -> None:
        assert app.window is not None
        self._window = app.window
        self._frames = _Frames(app.window)
        self._saved_at: int | None = None
        # After the app's own listener: when this runs the window has taken the view.
        app.flow.listen(self._seen)

    def _seen(self, view: View) -> None:
        if isinstance(view, Exam):
            self._saved_at = self._frames.begun if view.saved is Saved.SAVED else None

    def click(self) -> float:
        """Chooses another choice than the one chosen; milliseconds from the click to its frame."""
        card = next(
            card
            for card in self._window.findChildren(ChoiceCard)
            if card.isVisible() and not card.isChecked()
        )
        self._saved_at = None
        start = time.perf_counter()
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
        _until(
            lambda: (
                card.isChecked()
                and self._saved_at is not None
                and self._frames.begun > self._saved_at
            )
        )
        return (time.perf_counter() - start) * 1000


def _until(done: Callable[[], bool]) -> None:
    end = time.perf_counter() + PATIENCE_S
    while not done():
        if time.perf_counter() > end:
            raise AssertionError(f"a click was not saved and painted within {PATIENCE_S} s")
        QApplication.processEvents()


def _bare_commit(path: Path) -> Callable[[int], float]:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE entry (seq INTEGER PRIMARY KEY, box BLOB NOT NULL)",
    ):
        connection.execute(statement)

    def commit(number: int) -> float:
        box = number.to_bytes(4, "big") * (ROW_BYTES // 4)
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO entry (box) VALUES (?)", (box,))
        connection.execute("COMMIT")
        return (time.perf_counter() - start) * 1000

    return commit


def _bare_paint(size: tuple[int, int]) -> Callable[[], float]:
    window = QWidget()
    box = QCheckBox("A choice of ordinary length, as most are.")
    QVBoxLayout(window).addWidget(box)
    window.resize(*size)
    window.show()
    frames = _Frames(window)
    QApplication.processEvents()

    def paint() -> float:
        assert window.isVisible()
        before, begun = box.isChecked(), frames.begun
        start = time.perf_counter()
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
        _until(lambda: box.isChecked() is not before and frames.begun > begun)
        return (time.perf_counter() - start) * 1000

    return paint
