"""The transparency log's rows: leaves, signed checkpoints, and the receipts made of them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, insert, select

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import checkpoints, leaves, packages, receipts


class Receipted(Struct, frozen=True):
    """A leaf, and whose package it is: what a receipt is for."""

    position: int
    leaf: bytes
    terminal: bytes
    number: int


class ReceiptRow(Struct, frozen=True):
    """A receipt by its leaf's position, made of the tree of `size` leaves."""

    position: int
    size: int
    content: bytes


# The statements of the hot path, built once.
_NEXT = select(func.coalesce(func.max(leaves.c.position) + 1, 0))
_APPEND = insert(leaves)


def append(connection: Connection, leaf: bytes, package: bytes | None, at: int) -> int:
    """Adds a leaf and returns its position; one of a result made of marks has no package."""
    position: int = connection.execute(_NEXT).scalar_one()
    row = {"position": position, "leaf": leaf, "package": package, "logged_at": at}
    connection.execute(_APPEND, row)
    return position


def every_leaf(connection: Connection) -> list[bytes]:
    """The leaf hashes, in their order."""
    return list(connection.execute(select(leaves.c.leaf).order_by(leaves.c.position)).scalars())


def unreceipted(connection: Connection) -> tuple[Receipted, ...]:
    rows = connection.execute(
        select(leaves.c.position, leaves.c.leaf, packages.c.terminal, packages.c.number)
        .join(packages, packages.c.sha256 == leaves.c.package)
        .outerjoin(receipts, receipts.c.position == leaves.c.position)
        .where(receipts.c.position.is_(None))
        .order_by(leaves.c.position)
    )
    return tuple(Receipted(**row._mapping) for row in rows)


def grown_since_checkpoint(connection: Connection) -> bool:
    """Whether there are leaves that no signed head covers."""
    signed = select(func.coalesce(func.max(checkpoints.c.size), 0)).scalar_subquery()
    last: int = connection.execute(select(_NEXT.scalar_subquery() - signed)).scalar_one()
    return last > 0


def add_checkpoint(connection: Connection, size: int, note: str, at: int) -> None:
    connection.execute(insert(checkpoints).values(size=size, note=note, signed_at=at))


def checkpoint_note(connection: Connection, size: int) -> str | None:
    """The note signed for a tree of `size` leaves."""
    note: str | None = connection.execute(
        select(checkpoints.c.note).where(checkpoints.c.size == size)
    ).scalar_one_or_none()
    return note


def every_checkpoint(connection: Connection) -> tuple[tuple[int, str], ...]:
    rows = connection.execute(
        select(checkpoints.c.size, checkpoints.c.note).order_by(checkpoints.c.size)
    )
    return tuple((size, note) for size, note in rows)


def add_receipts(connection: Connection, rows: Iterable[ReceiptRow]) -> None:
    if made := [asdict(row) for row in rows]:
        connection.execute(insert(receipts), made)


def receipt_of_package(connection: Connection, package: bytes) -> bytes | None:
    """The receipt of one package, by its digest."""
    found: bytes | None = connection.execute(
        select(receipts.c.content)
        .join(leaves, leaves.c.position == receipts.c.position)
        .where(leaves.c.package == package)
    ).scalar_one_or_none()
    return found


def receipts_of_leaves(connection: Connection, wanted: Iterable[bytes]) -> tuple[bytes, ...]:
    """The receipts of those leaves that have one."""
    rows = connection.execute(
        select(receipts.c.content)
        .join(leaves, leaves.c.position == receipts.c.position)
        .where(leaves.c.leaf.in_(list(wanted)))
        .order_by(leaves.c.position)
    )
    return tuple(rows.scalars())


def receipts_of(
    connection: Connection, packages_sha256: Iterable[bytes] | None = None
) -> tuple[tuple[Receipted, bytes], ...]:
    """The receipts of those packages that have one, of all where none are named, in the order of the log."""
    wanted = None if packages_sha256 is None else set(packages_sha256)
    rows = connection.execute(
        select(
            leaves.c.position,
            leaves.c.leaf,
            packages.c.terminal,
            packages.c.number,
            leaves.c.package,
            receipts.c.content,
        )
        .join(receipts, receipts.c.position == leaves.c.position)
        .join(packages, packages.c.sha256 == leaves.c.package)
        .order_by(leaves.c.position)
    )
    return tuple(
        (Receipted(row.position, row.leaf, row.terminal, row.number), row.content)
        for row in rows
        if wanted is None or row.package in wanted
    )


def place(connection: Connection, package: bytes) -> tuple[int | None, bool]:
    """A package's position in the log, and whether it has a receipt yet."""
    row = connection.execute(
        select(leaves.c.position, receipts.c.size)
        .outerjoin(receipts, receipts.c.position == leaves.c.position)
        .where(leaves.c.package == package)
    ).one_or_none()
    return (None, False) if row is None else (row.position, row.size is not None)


def last_checkpoint(connection: Connection) -> tuple[int, str, int] | None:
    """Size, note and instant of the newest signed checkpoint."""
    row = connection.execute(
        select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)
    ).one_or_none()
    return None if row is None else (row.size, row.note, row.signed_at)
