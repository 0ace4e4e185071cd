"""Which installed session this terminal offers, and whether the time for it is right."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import SessionFile, SessionPlan, read_session, session_file
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import KioskError
from kiosk.terminal import trouble
from kiosk.terminal.ports import InstalledFiles
from kiosk.terminal.trouble import Halt

SESSION_PREFIX = "sessions/"
RELEASE_LEAD_S = 2 * 60 * 60
"""How long before its window a session may be released: release comes before the candidates do."""

_VERSION = re.compile(r"\d{1,9}(\.\d{1,9})*", re.ASCII)

UNFINISHED_S = 12 * 60 * 60
"""How long after its window an interrupted sitting still comes before another session."""


class InstalledSession(Struct, frozen=True):
    """A session this terminal is part of. `sha256` is of the file as signed."""

    file: SessionFile
    sha256: bytes
    seat: str
    label: str

    @property
    def plan(self) -> SessionPlan:
        return self.file.plan


def sessions_of(terminal: KeyRecord, installed: InstalledFiles) -> tuple[InstalledSession, ...]:
    """Every installed session that names this terminal.

    Raises:
        Halt: the station is not known, or one of the files is damaged or not the station's.
    """
    try:
        trust = installed.trust()
    except KioskError as fault:
        raise Halt(trouble.TRUST_MISSING, fault) from fault
    found = []
    for name in installed.targets(SESSION_PREFIX):
        try:
            session = _read(installed.read(name), trust, terminal.kid)
        except KioskError as fault:
            raise Halt(trouble.SESSION_DAMAGED, fault) from fault
        if session is not None:
            found.append(session)
    return tuple(found)


def _read(data: bytes, trust: Trust, kid: bytes) -> InstalledSession | None:
    frame = read_session(data)
    file = session_file(frame, trust.signer(frame.kid, Role.STATION))
    for seated in file.plan.terminals:
        if seated.kid == kid:
            digest = hashlib.sha256(data).digest()
            return InstalledSession(file, digest, seated.seat or "", seated.label)
    return None


def offered(
    sessions: tuple[InstalledSession, ...],
    open_sittings: frozenset[str],
    now_s: int,
    version: str,
    wanted: str = "",
) -> InstalledSession:
    """The session to offer: `wanted` by a proctor where it is here, else with a sitting to go on, else whose window it is, else the next one.

    Args:
        open_sittings: ids of the sessions that have an interrupted sitting here.
        version: of this program.

    Raises:
        Halt: there is none, or it needs a newer program.
    """
    if not sessions:
        raise Halt(trouble.NO_PAPER)

    def rank(session: InstalledSession) -> tuple[int, int]:
        window = session.plan.window
        if session.plan.id in open_sittings and now_s <= window.closes_at + UNFINISHED_S:
            return (0, window.opens_at)
        if window.opens_at <= now_s <= window.closes_at:
            return (1, now_s - window.opens_at)
        if now_s < window.opens_at:
            return (2, window.opens_at)
        return (3, -window.closes_at)

    chosen = (session for session in sessions if session.plan.id == wanted)
    best = next(chosen, None) or min(sessions, key=rank)
    if _release(version) < _release(best.plan.minimum_version):
        raise Halt(trouble.PROGRAM_OLD)
    return best


def _release(version: str) -> tuple[int, ...]:
    """The numbers a version begins with: (1, 2) of "1.2.dev3"."""
    numbers = _VERSION.match(version)
    return tuple(int(part) for part in numbers[0].split(".")) if numbers else ()


def may_release(plan: SessionPlan, now_s: int, floor_s: int) -> str | None:
    """The code of the trouble that keeps a session from being released for the first time now.

    An interrupted sitting goes on whatever the clock says: the window bounds starting alone.
    """
    if now_s < floor_s:
        return trouble.CLOCK_WRONG
    if not plan.window.opens_at - RELEASE_LEAD_S <= now_s <= plan.window.closes_at:
        return trouble.OUT_OF_WINDOW
    return None
