"""Proctors' commands and reasons in words, for whoever signs them and whoever reads of them."""

from __future__ import annotations

from kiosk.artefacts.tokens import Command, Reason
from kiosk.words import mark

COMMAND_WORDS: dict[Command, str] = {
    Command.RELEASE: mark("Start"),
    Command.RESUME: mark("Resume"),
    Command.EXTEND: mark("Extend"),
    Command.PAUSE: mark("Pause"),
    Command.ABORT: mark("End"),
    Command.EXIT: mark("Leave the program"),
    Command.TRANSFER: mark("Change seat"),
    Command.TAKE_OVER: mark("Go on here"),
    Command.ADMIT: mark("Admit here"),
    Command.CAUTION: mark("Misconduct, goes on"),
    Command.GO_OUT: mark("Break"),
    Command.ADMIT_WITHOUT_ID: mark("Admit without ID"),
    Command.ADMIT_RESERVE: mark("Admit by reserve number"),
}

REASON_WORDS: dict[Reason, str] = {
    Reason.NONE: mark("No reason given"),
    Reason.EQUIPMENT: mark("Equipment failure"),
    Reason.POWER: mark("Power cut"),
    Reason.HEALTH: mark("Health"),
    Reason.ALARM: mark("Alarm"),
    Reason.MISCONDUCT: mark("Misconduct"),
    Reason.OTHER: mark("Another reason"),
}
