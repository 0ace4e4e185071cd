"""Publishing: the signed repository for terminals, and the releases for proctors' devices, apart.

A terminal's stick and a release together open a session where a proctor signs; so they never lie in
one folder, and `publish` refuses to put them there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.certificate import REVOKED_TARGET
from kiosk.artefacts.codec import encode
from kiosk.errors import InputRefused
from kiosk.station.banks import bank_bytes, target_name
from kiosk.station.certificates.issuing import revoked_list
from kiosk.station.home import AFTER_LAST_WINDOW, Station
from kiosk.station.keys import session_bytes
from kiosk.station.registry import certificates, plans
from kiosk.trust.durable import storage, write_durable
from kiosk.trust.repository import Repository
from kiosk.words import mark


class Published(Struct, frozen=True):
    """What the stick and the releases folder now hold; `expires_at` is UTC epoch seconds."""

    sessions: tuple[str, ...]
    banks: tuple[str, ...]
    releases: tuple[str, ...]
    to: str
    releases_to: str
    expires_at: int


def session_target(session: str) -> str:
    """The name of a session's file in the trust repository."""
    return f"sessions/{session}.session"


def publish(station: Station, to: Path, releases: Path | None, now: datetime) -> Published:
    """Signs trust list, banks and the sessions still to come or just over, and writes them out.

    Args:
        to: the folder that goes to the terminals.
        releases: the folder for proctors' devices; None where releases go out another day.

    Raises:
        InputRefused: one folder lies inside the other.
        StorageFault: a disk refuses; the repository in `to` is the old one or the new one.
    """
    if releases is not None:
        _require_apart(to, releases)
    with station.registry.reading() as connection:
        known = plans.every_session(connection)
        sessions = [row for row in known if _ends(row) > now]
        used = {
            (exam.bank, exam.version)
            for row in sessions
            for exam in plans.exams_of(connection, row.id)
        }
        banks = plans.every_bank(connection)
    repository = station.repository()
    station.draft_trust_list(now)
    for bank in banks:
        name = target_name(bank.bank, bank.version)
        if (bank.bank, bank.version) in used:
            repository.put(name, bank_bytes(station, bank))
        else:
            repository.remove(name)
    for session in known:
        if session in sessions:
            repository.put(session_target(session.id), session_bytes(station, session))
        else:
            repository.remove(session_target(session.id))
    _put_revoked(station, repository, now)
    expires = max((_ends(row) for row in sessions), default=now + AFTER_LAST_WINDOW)
    repository.publish(now=now, expires=expires)
    # Noted before it leaves: from here on the plan no longer changes, even if the stick is pulled.
    with station.registry.writing() as connection:
        for row in sessions:
            plans.mark_published(connection, row.id, int(now.timestamp()))
    repository.export(to)
    if releases is not None:
        for row in sessions:
            path = station.folder / "sessions" / row.release_file
            with storage(path):
                data = path.read_bytes()
            write_durable(releases / f"{row.id}.release", data)
    return Published(
        sessions=tuple(row.id for row in sessions),
        banks=tuple(target_name(bank, version) for bank, version in sorted(used)),
        releases=tuple(f"{row.id}.release" for row in sessions if releases is not None),
        to=str(to),
        releases_to="" if releases is None else str(releases),
        expires_at=int(expires.timestamp()),
    )


def _put_revoked(station: Station, repository: Repository, now: datetime) -> None:
    """Puts the list of certificates that were revoked into the draft, once there are certificates."""
    with station.registry.reading() as connection:
        if not certificates.issued(connection):
            return
        revoked = revoked_list(connection, now)
    repository.put(REVOKED_TARGET, encode(revoked))


def _ends(row: plans.SessionRow) -> datetime:
    """When nobody needs a session's files any more."""
    return datetime.fromtimestamp(row.closes_at, UTC) + AFTER_LAST_WINDOW


def _require_apart(to: Path, releases: Path) -> None:
    stick, desk = to.resolve(), releases.resolve()
    if stick == desk or stick in desk.parents or desk in stick.parents:
        raise InputRefused(
            mark("the releases would lie with the terminals' files"),
            where=str(releases),
            remedy=mark(
                "Name a folder of another stick: a terminal's stick with a release on it is a key beside "
                "its lock"
            ),
        )
