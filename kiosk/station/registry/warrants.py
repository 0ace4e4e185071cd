"""Who was admitted on proctors' word, and whom the station found to have sat there."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import insert, select

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import confirmations, packages, warrants


class WarrantRow(Struct, frozen=True):
    """The package of a sitting that began without an ID (`no_id`) or with a `reserve` number; `name` is
    what was said at the seat."""

    package: bytes
    kind: str
    name: str


class ConfirmationRow(Struct, frozen=True):
    """Who it was: the name, and the candidate number this sitting belongs to where there is one."""

    session: str
    candidate: str
    name: str
    belongs_to: str
    confirmed_at: int


def add(connection: Connection, row: WarrantRow) -> None:
    connection.execute(insert(warrants), asdict(row))


def of_session(connection: Connection, session: str) -> dict[str, WarrantRow]:
    """By candidate: the warrant of the sitting, where it had one."""
    rows = connection.execute(
        select(packages.c.candidate, warrants)
        .join(warrants, warrants.c.package == packages.c.sha256)
        .where(packages.c.session == session)
        .order_by(packages.c.number)
    )
    return {row.candidate: WarrantRow(row.package, row.kind, row.name) for row in rows}


def confirm(connection: Connection, row: ConfirmationRow) -> None:
    connection.execute(insert(confirmations), asdict(row))


def confirmed_in(connection: Connection, session: str) -> dict[str, ConfirmationRow]:
    """By candidate: the last confirmation of the sitting."""
    columns = [column for column in confirmations.c if column.name != "id"]
    rows = connection.execute(
        select(*columns).where(confirmations.c.session == session).order_by(confirmations.c.id)
    )
    return {row.candidate: ConfirmationRow(**row._mapping) for row in rows}
