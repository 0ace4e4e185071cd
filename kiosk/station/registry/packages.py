"""What came back: packages and their numbers, proctors' logs, and every file that was seen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, insert, select, update

from kiosk.station.registry import Connection, plans
from kiosk.station.registry.tables import (
    absences,
    confirmations,
    package_files,
    package_legs,
    package_numbers,
    packages,
    parties,
    proctor_logs,
    reserves,
    roster,
    seen_files,
    session_terminals,
)


class PackageRow(Struct, frozen=True):
    """A package whose terminal's signature holds. `candidate`, `attempt` and `answers_sha256` are
    None while it is quarantined."""

    sha256: bytes
    terminal: bytes
    number: int
    session: str
    candidate: str | None
    attempt: int | None
    answers_sha256: bytes | None
    state: str
    reason: str
    received_at: int


class LegRow(Struct, frozen=True):
    """A terminal that a package's sitting was at before, oldest first by `position`; `how` it left:
    transfer or mirror."""

    package: bytes
    position: int
    terminal: bytes
    how: str


class SeenFile(Struct, frozen=True):
    """One file given to the station and what became of it; `kept` is where a refused one lies."""

    sha256: bytes
    name: str
    verdict: str
    reason: str
    kept: str
    seen_at: int


class LogRow(Struct, frozen=True):
    """A proctor's log as it came; `content` is the signed artefact."""

    sha256: bytes
    session: str
    proctor: bytes
    written_at: int
    content: bytes
    received_at: int


_COLUMNS = tuple(packages.c[name] for name in PackageRow.__struct_fields__)

# The statements of the hot path, built once: building one costs more than running it.
_FIND = select(packages).where(packages.c.sha256 == bindparam("digest"))
_ADD = insert(packages)
_ADD_FILE = insert(package_files)
_OF_SITTING = select(packages).where(
    packages.c.session == bindparam("of_session"),
    packages.c.candidate == bindparam("of_candidate"),
    packages.c.attempt == bindparam("of_attempt"),
)
_SEE = insert(seen_files)
_NUMBER = {column.name: bindparam(column.name, type_=column.type) for column in package_numbers.c}
_TELL = insert(package_numbers).from_select(
    list(_NUMBER),
    select(*_NUMBER.values()).where(
        ~exists().where(
            package_numbers.c.terminal == _NUMBER["terminal"],
            package_numbers.c.number == _NUMBER["number"],
            package_numbers.c.sha256 == _NUMBER["sha256"],
        )
    ),
)


_LOGS = select(proctor_logs).order_by(proctor_logs.c.written_at)
_OF_LOGS = _LOGS.where(proctor_logs.c.session == bindparam("of_session"))


def find(connection: Connection, sha256: bytes) -> PackageRow | None:
    row = connection.execute(_FIND, {"digest": sha256}).one_or_none()
    return None if row is None else PackageRow(**row._mapping)


def add(connection: Connection, row: PackageRow, content: bytes) -> None:
    """Writes a package with its bytes, in the one transaction that makes both last."""
    connection.execute(_ADD, asdict(row))
    connection.execute(_ADD_FILE, {"sha256": row.sha256, "content": content})


def content(connection: Connection, sha256: bytes) -> bytes | None:
    """The bytes of a package, as its terminal signed them."""
    found: bytes | None = connection.execute(
        select(package_files.c.content).where(package_files.c.sha256 == sha256)
    ).scalar_one_or_none()
    return found


def accept(connection: Connection, row: PackageRow) -> None:
    """Gives a quarantined package the place it would have had at once."""
    connection.execute(
        update(packages)
        .where(packages.c.sha256 == row.sha256, packages.c.state == "quarantined")
        .values(asdict(row))
    )


def of_sitting(
    connection: Connection, session: str, candidate: str, attempt: int
) -> tuple[PackageRow, ...]:
    """Every opened package of one sitting."""
    sitting = {"of_session": session, "of_candidate": candidate, "of_attempt": attempt}
    rows = connection.execute(_OF_SITTING, sitting)
    return tuple(PackageRow(**row._mapping) for row in rows)


def add_legs(connection: Connection, rows: Iterable[LegRow]) -> None:
    for row in rows:
        connection.execute(insert(package_legs), asdict(row))


def legs(connection: Connection, sha256s: Iterable[bytes]) -> tuple[LegRow, ...]:
    """The terminals that the sittings of packages were at before."""
    rows = connection.execute(
        select(package_legs)
        .where(package_legs.c.package.in_(list(sha256s)))
        .order_by(package_legs.c.package, package_legs.c.position)
    )
    return tuple(LegRow(**row._mapping) for row in rows)


def legs_in(connection: Connection, session: str, candidate: str = "") -> tuple[LegRow, ...]:
    """`legs` of every package of a session, or of one candidate."""
    rows = connection.execute(
        select(package_legs)
        .join(packages, packages.c.sha256 == package_legs.c.package)
        .where(_of(session, candidate))
        .order_by(package_legs.c.package, package_legs.c.position)
    )
    return tuple(LegRow(**row._mapping) for row in rows)


