"""Answers lost to kill -9 after the screen called them saved. The driver is the fault test's own."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from kiosk.artefacts.session import Window
from tests.benchmarks.measure import Result, say
from tests.faults.sitter import keys_of
from tests.faults.test_terminal_kill import Sitters
from tests.terminal.room import Floor, Room

KILLS = 300


def run(kills: int = KILLS) -> list[Result]:
    now = int(time.time())
    room = Room(window=Window(now - 600, now + 36_000), floor=Floor(0))
    moments = random.Random(now)
    saved: dict[str, str] = {}
    told = lost = 0
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        keys = Path(folder) / "keys"
        keys.write_bytes(keys_of(room))
        with Sitters(Path(folder) / "state", keys) as sitters:
            for kill in range(kills):
                lines, _ = sitters.run_until_killed(kill, moments.uniform(0.0, 0.25))
                back = dict(pair.split("=", 1) for pair in lines[0][1:])
                other = sum(back.get(item) != value for item, value in saved.items())
                gone = sum(item not in back for item in saved)
                # The one answer in hand may have reached the disk before the screen could say so.
                lost += max(gone, other - 1)
                saved = back
                for line in lines[1:]:
                    # A line cut short by the kill tells nothing.
                    if line[0] == "SAVED" and len(line) == 5:
                        saved[line[1]] = line[2]
                        told += 1
                if (kill + 1) % 25 == 0 or kill + 1 == kills:
                    say(f"{kill + 1} of {kills} kills, {told} answers saved, {lost} lost")
    return [
        Result(
            name=f"answers lost to {kills} kill -9 after being called saved",
            value=lost,
            unit=f"of {told} saved",
            against="none lost",
            goal="0",
            holds=lost == 0,
            runs=kills,
        )
    ]
