"""Marking by people: who marks in a session, its scripts and items, whose turn each is, and every mark.

Marks and scripts are only added; turns are dealt again as long as nobody has marked in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, select, update

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import (
    marking_items,
    marking_people,
    markings,
    marks,
    packages,
    scripts,
    settlements,
    turns,
)


class MarkingRow(Struct, frozen=True):
    """A session's marking: `key` draws and names, `share` and `bound` are as they were said."""

    session: str
    key: bytes
    share: str
    bound: str
    opened_at: int


class ItemRow(Struct, frozen=True):
    """What markers see of an item; `content` is CBOR."""

    session: str
    exam: str
    item: str
    scoring_version: int
    content: bytes


class ScriptRow(Struct, frozen=True):
    """One answer; `doubled` if it was drawn to be marked twice."""

    handle: str
    session: str
    exam: str
    package: bytes
    item: str
    answer: str
    doubled: bool


class TurnRow(Struct, frozen=True):
    """`marker` is empty where any adjudicator may take it."""

    handle: str
    turn: str
    marker: str


class MarkRow(Struct, frozen=True):
    """A mark of `points` out of `most` (exact text), made of the numbers `given` (text, by blanks);
    `points` is None where the last one was taken back. `revision` counts from 1 in its turn."""

    handle: str
    turn: str
    revision: int
    marker: str
    given: str
    points: str | None
    most: str
    scoring_version: int
    given_at: int


class SettlementRow(Struct, frozen=True):
    """What a result was made of, and its leaf in the log."""

    package: bytes
    scoring_version: int
    marking: int
    leaf: bytes
    content: bytes


class Progress(Struct, frozen=True):
    """How many turns a marker has, and has marked."""

    dealt: int
    done: int


def find(connection: Connection, session: str) -> MarkingRow | None:
    row = connection.execute(select(markings).where(markings.c.session == session)).one_or_none()
    return None if row is None else MarkingRow(**row._mapping)


def every(connection: Connection) -> tuple[MarkingRow, ...]:
    rows = connection.execute(select(markings).order_by(markings.c.opened_at, markings.c.session))
    return tuple(MarkingRow(**row._mapping) for row in rows)


def put(connection: Connection, row: MarkingRow) -> None:
    """Opens a marking, or changes what it asks for from now on; its key stays."""
    if find(connection, row.session) is None:
        connection.execute(insert(markings).values(asdict(row)))
        return
    connection.execute(
        update(markings)
        .where(markings.c.session == row.session)
        .values(share=row.share, bound=row.bound)
    )


def people(connection: Connection, session: str, role: str) -> tuple[str, ...]:
    """The names of a session's markers or adjudicators."""
    rows = connection.execute(
        select(marking_people.c.name)
        .where(marking_people.c.session == session, marking_people.c.role == role)
        .order_by(marking_people.c.name)
    )
    return tuple(rows.scalars())


def set_people(connection: Connection, session: str, role: str, names: Iterable[str]) -> None:
    connection.execute(
        delete(marking_people).where(
            marking_people.c.session == session, marking_people.c.role == role
        )
    )
    for name in sorted(set(names)):
        connection.execute(insert(marking_people).values(session=session, name=name, role=role))


def put_item(connection: Connection, row: ItemRow) -> None:
    """An item for markers, in place of what an earlier scoring version told of it."""
    here = (
        marking_items.c.session == row.session,
        marking_items.c.exam == row.exam,
        marking_items.c.item == row.item,
    )
    changed = connection.execute(
        update(marking_items)
        .where(*here)
        .values(scoring_version=row.scoring_version, content=row.content)
    )
    if not changed.rowcount:
        connection.execute(insert(marking_items).values(asdict(row)))


def item(connection: Connection, script: ScriptRow) -> ItemRow:
    """The item that a script answers."""
    row = connection.execute(
        select(marking_items).where(
            marking_items.c.session == script.session,
            marking_items.c.exam == script.exam,
            marking_items.c.item == script.item,
        )
    ).one()
    return ItemRow(**row._mapping)


def items(connection: Connection, session: str) -> tuple[ItemRow, ...]:
    rows = connection.execute(
        select(marking_items)
        .where(marking_items.c.session == session)
        .order_by(marking_items.c.exam, marking_items.c.item)
    )
    return tuple(ItemRow(**row._mapping) for row in rows)


def add_script(connection: Connection, row: ScriptRow) -> None:
    connection.execute(insert(scripts).values(asdict(row) | {"doubled": int(row.doubled)}))


def find_script(connection: Connection, handle: str) -> ScriptRow | None:
    return next(iter(_scripts(connection, scripts.c.handle == handle)), None)


def scripts_of(connection: Connection, session: str) -> tuple[ScriptRow, ...]:
    return _scripts(connection, scripts.c.session == session)


def scripts_of_package(connection: Connection, package: bytes) -> tuple[ScriptRow, ...]:
    return _scripts(connection, scripts.c.package == package)


def add_turns(connection: Connection, rows: Sequence[TurnRow]) -> None:
    if rows:
        connection.execute(insert(turns), [asdict(row) for row in rows])


def give_turn(connection: Connection, row: TurnRow) -> None:
    """Hands an open turn to somebody else."""
    connection.execute(
        update(turns)
        .where(turns.c.handle == row.handle, turns.c.turn == row.turn)
        .values(marker=row.marker)
    )


def remove_turn(connection: Connection, handle: str, turn: str) -> None:
    """Takes a turn away that nobody has marked in."""
    connection.execute(
        delete(turns).where(
            turns.c.handle == handle,
            turns.c.turn == turn,
            ~exists().where(marks.c.handle == turns.c.handle, marks.c.turn == turns.c.turn),
        )
    )


