"""From the start of the process to the first question painted, against a bare PySide6 window.

Ours reads its command line, opens journal and outbox, shows the challenge, is released by two
proctors, opens session and bank, replays the sitting and paints the question. Both run with no screen
(offscreen), from files that the system has in memory, in turn.
"""

from __future__ import annotations

import time

from tests.benchmarks.measure import Result, at_most, paired
from tests.benchmarks.seat import Window, a_window

RUNS = 15


def run(runs: int = RUNS) -> list[Result]:
    value, ratio = paired(_terminal, _bare, runs)
    goal, holds = at_most(ratio, 1.4)
    return [
        Result(
            name="cold start to the first question, release and decryption included",
            value=value * 1000,
            unit="ms",
            against="a bare PySide6 window, painted",
            ratio=ratio,
            goal=goal,
            holds=holds,
            runs=runs,
        )
    ]


def _terminal() -> float:
    with a_window("first") as window:
        return until_painted(window)


def _bare() -> float:
    window = Window("bare")
    try:
        return until_painted(window)
    finally:
        window.close()


def until_painted(window: Window) -> float:
    """Seconds from the start of its process to its first question on the screen."""
    told = window.told()
    assert told == "painted", told
    return time.perf_counter() - window.started
