"""The people who use the console: their roles, what each role may do, their passwords.

A person may have several roles; what one may do is what any of them may. Passwords are kept as
Argon2id (RFC 9106) in PHC form. Somebody with the role `admin` is always left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.home import Station
from kiosk.station.registry import Connection, IntegrityError, users
from kiosk.words import mark

LEAST_PASSWORD = 12
MOST_PASSWORD = 200
MOST_NAME = 64


class Right(StrEnum):
    """What somebody may do at the console."""

    SEE = "see"  # what is planned, what came back
    RESULTS = "results"
    ACT = "act"  # on results and certificates; which acts: `acts.MAY`
    PLAN = "plan"  # plan, publish
    IMPORT = "import"
    DECIDE = "decide"  # conflicts, whose a withheld result is
    MARK = "mark"
    ANALYSE = "analyse"
    GROUP = "group"  # who belongs to which group, for analyses
    AUDIT = "audit"  # who did what, the log
    ADMINISTER = "administer"  # users


class UserRole(StrEnum):
    ADMIN = "admin"
    PLANNER = "planner"
    MARKER = "marker"
    ANALYST = "analyst"
    AUDITOR = "auditor"


RIGHTS = {
    UserRole.ADMIN: frozenset(Right),
    UserRole.PLANNER: frozenset({Right.SEE, Right.RESULTS, Right.ACT, Right.PLAN, Right.IMPORT}),
    # Marking is anonymous: a marker sees no roster and no result.
    UserRole.MARKER: frozenset({Right.MARK}),
    UserRole.ANALYST: frozenset({Right.SEE, Right.RESULTS, Right.ANALYSE, Right.GROUP}),
    # Reads everything, changes nothing.
    UserRole.AUDITOR: frozenset({Right.SEE, Right.RESULTS, Right.ANALYSE, Right.AUDIT}),
}

ROLE_WORDS = {
    UserRole.ADMIN: mark("Administrator"),
    UserRole.PLANNER: mark("Planner"),
    UserRole.MARKER: mark("Marker"),
    UserRole.ANALYST: mark("Analyst"),
    UserRole.AUDITOR: mark("Auditor (reads only)"),
}


class User(Struct, frozen=True):
    """Somebody who is known here."""

    name: str
    roles: tuple[UserRole, ...]

    def may(self, right: Right) -> bool:
        return any(right in RIGHTS[role] for role in self.roles)


def add_user(
    station: Station,
    name: str,
    password: str,
    roles: Iterable[UserRole],
    now: datetime,
    *,
    by: str,
) -> User:
    """Lets somebody in from now on.

    Args:
        by: who does it, for the record of acts.

    Raises:
        InputRefused: no name, a name that is taken, no role, or a password that is easily guessed.
    """
    name = name.strip()
    wanted = _wanted(roles)
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise InputRefused(
            mark("a user needs a name of 1 to {most} characters"),
            remedy=mark("Write the name people know the person by"),
            most=MOST_NAME,
        )
    hashed = _hashed(name, password)
    at = int(now.timestamp())
    try:
        with station.registry.writing() as connection:
            users.add(connection, name, hashed, wanted, at)
            _note(connection, at, by, mark("user added"), name, ", ".join(wanted))
    except IntegrityError as fault:
        raise InputRefused(
            mark("there is a user {name} already"),
            remedy=mark("Choose another name, or change that user"),
            name=name,
        ) from fault
    return User(name, wanted)


def set_password(station: Station, name: str, password: str, now: datetime, *, by: str) -> None:
    """Gives somebody a new password, and ends the visits begun with the old one.

    Raises:
        InputRefused: no such user, or a password that is easily guessed.
    """
    hashed = _hashed(name, password)
    at = int(now.timestamp())
    with station.registry.writing() as connection:
        _require(connection, name)
        users.set_password(connection, name, hashed)
        users.end_visits_of(connection, name)
        _note(connection, at, by, mark("password changed"), name)


def set_roles(
    station: Station, name: str, roles: Iterable[UserRole], now: datetime, *, by: str
) -> None:
    """Changes what somebody may do, from the next page on.

    Raises:
        InputRefused: no such user, or no role.
        NotPermitted: nobody would be left to administer.
    """
    wanted = _wanted(roles)
    at = int(now.timestamp())
    with station.registry.writing() as connection:
        _require(connection, name)
        users.set_roles(connection, name, wanted)
        _require_admin(connection)
        _note(connection, at, by, mark("roles changed"), name, ", ".join(wanted))


def set_disabled(station: Station, name: str, disabled: bool, now: datetime, *, by: str) -> None:
    """Shuts somebody out, at once, or lets them in again.

    Raises:
        InputRefused: no such user.
        NotPermitted: nobody would be left to administer.
    """
    at = int(now.timestamp())
    done = mark("user shut out") if disabled else mark("user let in again")
    with station.registry.writing() as connection:
        _require(connection, name)
        users.set_disabled(connection, name, at if disabled else None)
        if disabled:
            users.end_visits_of(connection, name)
        _require_admin(connection)
        _note(connection, at, by, done, name)


def authenticate(station: Station, name: str, password: str) -> User | None:
    """The user of that name and password; None takes as long for a name that nobody has."""
    with station.registry.reading() as connection:
        row = users.find(connection, name.strip())
    known = row is not None and row.disabled_at is None
    try:
        _hasher().verify(row.password if row is not None else _nobodys(), password[:MOST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return user_of(row) if known and row is not None else None


def user_of(row: users.UserRow) -> User:
    return User(row.name, tuple(UserRole(role) for role in row.roles))


def _wanted(roles: Iterable[UserRole]) -> tuple[UserRole, ...]:
    wanted = tuple(sorted(set(roles)))
    if not wanted:
        raise InputRefused(
            mark("a user needs a role"), remedy=mark("Choose at least one of the roles")
        )
    return wanted


def _hashed(name: str, password: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise InputRefused(
            mark("a password has {least} to {most} characters"),
            remedy=mark("A few words in a row are easy to keep and hard to guess"),
            least=LEAST_PASSWORD,
            most=MOST_PASSWORD,
        )
    if name.casefold() in password.casefold() or len(set(password)) < LEAST_PASSWORD // 2:
        raise InputRefused(
            mark("this password is easily guessed"),
            remedy=mark("A few words in a row are easy to keep and hard to guess"),
        )
    return _hasher().hash(password)


def _require(connection: Connection, name: str) -> None:
    if users.find(connection, name) is None:
        raise InputRefused(
            mark("there is no user {name}"), remedy=mark("Look at the list of users"), name=name
        )


def _require_admin(connection: Connection) -> None:
    if not any(
        UserRole.ADMIN in row.roles and row.disabled_at is None for row in users.every(connection)
    ):
        raise NotPermitted(
            mark("nobody would be left to administer this station"),
            remedy=mark("Make somebody else an administrator first"),
        )


def _note(
    connection: Connection, at: int, who: str, act: str, subject: str, note: str = ""
) -> None:
    users.note(connection, users.Act(at, who, act, subject, note))


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash that names nobody has are compared with, so that time tells nothing."""
    return _hasher().hash("a password that nobody has")