def turns_of(connection: Connection, session: str) -> tuple[TurnRow, ...]:
    """Every turn of a session's scripts."""
    rows = connection.execute(
        select(turns)
        .join(scripts, scripts.c.handle == turns.c.handle)
        .where(scripts.c.session == session)
        .order_by(turns.c.handle, turns.c.turn)
    )
    return tuple(TurnRow(**row._mapping) for row in rows)


def turns_of_script(connection: Connection, handle: str) -> tuple[TurnRow, ...]:
    rows = connection.execute(select(turns).where(turns.c.handle == handle).order_by(turns.c.turn))
    return tuple(TurnRow(**row._mapping) for row in rows)


def open_turns(
    connection: Connection, session: str, marker: str | None = None, most: int | None = None
) -> tuple[TurnRow, ...]:
    """Turns that wait for a mark, in the order they are to be marked: those taken back first, then item
    by item.

    Args:
        marker: of this one alone; empty for those that any adjudicator may take.
    """
    query = (
        select(turns)
        .join(scripts, scripts.c.handle == turns.c.handle)
        .join(packages, packages.c.sha256 == scripts.c.package)
        .where(scripts.c.session == session, packages.c.state == "recorded", ~_is_marked())
        .order_by(~_has_record(), scripts.c.exam, scripts.c.item, turns.c.handle, turns.c.turn)
        .limit(most)
    )
    if marker is not None:
        query = query.where(turns.c.marker == marker)
    return tuple(TurnRow(**row._mapping) for row in connection.execute(query))


def progress(connection: Connection, session: str) -> dict[str, Progress]:
    """By marker, turns dealt and marked; of an adjudicator's those that were marked."""
    rows = connection.execute(
        select(turns.c.marker, func.count().label("dealt"), func.sum(_one_if(_is_marked())))
        .join(scripts, scripts.c.handle == turns.c.handle)
        .where(scripts.c.session == session, turns.c.marker != "")
        .group_by(turns.c.marker)
    )
    return {row[0]: Progress(row[1], int(row[2] or 0)) for row in rows}


def add_mark(connection: Connection, row: MarkRow) -> None:
    """Raises IntegrityError where somebody gave that revision before."""
    connection.execute(insert(marks).values(asdict(row)))


def marks_of_script(connection: Connection, handle: str) -> tuple[MarkRow, ...]:
    """Every mark a script ever got, in the order they were given."""
    return _marks(connection, marks.c.handle == handle)


def marks_of_package(connection: Connection, package: bytes) -> tuple[MarkRow, ...]:
    return _marks(connection, scripts.c.package == package)


def marks_of(connection: Connection, session: str) -> tuple[MarkRow, ...]:
    return _marks(connection, scripts.c.session == session)


def last_mark(connection: Connection, session: str, marker: str) -> MarkRow | None:
    """The newest record of a marker in a session."""
    rows = connection.execute(
        select(*_MARK)
        .join(scripts, scripts.c.handle == marks.c.handle)
        .where(scripts.c.session == session, marks.c.marker == marker)
        .order_by(marks.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if rows is None else MarkRow(**rows._mapping)


def newest(rows: Iterable[MarkRow]) -> dict[tuple[str, str], MarkRow]:
    """By script and turn the newest record, whether a mark or one taken back."""
    found: dict[tuple[str, str], MarkRow] = {}
    for row in rows:
        known = found.get((row.handle, row.turn))
        if known is None or known.revision < row.revision:
            found[row.handle, row.turn] = row
    return found


def add_settlement(connection: Connection, row: SettlementRow) -> None:
    connection.execute(insert(settlements).values(asdict(row)))


def settlements_of(connection: Connection, package: bytes) -> tuple[SettlementRow, ...]:
    rows = connection.execute(
        select(settlements)
        .where(settlements.c.package == package)
        .order_by(settlements.c.scoring_version, settlements.c.marking)
    )
    return tuple(SettlementRow(**row._mapping) for row in rows)


_MARK = tuple(marks.c[name] for name in MarkRow.__struct_fields__)


def _marks(connection: Connection, where: ColumnElement[bool]) -> tuple[MarkRow, ...]:
    rows = connection.execute(
        select(*_MARK)
        .join(scripts, scripts.c.handle == marks.c.handle)
        .where(where)
        .order_by(marks.c.id)
    )
    return tuple(MarkRow(**row._mapping) for row in rows)


def _scripts(connection: Connection, where: ColumnElement[bool]) -> tuple[ScriptRow, ...]:
    rows = connection.execute(
        select(scripts).where(where).order_by(scripts.c.exam, scripts.c.item, scripts.c.handle)
    )
    return tuple(ScriptRow(**dict(row._mapping) | {"doubled": bool(row.doubled)}) for row in rows)


def _has_record() -> ColumnElement[bool]:
    return exists().where(marks.c.handle == turns.c.handle, marks.c.turn == turns.c.turn)


def _is_marked() -> ColumnElement[bool]:
    """Whether the newest record of a turn is a mark, and not one taken back."""
    later = marks.alias("later")
    newer = exists().where(
        later.c.handle == marks.c.handle,
        later.c.turn == marks.c.turn,
        later.c.revision > marks.c.revision,
    )
    return exists().where(
        and_(
            marks.c.handle == turns.c.handle,
            marks.c.turn == turns.c.turn,
            marks.c.points.is_not(None),
            ~newer,
        )
    )


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
