"""The self-check: a few plain lines about what an exam needs of this machine, each simply true.

A line is fine, a warning (`ok` None), or wrong. Nothing here decides: the session's policy names the
lines it requires, and the release looks at those alone.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.artefacts.session import SessionPlan
from kiosk.errors import KioskError, StorageFault
from kiosk.terminal.storage import storage_faults
from kiosk.terminal.views import Check
from kiosk.words import mark

BANK = "bank"
DISK = "disk"
SPACE = "space"
CLOCK = "clock"
SCREEN = "screen"
MIRROR = "mirror"
NAMES = (BANK, DISK, SPACE, CLOCK, SCREEN, MIRROR)

SENTENCES: dict[str, tuple[str, str, str]] = {
    BANK: (mark("Bank complete"), mark("Bank not checked"), mark("Bank incomplete")),
    DISK: (mark("Disk fine"), mark("Disk slow"), mark("Disk cannot be written")),
    SPACE: (mark("Enough room on the disk"), mark("Little room left"), mark("No room left")),
    CLOCK: (mark("Clock right"), mark("Outside the exam's time"), mark("Clock wrong")),
    MIRROR: (mark("Mirror fine"), mark("Mirror behind"), mark("No mirror")),
    SCREEN: (mark("Full screen"), mark("In a window"), mark("No screen")),
}
"""For each name: what a line says when it is fine, when it warns, when it is wrong."""

SLOW_MS = 200
SPARE_BYTES = 512 * 1024 * 1024
LEAST_BYTES = 32 * 1024 * 1024

SelfCheck = Callable[[SessionPlan | None], tuple[Check, ...]]


def sentence(check: Check) -> str:
    """What a line says, as a sentence of the catalogue."""
    fine, warns, wrong = SENTENCES[check.name]
    if check.ok is None:
        return warns
    return fine if check.ok else wrong


def self_check(
    plan: SessionPlan | None,
    *,
    state: Path,
    check_target: Callable[[str], None],
    floor_s: int,
    now_s: int,
    full_screen: bool | None,
) -> tuple[Check, ...]:
    """All lines, in the order they are shown.

    Args:
        check_target: raises when an installed file is missing or not whole.
        full_screen: how the window stands; None where there is no window.
    """
    return (
        _bank(plan, check_target),
        _disk(state),
        _space(state),
        _clock(plan, floor_s, now_s),
        Check(SCREEN, full_screen or None),
    )


def _bank(plan: SessionPlan | None, check_target: Callable[[str], None]) -> Check:
    if plan is None:
        return Check(BANK, None)
    for target in sorted({exam.bank.target for exam in plan.exams}):
        try:
            check_target(target)
        except KioskError as fault:
            return Check(BANK, False, fault.summary)
    return Check(BANK, True)


def _disk(state: Path) -> Check:
    probe = state / ".probe"
    began = time.perf_counter()
    try:
        with storage_faults(state), probe.open("wb") as file:
            file.write(os.urandom(4096))
            file.flush()
            os.fsync(file.fileno())
    except StorageFault as fault:
        return Check(DISK, False, fault.summary)
    took_ms = round((time.perf_counter() - began) * 1000)
    probe.unlink()
    return Check(DISK, True if took_ms < SLOW_MS else None, f"{took_ms} ms")


def _space(state: Path) -> Check:
    free = shutil.disk_usage(state).free
    told = f"{free // (1024 * 1024)} MiB"
    if free < LEAST_BYTES:
        return Check(SPACE, False, told)
    return Check(SPACE, True if free >= SPARE_BYTES else None, told)


def _clock(plan: SessionPlan | None, floor_s: int, now_s: int) -> Check:
    told = time.strftime("%Y-%m-%d %H:%M", time.localtime(now_s))
    if now_s < floor_s:
        return Check(CLOCK, False, told)
    if plan is not None and now_s > plan.window.closes_at:
        return Check(CLOCK, None, told)
    return Check(CLOCK, True, told)
