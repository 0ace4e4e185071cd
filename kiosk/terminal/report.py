"""What a terminal can say of itself without being released: for `kiosk terminal status`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.self_check import OF_THE_SESSION, Finding
from kiosk.artefacts.terminal_status import TerminalStatus
from kiosk.errors import KioskError
from kiosk.terminal.checks import SelfCheck, last_found
from kiosk.terminal.clock import SystemTime
from kiosk.terminal.device_test import LastTest, last_test
from kiosk.terminal.journal import Journal, journal_path
from kiosk.terminal.plans import InstalledSession, sessions_of
from kiosk.terminal.program import installed, key_store, outbox, time_floor
from kiosk.terminal.restart import outlasted
from kiosk.terminal.update import running_version
from kiosk.terminal.updated import Upgrade, last
from kiosk.words import LANGUAGES


class SessionLine(Struct, frozen=True):
    """`journal` says how far it came: entries, and whether a sitting is open."""

    id: str
    room: str
    seat: str
    opens_at: str
    closes_at: str
    journal: str


class PackageLine(Struct, frozen=True):
    """`state` is numbered, waiting, receipted or deleted."""

    number: int
    session: str
    state: str


class Report(Struct, frozen=True):
    """`version` is of the program that runs, `update` how the last one of its package ended."""

    name: str
    kid: str
    words: dict[str, tuple[str, ...]]
    time_floor: str
    sessions: tuple[SessionLine, ...]
    packages: tuple[PackageLine, ...]
    troubles: tuple[str, ...]
    checks: tuple[Finding, ...]
    version: str
    restart_shown: bool
    devices: LastTest | None
    update: Upgrade | None


def report(state: Path) -> Report:
    """The report of a state folder.

    Raises:
        StorageFault, NotPermitted: there is no key here.
    """
    record = key_store(state).load().record
    troubles = []
    sessions: tuple[InstalledSession, ...] = ()
    try:
        sessions = sessions_of(record, installed(state))
    except KioskError as fault:
        troubles.append(str(fault))
    lines = tuple(_session(state, one, record.kid) for one in sessions)
    return Report(
        name=record.name,
        kid=record.kid.hex(),
        words={lang: record_words(record, lang) for lang in LANGUAGES},
        time_floor=_time(time_floor(state).value),
        sessions=lines,
        packages=_packages(state),
        troubles=tuple(troubles),
        checks=_checks(state, sessions),
        version=running_version(),
        restart_shown=bool(outlasted(state, SystemTime().boot)),
        devices=last_test(state),
        update=last(),
    )


def status_told(told: Report) -> TerminalStatus:
    """What of a report a terminal says of itself on a stick."""
    tested = told.devices
    return TerminalStatus(
        version=told.version,
        restart_shown=told.restart_shown,
        sessions={one.id: one.seat for one in told.sessions},
        waiting=sum(one.state == "waiting" for one in told.packages),
        checks=told.checks,
        devices=tested.devices if tested is not None else {},
        tested_at=tested.at_s if tested is not None else None,
    )


def _checks(state: Path, sessions: tuple[InstalledSession, ...]) -> tuple[Finding, ...]:
    """What is found now, but for what the program in its own session alone can find."""
    time, files, floor = SystemTime(), installed(state), time_floor(state)

    def whole(target: str) -> None:
        files.read(target)

    now = time.wall_s()
    still = sorted((one.plan for one in sessions), key=lambda plan: plan.window.closes_at)
    plan = next((one for one in still if one.window.closes_at > now), None)
    check = SelfCheck(state, whole, lambda: floor.value, time.wall_s, boot=time.boot)
    check.again()  # it looks at the installed program, too
    found = check.all(plan)
    inside = {one.check: one for one in last_found(state, time.boot) if one.check in OF_THE_SESSION}
    return tuple(inside.get(one.check, one) for one in found)


def _packages(state: Path) -> tuple[PackageLine, ...]:
    lines = []
    for line in outbox(state).lines:
        if line.deleted:
            told = "deleted"
        elif line.receipted_at is not None:
            told = "receipted"
        else:
            told = "waiting" if line.sha256 else "numbered"
        lines.append(PackageLine(line.number, line.session, told))
    return tuple(lines)


def _session(state: Path, session: InstalledSession, kid: bytes) -> SessionLine:
    plan = session.plan
    return SessionLine(
        id=plan.id,
        room=plan.room,
        seat=session.seat,
        opens_at=_time(plan.window.opens_at),
        closes_at=_time(plan.window.closes_at),
        journal=_journal(journal_path(state / "journals", plan.id), plan.id, kid),
    )


def _journal(path: Path, session: str, kid: bytes) -> str:
    if not path.exists():
        return "none"
    try:
        journal = Journal(path, session, kid)
    except KioskError as fault:
        return fault.summary
    pulse = journal.pulse
    journal.close()
    sitting = "a sitting is open" if pulse and pulse.sitting_open else "no sitting is open"
    return f"{journal.tip.count} entries, {sitting}"


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
