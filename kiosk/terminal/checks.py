"""The self-check: what an exam needs of this computer, and how locked it is, as findings.

Nothing here decides: the session's policy names the checks it requires. All of it is looked at when a
session is offered and whenever somebody asks to try again; what may change while a person sits
(`SelfCheck.again`) costs a few file reads and writes nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

import kiosk
from kiosk.artefacts import self_check as checks
from kiosk.artefacts.self_check import Finding, findings, told
from kiosk.artefacts.session import SessionPlan
from kiosk.errors import KioskError, StorageFault
from kiosk.terminal.lockdown.facts import Facts, Flushes, Process, Program, Screens
from kiosk.terminal.lockdown.installed import read_program
from kiosk.terminal.lockdown.judging import judge, judge_disk, judge_durability, judge_screen
from kiosk.terminal.lockdown.readers import look, read_disk
from kiosk.terminal.restart import judge_restart
from kiosk.terminal.storage import storage_faults
from kiosk.trust.durable import SECRET_FILE

SPARE_BYTES: Final = 512 * 1024 * 1024
PROBES: Final = 7
PROBING_S: Final = 0.15
"""A slow disk is not asked all seven times: somebody waits before the screen."""

KEPT: Final = "self-check"
MOST_KEPT: Final = 64 * 1024

CheckAll = Callable[[SessionPlan | None], tuple[Finding, ...]]
CheckAgain = Callable[[], tuple[Finding, ...]]


class SelfCheck:
    """The checks of one terminal. Calls may come from any thread, one is done at a time."""

    def __init__(
        self,
        state: Path,
        check_target: Callable[[str], None],
        floor_s: Callable[[], int],
        now_s: Callable[[], int],
        screens: Callable[[], Screens] = Screens,
        root: Path = Path("/"),
        boot: str = "",
        keep: bool = False,
    ) -> None:
        """
        Args:
            check_target: raises when an installed file is missing or not whole.
            screens: what Qt knows of the screens; it is asked on the caller's thread.
            root: the folder that stands for `/`.
            boot: the present boot.
            keep: what was found is kept under it for `last_found`.
        """
        self._state = state
        self._check_target = check_target
        self._floor_s = floor_s
        self._now_s = now_s
        self._screens = screens
        self._root = root
        self._boot = boot
        self._keep = keep
        self._lock = threading.Lock()
        self._first: Facts | None = None
        self._known: dict[int, Process] = {}
        self._program: Program | None = None
        self._read_program = False
        self._kept: tuple[Finding, ...] = ()

    def all(self, plan: SessionPlan | None) -> tuple[Finding, ...]:
        """Every finding, in the table's order."""
        flushes = measure(self._state)
        screens = self._screens()
        return (
            _bank(plan, self._check_target),
            judge_disk(flushes),
            judge_durability(flushes, read_disk(self._root, self._state.resolve())),
            judge_restart(self._state, self._boot),
            _space(self._state),
            _clock(plan, self._floor_s(), self._now_s()),
            *self._locks(screens),
        )

    def again(self) -> tuple[Finding, ...]:
        """What may change at any time: the screen and the locks. The first time it reads the whole
        installed program, which `all` leaves alone: somebody waits for that."""
        screens = self._screens()
        if not self._read_program:
            self._read_program = True
            self._program = read_program(self._root)
        return self._locks(screens)

    def _locks(self, screens: Screens) -> tuple[Finding, ...]:
        with self._lock:
            facts = look(
                self._root, os.environ, screens, program_folders(), self._known, self._program
            )
            self._first = self._first or facts
            found = (judge_screen(screens), *judge(facts, self._first))
            if self._keep and found != self._kept:
                self._kept = found
                _keep(self._state, self._boot, found)
            return found


def last_found(state: Path, boot: str) -> tuple[Finding, ...]:
    """What the program in its session found last in this boot; nothing where it has not run."""
    try:
        kept = msgspec.json.decode((state / KEPT).read_bytes()[:MOST_KEPT], type=_Kept)
    except (OSError, msgspec.MsgspecError):
        return ()
    return findings(kept.checks) if kept.boot == boot else ()


class _Kept(msgspec.Struct, frozen=True):
    boot: str
    checks: dict[str, str]


def _keep(state: Path, boot: str, found: tuple[Finding, ...]) -> None:
    """For the technician, as plain text; nothing rests on it, so the disk is not waited for."""
    fresh = state / f"{KEPT}.new"
    with suppress(OSError):
        fresh.write_bytes(msgspec.json.encode(_Kept(boot, told(found))))
        fresh.chmod(SECRET_FILE)
        fresh.replace(state / KEPT)


def program_folders() -> tuple[Path, ...]:
    """Where the program's own files are."""
    files = (kiosk.__file__, msgspec.__file__, os.__file__, sys.executable)
    return tuple(sorted({Path(file).parent for file in files if file}))


def measure(state: Path) -> Flushes:
    """How long the disk of `state` takes to say that a small file is safe."""
    probe = state / ".probe"
    took: list[int] = []
    try:
        with storage_faults(state), probe.open("wb", buffering=0) as file:
            while len(took) < PROBES and sum(took) < PROBING_S * 1_000_000:
                file.seek(0)
                file.write(os.urandom(4096))
                began = time.perf_counter_ns()
                os.fsync(file.fileno())
                took.append((time.perf_counter_ns() - began) // 1000)
    except StorageFault as fault:
        return Flushes(fault=fault.summary)
    finally:
        with suppress(OSError):
            probe.unlink()
    return Flushes(tuple(took))


def _bank(plan: SessionPlan | None, check_target: Callable[[str], None]) -> Finding:
    if plan is None:
        return Finding(checks.BANK, "unknown")
    for target in sorted({exam.bank.target for exam in plan.exams}):
        try:
            check_target(target)
        except KioskError as fault:
            return Finding(checks.BANK, "weak", fault.summary)
    return Finding(checks.BANK, "ok")


def _space(state: Path) -> Finding:
    try:
        free = shutil.disk_usage(state).free
    except OSError:
        return Finding(checks.SPACE, "unknown")
    enough = free >= SPARE_BYTES
    return Finding(checks.SPACE, "ok" if enough else "weak", f"{free // (1024 * 1024)} MiB")


def _clock(plan: SessionPlan | None, floor_s: int, now_s: int) -> Finding:
    shown = time.strftime("%Y-%m-%d %H:%M", time.localtime(now_s))
    late = plan is not None and now_s > plan.window.closes_at
    return Finding(checks.CLOCK, "weak" if now_s < floor_s or late else "ok", shown)
