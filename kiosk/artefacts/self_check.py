"""The self-check: what a terminal finds out about how locked it is, in one table for every program.

A finding is ok, weak, or unknown; what could not be read is unknown and never ok. The terminal judges
(`terminal.lockdown`), shows the line and writes it into its journal, so that the package is signed with
it; the session's policy names the checks it requires; the station shows the rest. The names are part
of plans and journals, and the codes are spoken on the telephone: neither ever changes its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, get_args

from msgspec import Struct

from kiosk.words import mark, text

State = Literal["ok", "weak", "unknown"]
STATES: Final[tuple[State, ...]] = get_args(State)

MOST_DETAIL: Final = 200
"""Characters of a finding's detail."""


class Finding(Struct, frozen=True):
    """What was found. `detail` are the facts it rests on: names and numbers, or a catalogue's sentence."""

    check: str
    state: State
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.state == "ok"


class Line(NamedTuple):
    """A check in words: what each of its states says, and what the technician does about the other two.

    `code` is the trouble of a session that requires it; empty where none may.
    """

    ok: str
    weak: str
    unknown: str
    todo: str
    code: str = ""


BANK: Final = "bank"
DISK: Final = "disk"
DURABILITY: Final = "durability"
RESTART: Final = "restart"
SPACE: Final = "space"
CLOCK: Final = "clock"
SCREEN: Final = "screen"
USER: Final = "user"
COMPOSITOR: Final = "compositor"
CONSOLES: Final = "consoles"
SYSRQ: Final = "sysrq"
PROCESSES: Final = "processes"
CLIENTS: Final = "clients"
REMOTE: Final = "remote"
DEBUGGER: Final = "debugger"
USB: Final = "usb"
INPUT: Final = "input"
NETWORK: Final = "network"
RADIO: Final = "radio"
SWAP: Final = "swap"
DUMPS: Final = "dumps"
SYSTEM: Final = "system"
MANIFEST: Final = "manifest"
MACHINE: Final = "machine"
MIRROR: Final = "mirror"

CHECKS: Final[dict[str, Line]] = {
    BANK: Line(
        mark("Bank complete"),
        mark("Bank incomplete"),
        mark("Bank not checked"),
        mark("Install from the USB folder again"),
        "T-61",
    ),
    DISK: Line(
        mark("Disk fine"),
        mark("Disk slow, or not to be written"),
        mark("Disk not measured"),
        mark("Use a spare terminal; let the administrator look at the disk"),
        "T-62",
    ),
    DURABILITY: Line(
        mark("What is saved outlasts a power cut"),
        mark("What is saved may not outlast a power cut"),
        mark("Not known whether what is saved outlasts a power cut"),
        mark("Put the state folder on a disk that really writes, or keep a mirror"),
        "T-63",
    ),
    RESTART: Line(
        mark("What is written outlasts a restart"),
        mark("Not shown yet that what is written outlasts a restart"),
        mark("Not known whether what is written outlasts a restart"),
        mark("Restart this computer once"),
        "T-83",
    ),
    SPACE: Line(
        mark("Enough room on the disk"),
        mark("Little room left on the disk"),
        mark("Room on the disk not known"),
        mark("Make room on the disk"),
        "T-64",
    ),
    CLOCK: Line(
        mark("Clock right"),
        mark("Clock wrong, or outside the exam's time"),
        mark("Clock not checked"),
        mark("Set the date and time of this terminal"),
        "T-65",
    ),
    SCREEN: Line(
        mark("Full screen"),
        mark("In a window, or on more than one screen"),
        mark("No screen"),
        mark("Start the program without a window, on one screen"),
        "T-66",
    ),
    USER: Line(
        mark("A user of its own, without rights"),
        mark("A user with more rights than an exam needs"),
        mark("User not known"),
        mark("Start the program as the package's own user"),
        "T-67",
    ),
    COMPOSITOR: Line(
        mark("Nothing but the exam on the display"),
        mark("The display has ways out of the exam"),
        mark("Display not known"),
        mark("Start the program in the session that comes with the package"),
        "T-68",
    ),
    CONSOLES: Line(
        mark("No other console can be reached"),
        mark("Another console can be reached"),
        mark("Consoles not known"),
        mark("Start the program in the session that comes with the package"),
        "T-69",
    ),
    SYSRQ: Line(
        mark("Keys that command the system are off"),
        mark("Keys that command the system are on"),
        mark("Keys that command the system not known"),
        mark("Switch SysRq off: the package does"),
        "T-70",
    ),
    PROCESSES: Line(
        mark("No other program runs beside the exam"),
        mark("Other programs run beside the exam"),
        mark("Other programs not known"),
        mark("End the other programs, or start the terminal again"),
        "T-71",
    ),
    CLIENTS: Line(
        mark("No other program is on the display"),
        mark("Another program is on the display"),
        mark("Programs on the display not known"),
        mark("End the other programs, or start the terminal again"),
        "T-72",
    ),
    REMOTE: Line(
        mark("Nobody is connected from afar"),
        mark("This computer can be reached or seen from afar"),
        mark("Connections from afar not known"),
        mark("End remote sessions and the services that wait for them"),
        "T-73",
    ),
    DEBUGGER: Line(
        mark("Nothing looks into the program"),
        mark("Another program can look into this one"),
        mark("Not known whether another program looks into this one"),
        mark("End it and start the terminal again; the package forbids it"),
        "T-74",
    ),
    USB: Line(
        mark("New USB devices stay outside"),
        mark("Any USB device is let in"),
        mark("USB not known"),
        mark("Switch the USB rules on: the package has them"),
        "T-75",
    ),
    INPUT: Line(
        mark("No keyboard was added"),
        mark("A keyboard was added"),
        mark("Keyboards not known"),
        mark("Unplug what was added, unless it is the proctor's scanner"),
    ),
    NETWORK: Line(
        mark("No way out by the network"),
        mark("There is a way out by the network"),
        mark("Network not known"),
        mark("Unplug the network, or let only the station through: the package does"),
        "T-76",
    ),
    RADIO: Line(
        mark("No radio is on"),
        mark("Wi-Fi or Bluetooth is on"),
        mark("Radios not known"),
        mark("Switch Wi-Fi and Bluetooth off"),
        "T-77",
    ),
    SWAP: Line(
        mark("Memory stays out of the disk"),
        mark("Memory may be moved to the disk"),
        mark("Swap not known"),
        mark("Switch swap off: the package does"),
        "T-78",
    ),
    DUMPS: Line(
        mark("A crash leaves no memory behind"),
        mark("A crash may leave memory behind"),
        mark("Core dumps not known"),
        mark("Start the program in the session that comes with the package"),
        "T-79",
    ),
    SYSTEM: Line(
        mark("The program cannot be changed from here"),
        mark("The program can be changed from here"),
        mark("Not known whether the program can be changed"),
        mark("Install the package, and start the program as its own user"),
        "T-80",
    ),
    MANIFEST: Line(
        mark("The installed program is whole"),
        mark("The installed program was changed"),
        mark("Installed program not checked"),
        mark("Install the package again"),
        "T-81",
    ),
    MACHINE: Line(
        mark("A real computer"),
        mark("A computer inside another one"),
        mark("Kind of computer not known"),
        mark("Start the terminal on a computer itself, not in a virtual one"),
        "T-82",
    ),
    MIRROR: Line(
        mark("Mirror fine"),
        mark("Mirror not in step"),
        mark("Mirror not seen yet"),
        mark("Plug the mirror's medium in again"),
    ),
}
"""Every check, in the order it is shown. The first seven are what an exam needs of any computer, the
rest how locked it is; the mirror stands there where a terminal has one."""

