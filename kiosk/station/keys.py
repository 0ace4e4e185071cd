"""Session keys at rest, and what they open again at the station.

K_s stands in the registry sealed (HPKE) to the station's own opening key. So a copy of the registry,
a backup say, opens no roster and no bank; and the one key an importing process has to read is the
opening key it needs for the packages anyway.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct

from kiosk.artefacts.common_start import start_key
from kiosk.artefacts.keys import KeyRecord, Opener, sealing_key
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.sealing import context, hpke_seal
from kiosk.artefacts.session import (
    SessionPlan,
    SessionSecrets,
    open_secrets,
    read_session,
    session_file,
)
from kiosk.errors import InputRefused
from kiosk.station.home import Station
from kiosk.station.registry.plans import SessionRow
from kiosk.trust.durable import storage
from kiosk.words import mark

_CONTEXT = "kiosk/session-key/1"


class OpenedSession(Struct, frozen=True):
    """A session as the station wrote it, both parts, and the key of its start codes."""

    plan: SessionPlan
    secrets: SessionSecrets
    sha256: bytes
    start: bytes


def seal_session_key(key: bytes, session: str, opening: KeyRecord) -> bytes:
    """K_s sealed to the station's opening key."""
    return hpke_seal(sealing_key(opening), key, context(_CONTEXT, session))


def open_session_key(sealed: bytes, session: str, opening: Opener) -> bytes:
    """What `seal_session_key` sealed."""
    return opening.open(sealed, context(_CONTEXT, session))


def session_bytes(station: Station, row: SessionRow) -> bytes:
    """The `.session` as it was written.

    Raises:
        InputRefused: the file in the station's folder was changed.
    """
    path = station.folder / "sessions" / row.file
    with storage(path):
        data = path.read_bytes()
    if hashlib.sha256(data).digest() != row.sha256:
        raise InputRefused(
            mark("the session file is not the one that was planned"),
            where=str(path),
            remedy=mark("Bring the station's folder back from its backup"),
        )
    return data


def open_plan(station: Station, row: SessionRow) -> SessionPlan:
    """The open part of a session."""
    return session_file(
        read_session(session_bytes(station, row)), station.record(Role.STATION)
    ).plan


def open_session(station: Station, row: SessionRow) -> OpenedSession:
    """The session's plan, roster, forms and bank keys."""
    file = session_file(read_session(session_bytes(station, row)), station.record(Role.STATION))
    key = open_session_key(row.sealed_key, row.id, station.keys(Role.OPENING))
    start = start_key(key, row.id)
    return OpenedSession(file.plan, open_secrets(file, key), row.sha256, start)
