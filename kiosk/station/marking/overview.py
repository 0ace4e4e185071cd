"""How a session's marking stands: item by item, person by person, and how at one the markers are."""

from __future__ import annotations

from collections import Counter, defaultdict

from msgspec import Struct

from kiosk.artefacts.codec import decode
from kiosk.errors import InputRefused
from kiosk.station.marking.deciding import Decision, Turn, decide, read_bound
from kiosk.station.marking.opening import MarkedItem
from kiosk.station.marking.settling import given
from kiosk.station.marking.statistics import (
    Marked,
    MarkerFigures,
    agreement,
    figures,
    pairs_of,
)
from kiosk.station.registry import Connection, markings
from kiosk.words import mark


class ItemLine(Struct, frozen=True):
    """An item's scripts: in all, to be marked twice, and how many wait for whom."""

    item: str
    exam: str
    scripts: int
    doubled: int
    open: int
    adjudicate: int
    final: int


class PersonLine(Struct, frozen=True):
    """Somebody's turns: dealt and done. An adjudicator takes what there is; of these `dealt` are done."""

    name: str
    roles: tuple[str, ...]
    dealt: int
    done: int


class Overview(Struct, frozen=True):
    """A session's marking. `share` and `bound` are as they were said when it was opened."""

    session: str
    share: str
    bound: str
    scripts: int
    open: int
    adjudicate: int
    final: int
    items: tuple[ItemLine, ...]
    people: tuple[PersonLine, ...]


class Statistics(Struct, frozen=True):
    """`kappa` is the weighted (quadratic) kappa over all answers that two people marked."""

    session: str
    compared: int
    kappa: float | None
    markers: tuple[MarkerFigures, ...]


def overview(connection: Connection, session: str) -> Overview:
    """How the marking of a session stands.

    Raises:
        InputRefused: it is not open.
    """
    row = _require(connection, session)
    standing = {handle: one.standing for handle, one in _decisions(connection, row).items()}
    names = {
        (one.exam, one.item): decode(one.content, MarkedItem, "item").source
        for one in markings.items(connection, session)
    }
    by_item: dict[tuple[str, str], list[markings.ScriptRow]] = defaultdict(list)
    for script in markings.scripts_of(connection, session):
        by_item[script.exam, script.item].append(script)
    items = []
    for key, scripts in by_item.items():
        counts = Counter(standing[script.handle] for script in scripts)
        items.append(
            ItemLine(
                item=names[key],
                exam=key[0],
                scripts=len(scripts),
                doubled=sum(script.doubled for script in scripts),
                open=counts["open"],
                adjudicate=counts["adjudicate"],
                final=counts["final"],
            )
        )
    totals = Counter(standing.values())
    return Overview(
        session=session,
        share=row.share,
        bound=row.bound,
        scripts=len(standing),
        open=totals["open"],
        adjudicate=totals["adjudicate"],
        final=totals["final"],
        items=tuple(sorted(items, key=lambda line: (line.exam, line.item))),
        people=_people(connection, session),
    )


def marker_statistics(connection: Connection, session: str) -> Statistics:
    """How the markers of a session mark, by the first and second marks that stand.

    Raises:
        InputRefused: its marking is not open.
    """
    row = _require(connection, session)
    scripts = {script.handle: script for script in markings.scripts_of(connection, session)}
    marks = [
        Marked(
            handle,
            scripts[handle].item,
            one.marker,
            turn,
            float(share.share),
            float(share.most),
            one.given_at,
        )
        for (handle, turn), one in markings.newest(markings.marks_of(connection, session)).items()
        if turn in ("first", "second")
        for share in given({turn: one}).values()
    ]
    close = [
        handle
        for handle, decision in _decisions(connection, row, ("first", "second")).items()
        if decision.standing == "final" and scripts[handle].doubled
    ]
    pairs = pairs_of(marks)
    return Statistics(session, len(pairs), agreement(pairs), figures(marks, close))


def _decisions(
    connection: Connection,
    row: markings.MarkingRow,
    turns: tuple[Turn, ...] = ("first", "second", "third", "review"),
) -> dict[str, Decision]:
    """How each script stands, by those turns."""
    by_script: dict[str, dict[str, markings.MarkRow]] = defaultdict(dict)
    for (handle, turn), one in markings.newest(markings.marks_of(connection, row.session)).items():
        if turn in turns:
            by_script[handle][turn] = one
    bound = read_bound(row.bound)
    return {
        script.handle: decide(given(by_script[script.handle]), twice=script.doubled, bound=bound)
        for script in markings.scripts_of(connection, row.session)
    }


def _people(connection: Connection, session: str) -> tuple[PersonLine, ...]:
    roles: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for role in ("marker", "adjudicator"):
        for name in markings.people(connection, session, role):
            roles[name] = (*roles[name], role)
    done = markings.progress(connection, session)
    nothing = markings.Progress(0, 0)
    return tuple(
        PersonLine(name, roles[name], done.get(name, nothing).dealt, done.get(name, nothing).done)
        for name in sorted({*roles, *done})
    )


def _require(connection: Connection, session: str) -> markings.MarkingRow:
    row = markings.find(connection, session)
    if row is None:
        raise InputRefused(
            mark("the marking of {session} is not open"),
            remedy=mark("Open it: kiosk station marking open SESSION --marker NAME --station DIR"),
            session=session,
        )
    return row