BASIC: Final = (BANK, DISK, DURABILITY, RESTART, SPACE, CLOCK, SCREEN)
LOCKS: Final = tuple(name for name in CHECKS if name not in (*BASIC, MIRROR))
OF_THE_SESSION: Final = (
    SCREEN,
    USER,
    COMPOSITOR,
    CONSOLES,
    PROCESSES,
    CLIENTS,
    REMOTE,
    DEBUGGER,
    INPUT,
    DUMPS,
    SYSTEM,
)
"""What only the program in its own session can find out: from elsewhere it would be another's."""

REQUIRABLE: Final = tuple(name for name, line in CHECKS.items() if line.code)
"""What a session's policy may require."""

_PLACES: Final = {name: at for at, name in enumerate(CHECKS)}
_OLD: Final[dict[str, State]] = {"fine": "ok", "warning": "weak", "wrong": "weak"}
"""How journals of before said it."""


def sentence(finding: Finding) -> str:
    """What a line says, as a sentence of the catalogue; a check of another version by its name."""
    line = CHECKS.get(finding.check)
    return finding.check if line is None else str(getattr(line, finding.state))


def said(finding: Finding, lang: str) -> str:
    """The line with what it rests on, in the language `lang`; of what is ok the sentence alone."""
    words = text(sentence(finding), lang)
    if finding.ok or not finding.detail:
        return words
    return text("{words} ({detail})", lang, words=words, detail=text(finding.detail, lang))


def unmet(required: Iterable[str], found: Iterable[Finding]) -> tuple[str, ...]:
    """The checks that are required and not ok, in the table's order; one that was not made is not ok,
    and one that this version does not know comes last."""
    fine = {finding.check for finding in found if finding.ok}
    return tuple(sorted(set(required) - fine, key=place))


def place(name: str) -> tuple[int, str]:
    """Where a check stands in the table; what is of another version comes last, by name."""
    return (_PLACES.get(name, len(_PLACES)), name)


def changed(before: Mapping[str, Finding], found: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is not as it was."""
    return tuple(finding for finding in found if before.get(finding.check) != finding)


def told(found: Iterable[Finding]) -> dict[str, str]:
    """Findings as a journal holds them: by check, the state and the facts behind a colon."""
    return {
        one.check: f"{one.state}: {one.detail[:MOST_DETAIL]}" if one.detail else one.state
        for one in found
    }


def findings(checks: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings that a journal holds, of whatever version, in the table's order; a state nobody knows
    is unknown."""
    return tuple(_finding(check, checks[check]) for check in sorted(checks, key=place))


def _finding(check: str, words: str) -> Finding:
    state, _, detail = words.partition(": ")
    detail = detail[:MOST_DETAIL]
    for known in STATES:
        if state == known:
            return Finding(check, known, detail)
    return Finding(check, _OLD.get(state, "unknown"), detail)
