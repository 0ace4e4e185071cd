"""Plays a scene at a sitting, and says what was seen."""

from __future__ import annotations

import time

from tests.escapes.sitting import Sitting, recorded
from tests.escapes.table import Scene, Seen

WATCHED_S = 0.5
"""How long what a scene does may take to show."""
BACK_S = 4.0
"""How long the program has to take back what is its own."""
LOOK_S = 1.2
"""The program looks at its window each second, and may have more to tell of the same."""
CHECKED_S = 8.0
"""More than two looks of the self-check."""
WATCHDOG_S = 12
"""What `kiosk-terminal.service` says; longer, and systemd ends the program."""
HANGS = "the program hangs until it is ended"
ANSWER_CHANGED = "an answer is not what the candidate gave"
_TOLD_BY = {
    "focus-lost": "keys go to another window",
    "screen-changed": "the paper does not fill the screen",
    "window-gone": "the paper is off the screen",
}


def play(sitting: Sitting, scene: Scene) -> Seen:
    """The sitting is as before when this returns."""
    assert scene.act is not None
    if scene.checks:
        sitting.be_alone()
    if scene.before:
        scene.before(sitting)
        sitting.wait(lambda: not sitting.breaches(), "the paper after the scene was set")
    before, sitting.longest_s = len(sitting.journal()), 0.0
    gained = dict.fromkeys(filter(None, [scene.act(sitting)]))
    ends = time.monotonic() + WATCHED_S
    lost: dict[str, None] = {}
    while True:
        lost |= dict.fromkeys(sitting.breaches())
        if time.monotonic() > ends:
            break
        time.sleep(0.02)
    if sitting.program.poll() is None and sitting.longest_s > WATCHDOG_S:
        gained[HANGS] = None
    back = bool(lost) and sitting.until(lambda: not sitting.breaches(), BACK_S)
    if scene.checks:
        sitting.until(
            lambda: any("`" in one for one in recorded(sitting.journal()[before:], scene.checks)),
            CHECKED_S,
        )
    sitting.come_back()
    if not sitting.until(lambda: sitting.answers() == sitting.given, 2):
        gained[ANSWER_CHANGED] = None
        sitting.given = sitting.answers()
    if recorded(sitting.journal()[before:], scene.checks):
        time.sleep(LOOK_S)
    kept = recorded(sitting.journal()[before:], scene.checks)
    if sitting.given.get(sitting.item):
        sitting.erase()
    # What was over before anybody looked, the program itself has seen.
    told = [_TOLD_BY[code] for code in kept if code in _TOLD_BY]
    if not gained and not lost and told:
        lost, back = dict.fromkeys(told), True
    return Seen((*gained, *lost), back, kept)
