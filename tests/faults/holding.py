"""What a process with a window holds, for the soaks; each runs in a process of its own."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication


def tell_held(at: int, entries: int) -> None:
    """A line of JSON on standard output: what is held now, after `at` moves and with `entries` kept."""
    gc.collect()
    rollup = Path("/proc/self/smaps_rollup").read_text().splitlines()
    # Of pages that programs share, each counts a part, and that grows when another one ends.
    own = next(int(line.split()[1]) for line in rollup if line.startswith("Pss_Anon:"))
    held = {
        "moves": at,
        "own_kib": own,
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "timers": sum(
            len(widget.findChildren(QTimer)) for widget in QApplication.topLevelWidgets()
        ),
        "widgets": len(QApplication.allWidgets()),
        "entries": entries,
    }
    sys.stdout.write(json.dumps(held) + "\n")
    sys.stdout.flush()
