"""The public keys that people sign in with beside their passwords."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import delete, insert, select, update

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import passkeys


class PasskeyRow(Struct, frozen=True):
    """A passkey of a user; `public_key` is a COSE key, `sign_count` what its authenticator told last."""

    credential: bytes
    user: str
    name: str
    public_key: bytes
    sign_count: int
    created_at: int
    used_at: int | None = None


def add(connection: Connection, row: PasskeyRow) -> None:
    """A new passkey; breaks a rule of the schema when the credential is known."""
    connection.execute(insert(passkeys).values(asdict(row)))


def find(connection: Connection, credential: bytes) -> PasskeyRow | None:
    row = connection.execute(
        select(passkeys).where(passkeys.c.credential == credential)
    ).one_or_none()
    return None if row is None else PasskeyRow(**row._mapping)


def of_user(connection: Connection, user: str) -> tuple[PasskeyRow, ...]:
    """A person's passkeys, the oldest first."""
    rows = connection.execute(
        select(passkeys)
        .where(passkeys.c.user == user)
        .order_by(passkeys.c.created_at, passkeys.c.credential)
    )
    return tuple(PasskeyRow(**row._mapping) for row in rows)


def use(connection: Connection, credential: bytes, sign_count: int, at: int) -> None:
    """Notes that somebody signed in with it."""
    connection.execute(
        update(passkeys)
        .where(passkeys.c.credential == credential)
        .values(sign_count=sign_count, used_at=at)
    )


def remove(connection: Connection, user: str, credential: bytes | None = None) -> int:
    """Takes away a passkey of a person, or all of them; how many that were."""
    query = delete(passkeys).where(passkeys.c.user == user)
    if credential is not None:
        query = query.where(passkeys.c.credential == credential)
    return connection.execute(query).rowcount
