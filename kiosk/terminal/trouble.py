"""Every trouble a terminal can name: its code, what happened, what is safe, what the proctor does.

The one table; the trouble screen shows a line of it, `docs/trouble.md` is made from it. Codes
are spoken on the telephone and never change their meaning: T-1x papers, T-2x disk, T-3x clock,
T-4x the program itself, T-5x what is plugged in, T-6x to T-8x a check that the session requires
(`artefacts.self_check` has their words).
"""

from __future__ import annotations

from typing import NamedTuple

from kiosk.artefacts.self_check import CHECKS
from kiosk.errors import InputRefused, KioskError, NotPermitted, StorageFault
from kiosk.terminal.storage import DiskFailing, DiskFull, DiskReadOnly, InUse, RecordDamaged
from kiosk.words import mark


class Line(NamedTuple):
    """A trouble in words of the shop floor."""

    what: str
    safe: tuple[str, ...]
    todo: str


NO_PAPER = "T-11"
BANK_DAMAGED = "T-12"
SESSION_DAMAGED = "T-13"
TRUST_MISSING = "T-14"
PROGRAM_OLD = "T-15"
DISK_FULL = "T-21"
DISK_READ_ONLY = "T-22"
JOURNAL_DAMAGED = "T-23"
DISK_FAILING = "T-24"
CLOCK_WRONG = "T-31"
OUT_OF_WINDOW = "T-32"
PROGRAM_FAULT = "T-41"
ALREADY_RUNNING = "T-42"
SECOND_SCREEN = "T-51"
SCREEN_SMALL = "T-52"
KEYBOARD_GONE = "T-53"
BATTERY_LOW = "T-54"
CHECK_UNKNOWN = "T-60"

_SAVED_STAYS = mark("Every answer shown as saved is kept on this terminal")
_CLOCK_STOPPED = mark("The clock has stopped; no exam time is lost")
_NOTHING_BEGUN = mark("No exam has begun here; nobody loses time")
_OTHER_SEATS = mark("The other seats are not affected")

TABLE: dict[str, Line] = {
    NO_PAPER: Line(
        mark("There is no exam paper for this terminal"),
        (_NOTHING_BEGUN, _OTHER_SEATS),
        mark("Install the session from the station's USB folder, then try again"),
    ),
    BANK_DAMAGED: Line(
        mark("The exam paper on this terminal is damaged"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Install from the USB folder again; if that does not help, use a spare terminal"),
    ),
    SESSION_DAMAGED: Line(
        mark("The session on this terminal is damaged or not from this station"),
        (_SAVED_STAYS, _OTHER_SEATS),
        mark("Install from the USB folder again; if that does not help, use a spare terminal"),
    ),
    TRUST_MISSING: Line(
        mark("This terminal does not know the station yet"),
        (_NOTHING_BEGUN, _OTHER_SEATS),
        mark("Install the station's USB folder on this terminal, then try again"),
    ),
    PROGRAM_OLD: Line(
        mark("This session needs a newer version of the exam program"),
        (_NOTHING_BEGUN, _OTHER_SEATS),
        mark("Bring the program up to date, or use a terminal that is"),
    ),
    DISK_FULL: Line(
        mark("The disk is full. New answers cannot be saved for now"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Make room on the disk; the exam then goes on by itself, and no answer is lost"),
    ),
    DISK_READ_ONLY: Line(
        mark("The disk can no longer be written. New answers cannot be saved for now"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Call the administrator; when the disk can be written the exam goes on by itself"),
    ),
    JOURNAL_DAMAGED: Line(
        mark("The record of this session on this terminal is damaged"),
        (_CLOCK_STOPPED, _OTHER_SEATS),
        mark("Leave this terminal as it is, use a spare one, and tell the station"),
    ),
    DISK_FAILING: Line(
        mark("The disk reports a fault. New answers cannot be saved for now"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Try again once; if that does not help, use a spare terminal and keep this one"),
    ),
    CLOCK_WRONG: Line(
        mark("The date and time of this terminal are wrong"),
        (_SAVED_STAYS, _OTHER_SEATS),
        mark("Set the date and time of this terminal, then try again"),
    ),
    OUT_OF_WINDOW: Line(
        mark("It is not the time of this exam"),
        (_NOTHING_BEGUN, _OTHER_SEATS),
        mark("Compare the date and time with the exam plan; the station can plan another time"),
    ),
    PROGRAM_FAULT: Line(
        mark("The program met a fault of its own"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Try again once; if that does not help, start the terminal again"),
    ),
    ALREADY_RUNNING: Line(
        mark("The program is already running on this terminal"),
        (_SAVED_STAYS, _OTHER_SEATS),
        mark("Go on in the window that is open, or start the terminal again"),
    ),
    SECOND_SCREEN: Line(
        mark("A second screen is connected. The paper stays hidden until it is gone"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Unplug the second screen or projector; the exam then goes on by itself"),
    ),
    SCREEN_SMALL: Line(
        mark("The screen shows too little to read the paper on"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Set the screen to 1024 by 768 or more; the exam then goes on by itself"),
    ),
    KEYBOARD_GONE: Line(
        mark("The keyboard is no longer connected"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark("Plug the keyboard in again, or press Try again to go on with mouse or touch"),
    ),
    BATTERY_LOW: Line(
        mark("The battery is nearly empty"),
        (_SAVED_STAYS, _CLOCK_STOPPED),
        mark(
            "Plug the power cable in; the exam then goes on by itself. Try again goes on without it"
        ),
    ),
    CHECK_UNKNOWN: Line(
        mark("This session requires a check that this program does not know"),
        (_NOTHING_BEGUN, _OTHER_SEATS),
        mark("Bring the program up to date, or use a terminal that is"),
    ),
    **{
        line.code: Line(line.weak, (_NOTHING_BEGUN, _OTHER_SEATS), line.todo)
        for line in CHECKS.values()
        if line.code
    },
}

ENDS_BY_ITSELF = (SECOND_SCREEN, SCREEN_SMALL)
"""There is nothing to press: the terminal sees it when it is put right."""


class Halt(KioskError):
    """A trouble with its code already known."""

    def __init__(self, code: str, cause: KioskError | None = None) -> None:
        super().__init__(
            TABLE[code].what,
            where=cause.where if cause else "",
            remedy=TABLE[code].todo,
        )
        self.code = code


def code_of(fault: Exception) -> str:
    """The code of a fault met while something was kept or read back."""
    match fault:
        case Halt():
            return fault.code
        case DiskFull():
            return DISK_FULL
        case DiskReadOnly():
            return DISK_READ_ONLY
        case InUse():
            return ALREADY_RUNNING
        case RecordDamaged():
            return JOURNAL_DAMAGED
        case DiskFailing() | StorageFault():
            return DISK_FAILING
        case NotPermitted() | InputRefused():
            return SESSION_DAMAGED
        case _:
            return PROGRAM_FAULT
