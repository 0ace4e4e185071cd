"""What came back: packages and their numbers, proctors' logs, and every file that was seen."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import bindparam, case, exists, insert, select, update

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import (
    package_files,
    package_legs,
    package_numbers,
    packages,
    proctor_logs,
    seen_files,
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


def of_candidate(connection: Connection, session: str, candidate: str) -> tuple[PackageRow, ...]:
    """Every opened package of one candidate, in the order of `of_session`."""
    rows = connection.execute(
        select(packages)
        .where(packages.c.session == session, packages.c.candidate == candidate)
        .order_by(packages.c.terminal, packages.c.number, packages.c.sha256)
    )
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


def of_session(connection: Connection, session: str) -> tuple[PackageRow, ...]:
    rows = connection.execute(
        select(packages)
        .where(packages.c.session == session)
        .order_by(packages.c.terminal, packages.c.number, packages.c.sha256)
    )
    return tuple(PackageRow(**row._mapping) for row in rows)


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


def told_numbers(connection: Connection) -> tuple[tuple[bytes, int, str, bytes], ...]:
    """Every (terminal, number, session, digest) that a terminal's signature vouches for."""
    rows = connection.execute(
        select(package_numbers).order_by(package_numbers.c.terminal, package_numbers.c.number)
    )
    return tuple((row.terminal, row.number, row.session, row.sha256) for row in rows)


def digests(connection: Connection) -> frozenset[bytes]:
    """The digest of every package the station holds, whatever its state."""
    return frozenset(connection.execute(select(packages.c.sha256)).scalars())


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


def add_log(connection: Connection, row: LogRow) -> None:
    connection.execute(insert(proctor_logs).values(asdict(row)))


def logs(connection: Connection) -> tuple[LogRow, ...]:
    rows = connection.execute(select(proctor_logs).order_by(proctor_logs.c.written_at))
    return tuple(LogRow(**row._mapping) for row in rows)
