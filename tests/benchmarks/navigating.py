"""Inside the terminal's process: walks through the paper and back, and weighs the process."""

from __future__ import annotations

import gc
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.terminal.screens.app import TerminalApp
from kiosk.terminal.views import Exam, GoTo

SETTLE_S = 0.2


def measure_memory(app: TerminalApp, moves: int) -> dict[str, int]:
    """PSS in bytes at the first question (`before`), when every question was shown once (`seen`),
    and after `moves` (`after`)."""
    told = {"before": _settled()}
    view = app.flow.view
    assert isinstance(view, Exam)
    count = view.question.count
    for move in range(moves):
        _go_to(app, (move + 1) % count + 1)
        if move == min(count, moves) - 1:
            told["seen"] = _settled()
    told["after"] = _settled()
    return told


def _go_to(app: TerminalApp, number: int) -> None:
    assert app.window is not None
    app.window.intent.emit(GoTo(number))
    end = time.perf_counter() + 5
    while True:
        QApplication.processEvents()
        view = app.flow.view
        if isinstance(view, Exam) and view.question.number == number and not app.flow.busy:
            return
        if time.perf_counter() > end:
            raise AssertionError(f"question {number} was not shown within 5 s")


def _settled() -> int:
    end = time.perf_counter() + SETTLE_S
    while time.perf_counter() < end:
        QApplication.processEvents()
    gc.collect()
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("this system does not tell the proportional set size")
