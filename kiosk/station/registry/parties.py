"""Who the station knows: its own keys, authors, proctors, terminals."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import insert, select, update

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.station.registry import Connection
from kiosk.station.registry.tables import parties


class Party(Struct, frozen=True):
    """A key record with when it was listed, and when revoked (UTC epoch seconds)."""

    record: KeyRecord
    enrolled_at: int
    revoked_at: int | None


def add(connection: Connection, record: KeyRecord, at: int) -> None:
    """Lists `record`; breaks a rule of the schema when its kid, or its terminal's name, is listed."""
    connection.execute(
        insert(parties).values(
            kid=record.kid,
            role=str(record.role),
            name=record.name,
            record=encode(record),
            enrolled_at=at,
        )
    )


def revoke(connection: Connection, kid: bytes, at: int) -> None:
    """Revokes a key; the first time counts."""
    connection.execute(
        update(parties)
        .where(parties.c.kid == kid, parties.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def every(connection: Connection, *roles: Role) -> tuple[Party, ...]:
    """All parties, or those of `roles`, revoked ones included, in the order they were listed."""
    query = select(parties.c.record, parties.c.enrolled_at, parties.c.revoked_at)
    if roles:
        query = query.where(parties.c.role.in_([str(role) for role in roles]))
    rows = connection.execute(query.order_by(parties.c.enrolled_at, parties.c.kid))
    return tuple(
        Party(decode(record, KeyRecord, "key record"), enrolled_at, revoked_at)
        for record, enrolled_at, revoked_at in rows
    )


def find(connection: Connection, kid: bytes) -> Party | None:
    row = connection.execute(
        select(parties.c.record, parties.c.enrolled_at, parties.c.revoked_at).where(
            parties.c.kid == kid
        )
    ).one_or_none()
    return None if row is None else Party(decode(row[0], KeyRecord, "key record"), row[1], row[2])
