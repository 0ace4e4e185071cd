"""A room's terminals in one table, from what each has written to a stick."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typer
from msgspec import Struct

from kiosk.artefacts.enrolment import read_enrolment
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.self_check import CHECKS, Finding
from kiosk.artefacts.terminal_status import TerminalStatus, status_of
from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.errors import InputRefused, KioskError
from kiosk.trust.durable import read_given
from kiosk.words import LANGUAGES, explain, mark, text

MOST_BYTES = 64 * 1024

Standing = Literal["enrolled", "revoked", "unknown", "other"]
"""What is known of a key: `other` is a key that is not listed although its name is."""
STANDINGS: dict[Standing, str] = {
    "enrolled": mark("enrolled"),
    "revoked": mark("revoked"),
    "unknown": mark("not enrolled"),
}


def standing_of(
    listed: Collection[KeyRecord], revoked: Collection[bytes], record: KeyRecord
) -> Standing:
    """What a list of terminals, and of revoked keys, says of a key."""
    if record.kid in revoked:
        return "revoked"
    if any(one.kid == record.kid for one in listed):
        return "enrolled"
    names = {one.name for one in listed if one.kid not in revoked}
    return "other" if record.name in names else "unknown"


class Row(Struct, frozen=True):
    """One terminal, by the newest file that its key signed."""

    name: str
    kid: str
    words: dict[str, str]
    standing: Standing
    written_at: str
    status: TerminalStatus


class Refused(Struct, frozen=True):
    """A file that is not believed, and why."""

    file: str
    reason: str


class RoomStatus(Struct, frozen=True):
    """What a folder holds: a row a terminal, and the files that are not believed."""

    terminals: tuple[Row, ...]
    refused: tuple[Refused, ...]


def show_room(folder: Path, standing: Callable[[KeyRecord], Standing], *, as_json: bool) -> None:
    """Print the table; exit code 3 where a file was refused, 4 where there is no other."""
    room = read_room(folder, standing)
    if as_json:
        show_json(room)
    else:
        _show(room)
    if room.refused:
        raise typer.Exit(3 if room.terminals else 4)


def read_room(folder: Path, standing: Callable[[KeyRecord], Standing]) -> RoomStatus:
    """What the terminals' files (`.enrol`) in a folder say.

    Raises:
        InputRefused: there is none.
    """
    newest: dict[str, tuple[tuple[int, int], Row]] = {}
    refused = []
    for path in sorted(folder.rglob("*.enrol")):
        try:
            read = read_enrolment(read_given(path, MOST_BYTES))
            record = read.record
            if record.role is not Role.TERMINAL:
                continue
            known = standing(record)
            if known == "other":
                raise InputRefused(
                    mark("another key is enrolled as {name}: this file is not that terminal's"),
                    remedy=mark("Look at that computer: which words does it show?"),
                    name=record.name,
                )
        except KioskError as fault:
            refused.append(Refused(str(path), explain(fault, lang())))
            continue
        row = Row(
            name=record.name,
            kid=record.kid.hex(),
            words={one: " ".join(record_words(record, one)) for one in LANGUAGES},
            standing=known,
            written_at=datetime.fromtimestamp(read.made_at, UTC).isoformat(),
            status=status_of(read.facts),
        )
        # Of one second the one that says more: a request is written first, and how things stand after it.
        age = read.made_at, len(read.facts)
        if row.kid not in newest or newest[row.kid][0] < age:
            newest[row.kid] = age, row
    if not newest and not refused:
        raise InputRefused(
            mark("no terminal has written here"),
            where=str(folder),
            remedy=mark("On each: kiosk terminal status --to the stick"),
        )
    rows = sorted((row for _, row in newest.values()), key=lambda row: row.name)
    return RoomStatus(tuple(rows), tuple(refused))


def _show(room: RoomStatus) -> None:
    language = lang()
    columns = (
        text("terminal, words of its key", language),
        text("state", language),
        text("program, written", language),
        text("sessions and seats", language),
        text("without receipt", language),
        text("self-check", language),
        text("devices", language),
    )
    show_table(columns, [_cells(row, language) for row in room.terminals])
    for one in room.refused:
        say(f"{one.file}: {one.reason}")


def _cells(row: Row, language: str) -> tuple[str, ...]:
    status = row.status
    short = [one for one in status.checks if not one.ok]
    checked = f"{len(status.checks) - len(short)}/{len(status.checks)}"
    standing = text(STANDINGS[row.standing], language)
    return (
        f"{row.name}\n{row.words[language]}",
        standing if status.restart_shown else f"{standing}\n{text('no restart', language)}",
        f"{status.version}\n{_clock(datetime.fromisoformat(row.written_at).timestamp())}",
        "\n".join(f"{session} {seat}".strip() for session, seat in status.sessions.items()),
        str(status.waiting or ""),
        " ".join((checked, *map(_code, short))) if status.checks else "",
        _devices(status, language),
    )


def _code(finding: Finding) -> str:
    """As docs/trouble.md lists it; in words there is no room for it."""
    line = CHECKS.get(finding.check)
    return line.code if line is not None and line.code else finding.check


def _devices(status: TerminalStatus, language: str) -> str:
    if status.tested_at is None:
        return text("not tried", language)
    from kiosk.terminal.screens.device_words import said_of
    from kiosk.terminal.views import Device, TriedDevice

    bad = [
        said_of(TriedDevice(device, "bad"), language)
        for device in Device
        if status.devices.get(device) == "bad"
    ]
    return "\n".join((_clock(status.tested_at), *bad))


def _clock(at_s: float) -> str:
    return time.strftime("%m-%d %H:%M", time.localtime(at_s))
