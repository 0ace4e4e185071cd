"""Who may use the console, who is signed in, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import LargeBinary, Select, bindparam, delete, insert, select, update

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import console_acts, user_roles, users, visits


class UserRow(Struct, frozen=True):
    """A person; `password` is its Argon2id hash in PHC form."""

    name: str
    password: str
    created_at: int
    disabled_at: int | None
    roles: tuple[str, ...]


class VisitRow(Struct, frozen=True):
    """A browser that is signed in, known by the SHA-256 of its token."""

    token_sha256: bytes
    user: str
    begun_at: int
    seen_at: int


class Act(Struct, frozen=True):
    """Something that somebody did: `who`, to what, and from where (an address)."""

    at: int
    who: str
    act: str
    subject: str
    note: str = ""
    origin: str = ""


def add(connection: Connection, name: str, password: str, roles: Iterable[str], at: int) -> None:
    """A new person; breaks a rule of the schema when the name is taken."""
    connection.execute(insert(users).values(name=name, password=password, created_at=at))
    _grant(connection, name, roles)


def find(connection: Connection, name: str) -> UserRow | None:
    return next((row for row in every(connection, name)), None)


def every(connection: Connection, name: str | None = None) -> tuple[UserRow, ...]:
    """All users by name, disabled ones included, or the one of that name."""
    query = select(users).order_by(users.c.name)
    granted = select(user_roles).order_by(user_roles.c.role)
    if name is not None:
        query = query.where(users.c.name == name)
        granted = granted.where(user_roles.c.user == name)
    roles: dict[str, list[str]] = {}
    for row in connection.execute(granted):
        roles.setdefault(row.user, []).append(row.role)
    return tuple(
        UserRow(**row._mapping, roles=tuple(roles.get(row.name, ())))
        for row in connection.execute(query)
    )


def set_password(connection: Connection, name: str, password: str) -> None:
    connection.execute(update(users).where(users.c.name == name).values(password=password))


def set_roles(connection: Connection, name: str, roles: Iterable[str]) -> None:
    connection.execute(delete(user_roles).where(user_roles.c.user == name))
    _grant(connection, name, roles)


def set_disabled(connection: Connection, name: str, at: int | None) -> None:
    connection.execute(update(users).where(users.c.name == name).values(disabled_at=at))


def _grant(connection: Connection, name: str, roles: Iterable[str]) -> None:
    rows = [{"user": name, "role": role} for role in sorted(set(roles))]
    if rows:
        connection.execute(insert(user_roles), rows)


def begin_visit(connection: Connection, visit: VisitRow) -> None:
    connection.execute(insert(visits).values(asdict(visit)))


def signed_in(connection: Connection, token_sha256: bytes) -> tuple[VisitRow, UserRow] | None:
    """The visit that a browser's token names, and whose it is, disabled or not."""
    rows = connection.execute(_signed_in(), {"token": token_sha256}).all()
    if not rows:
        return None
    row = rows[0]
    visit = VisitRow(token_sha256, row.name, row.begun_at, row.seen_at)
    roles = tuple(one.role for one in rows if one.role is not None)
    return visit, UserRow(row.name, row.password, row.created_at, row.disabled_at, roles)


@cache
def _signed_in() -> Select[Any]:
    # Every page asks this, and building a statement costs more than running it.
    return (
        select(visits.c.begun_at, visits.c.seen_at, *users.c, user_roles.c.role)
        .join(users, users.c.name == visits.c.user)
        .outerjoin(user_roles, user_roles.c.user == users.c.name)
        .where(visits.c.token_sha256 == bindparam("token", type_=LargeBinary))
        .order_by(user_roles.c.role)
    )


def see_visit(connection: Connection, token_sha256: bytes, at: int) -> None:
    connection.execute(
        update(visits).where(visits.c.token_sha256 == token_sha256).values(seen_at=at)
    )


def end_visit(connection: Connection, token_sha256: bytes) -> None:
    connection.execute(delete(visits).where(visits.c.token_sha256 == token_sha256))


def end_visits_of(connection: Connection, user: str) -> None:
    """Signs a person out everywhere."""
    connection.execute(delete(visits).where(visits.c.user == user))


def end_visits_begun_before(connection: Connection, at: int) -> None:
    """Forgets visits that are over anyway."""
    connection.execute(delete(visits).where(visits.c.begun_at < at))


def note(connection: Connection, act: Act) -> None:
    """Writes down an act, in the transaction of what was done."""
    connection.execute(insert(console_acts).values(asdict(act)))


def noted(connection: Connection, limit: int, who: str = "") -> tuple[Act, ...]:
    """The last acts, newest first; of one person where `who` is given."""
    columns = [column for column in console_acts.c if column.name != "id"]
    query = select(*columns).order_by(console_acts.c.id.desc()).limit(limit)
    if who:
        query = query.where(console_acts.c.who == who)
    return tuple(Act(**row._mapping) for row in connection.execute(query))
