"""Garbage is collected in the thread of the windows alone.

Python collects cycles in whatever thread makes the next object. A widget in a cycle that the journal's
writer or the room's line came upon would be taken down there, and Qt's widgets may go in the windows'
thread only (Qt, "Threads and QObjects"): the program would die of it, now and then.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_YOUNG, _OLDER = 700, 10
"""When a generation is due, as Python counts by itself."""


def collect_here(application: QObject) -> None:
    """From now on cycles are looked for by a timer of `application`, in its thread, and in no other."""
    gc.set_threshold(0)
    gc.freeze()
    timer = QTimer(application)
    timer.timeout.connect(_collect)
    timer.start(_EVERY_MS)


def _collect() -> None:
    young, older, oldest = gc.get_count()
    if young > _YOUNG:
        gc.collect(0 if older <= _OLDER else 1 if oldest <= _OLDER else 2)