def of_session(connection: Connection, session: str, candidate: str = "") -> tuple[PackageRow, ...]:
    """Every package of a session, or of one candidate."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(_of(session, candidate))
        .order_by(packages.c.terminal, packages.c.number, packages.c.sha256)
    )
    return tuple(PackageRow(*row) for row in rows)


def _of(session: str, candidate: str) -> ColumnElement[bool]:
    where = packages.c.session == session
    return where & (packages.c.candidate == candidate) if candidate else where


def settled(connection: Connection) -> dict[bytes, str]:
    """The session of every package, by digest, that need not be examined again."""
    query = select(packages.c.sha256, packages.c.session).where(packages.c.state != "quarantined")
    return {row.sha256: row.session for row in connection.execute(query)}


def set_conflict(connection: Connection, sha256s: Iterable[bytes], reason: str) -> None:
    """Marks packages of one sitting that contradict each other."""
    connection.execute(
        update(packages)
        .where(packages.c.sha256.in_(list(sha256s)))
        .values(state="conflict", reason=reason)
    )


def set_decided(connection: Connection, session: str, candidate: str, counts: bytes | None) -> None:
    """Lets one package of a candidate count, or none; the others are overruled."""
    connection.execute(
        update(packages)
        .where(packages.c.session == session, packages.c.candidate == candidate)
        .values(state=case((packages.c.sha256 == counts, "recorded"), else_="overruled"))
    )


def tell_numbers(
    connection: Connection, terminal: bytes, lines: Iterable[tuple[int, str, bytes]]
) -> None:
    """Notes numbers a terminal says it gave: number, session, digest of the package."""
    rows = [
        {"terminal": terminal, "number": number, "session": session, "sha256": sha256}
        for number, session, sha256 in lines
    ]
    if rows:
        connection.execute(_TELL, rows)


def told_numbers(
    connection: Connection, session: str = ""
) -> tuple[tuple[bytes, int, str, bool], ...]:
    """Every (terminal, number, session, whether a package of it is here) that a terminal's signature
    vouches for; of the terminals of one session, or of all."""
    query = _told(bool(session))
    rows = connection.execute(query, {"of_session": session} if session else {})
    return tuple((kid, number, of, bool(here)) for kid, number, of, here in rows)


@cache
def _told(of_session: bool) -> Select[Any]:
    held = exists().where(packages.c.sha256 == package_numbers.c.sha256)
    query = (
        select(
            package_numbers.c.terminal,
            package_numbers.c.number,
            func.max(package_numbers.c.session),
            func.max(case((held, 1), else_=0)),
        )
        .group_by(package_numbers.c.terminal, package_numbers.c.number)
        .order_by(package_numbers.c.terminal, package_numbers.c.number)
    )
    if of_session:
        query = query.join(
            session_terminals, session_terminals.c.terminal == package_numbers.c.terminal
        ).where(session_terminals.c.session == bindparam("of_session"))
    return query


def see(connection: Connection, file: SeenFile) -> None:
    connection.execute(_SEE, asdict(file))


def seen(connection: Connection) -> tuple[SeenFile, ...]:
    columns = [column for column in seen_files.c if column.name != "id"]
    rows = connection.execute(select(*columns).order_by(seen_files.c.id))
    return tuple(SeenFile(**row._mapping) for row in rows)


def last_seen(connection: Connection, limit: int) -> tuple[SeenFile, ...]:
    """The last files that were seen, newest first."""
    columns = [column for column in seen_files.c if column.name != "id"]
    rows = connection.execute(select(*columns).order_by(seen_files.c.id.desc()).limit(limit))
    return tuple(SeenFile(**row._mapping) for row in rows)


def find_log(connection: Connection, sha256: bytes) -> bool:
    query = select(proctor_logs.c.sha256).where(proctor_logs.c.sha256 == sha256)
    return connection.execute(query).first() is not None


def add_log(connection: Connection, row: LogRow, absent: Iterable[str]) -> None:
    """Writes a proctor's log with the candidates that it notes as absent."""
    connection.execute(insert(proctor_logs).values(asdict(row)))
    rows = [
        {"log": row.sha256, "session": row.session, "candidate": one, "proctor": row.proctor}
        for one in sorted(set(absent))
    ]
    if rows:
        connection.execute(insert(absences), rows)


def sittings_missing(connection: Connection, session: str) -> tuple[plans.RosterRow, ...]:
    """The candidates of a roster from whom no opened package came; of a reserve number nobody waits for
    one, nor of a candidate who was found to have sat with it."""
    of_candidate = (packages.c.session == roster.c.session) & (
        packages.c.candidate == roster.c.candidate
    )
    is_reserve = (reserves.c.session == roster.c.session) & (
        reserves.c.candidate == roster.c.candidate
    )
    rows = connection.execute(
        select(roster)
        .where(
            roster.c.session == session,
            ~exists().where(of_candidate),
            ~exists().where(is_reserve),
            roster.c.candidate.not_in(sat_with_reserve(session)),
        )
        .order_by(roster.c.candidate)
    )
    return tuple(plans.RosterRow(**row._mapping) for row in rows)


def absent_by(connection: Connection, session: str) -> dict[str, tuple[str, ...]]:
    """By candidate: the names of the proctors whose logs say that nobody was there, each once, in the order
    they wrote."""
    found: dict[str, dict[str, None]] = {}
    rows = connection.execute(
        select(absences.c.candidate, parties.c.name)
        .join(parties, parties.c.kid == absences.c.proctor)
        .join(proctor_logs, proctor_logs.c.sha256 == absences.c.log)
        .where(absences.c.session == session)
        .order_by(proctor_logs.c.written_at, parties.c.name)
    )
    for candidate, name in rows:
        found.setdefault(candidate, {})[name] = None
    return {candidate: tuple(names) for candidate, names in found.items()}


def sat_with_reserve(session: str | ColumnElement[str]) -> Select[Any]:
    """The numbers of those who were found to have sat with a reserve number."""
    return select(confirmations.c.belongs_to).where(confirmations.c.session == session)


def logs(connection: Connection, session: str = "") -> tuple[LogRow, ...]:
    """The proctors' logs of one session, or all, in the order they were written."""
    query = _OF_LOGS if session else _LOGS
    rows = connection.execute(query, {"of_session": session} if session else {})
    return tuple(LogRow(**row._mapping) for row in rows)
