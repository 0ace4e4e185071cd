"""A marker's desk: the next script, a mark for it, the last one taken back; the adjudicator's; a review.

Every act is one transaction that first looks whether the script still stands as the person saw it: of
two people at one script the first wins, and the other is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast, get_args

from msgspec import Struct

from kiosk.artefacts.codec import decode
from kiosk.errors import InputRefused, NotPermitted
from kiosk.scoring.numbers import written
from kiosk.scoring.rubric import earned, most_of
from kiosk.station.home import Station
from kiosk.station.marking.deciding import Given, Turn, decide, read_bound
from kiosk.station.marking.opening import MarkedItem
from kiosk.station.marking.settling import given, settle
from kiosk.station.registry import Connection, IntegrityError, acts, markings, packages
from kiosk.words import mark

BACK_S = 10 * 60
"""How long a mark that a result was made of can still be taken back; later it takes a review."""

_LATER = {
    "first": ("third", "review"),
    "second": ("third", "review"),
    "third": ("review",),
    "review": (),
}
"""The turns that may rest on a mark of each."""


class Before(Struct, frozen=True):
    """What another marker gave, as the adjudicator sees it: no name, the numbers and their sum."""

    turn: str
    given: tuple[str, ...]
    points: str


class Script(Struct, frozen=True):
    """One script on somebody's desk. `revision` is that of the mark to be given; `given` are the numbers
    of a mark that was taken back; `before` the two that the adjudicator decides between."""

    session: str
    handle: str
    turn: Turn
    revision: int
    answer: str
    item: MarkedItem
    given: tuple[str, ...] = ()
    before: tuple[Before, ...] = ()


class Done(Struct, frozen=True):
    """A mark that was given: its sum of the full mark, and whether a result was made of it."""

    handle: str
    turn: Turn
    points: str
    most: str
    standing: str
    results: int


def sessions_of(connection: Connection, name: str) -> tuple[str, ...]:
    """The sessions whose marking names somebody, the first opened first."""
    return tuple(
        row.session
        for row in markings.every(connection)
        if name in markings.people(connection, row.session, "marker")
        or name in markings.people(connection, row.session, "adjudicator")
    )


def next_script(connection: Connection, session: str, marker: str) -> Script | None:
    """The next script for a marker: one taken back, else item by item; None when all are marked.

    Raises:
        NotPermitted: neither marks nor adjudicates in this session.
    """
    _require(connection, session, marker, "marker", "adjudicator")
    for row in markings.open_turns(connection, session, marker):
        if row.turn != "third":
            return _script(connection, row)
    return None


def next_to_adjudicate(connection: Connection, session: str, name: str) -> Script | None:
    """The next script that two markers differ on, neither of them `name`.

    Raises:
        NotPermitted: not an adjudicator of this session.
    """
    _require(connection, session, name, "adjudicator")
    own = markings.open_turns(connection, session, name)
    for row in (*own, *markings.open_turns(connection, session, "")):
        if row.turn == "third" and not _marked_by(connection, row.handle, name, but="third"):
            return _script(connection, row)
    return None


def script(connection: Connection, handle: str, turn: str) -> Script:
    """One script as it stands.

    Raises:
        InputRefused: no such script, or it has no such turn.
    """
    for row in markings.turns_of_script(connection, handle):
        if row.turn == turn:
            return _script(connection, row)
    raise _unknown(handle)


def turn_of(connection: Connection, handle: str, name: str) -> Turn:
    """The turn that somebody has at a script.

    Raises:
        InputRefused: no such script.
        NotPermitted: it is somebody else's.
    """
    turns = markings.turns_of_script(connection, handle)
    if not turns:
        raise _unknown(handle)
    # The last of them is the one that is asked for: a review, then an adjudication, then the first.
    for turn in get_args(Turn)[::-1]:
        if any(row.turn == turn and row.marker == name for row in turns):
            return cast(Turn, turn)
    raise _not_yours(handle)


def give(
    station: Station,
    name: str,
    handle: str,
    turn: str,
    numbers: Sequence[str],
    now: datetime,
    *,
    revision: int | None = None,
) -> Done:
    """Gives a mark.

    Args:
        numbers: one for each marking point, as text.
        revision: the one the person saw; None takes whichever is next.

    Raises:
        InputRefused: no such script or turn, or numbers that do not fit its rubric.
        NotPermitted: it is somebody else's turn, or somebody was there first.
    """
    try:
        with station.registry.writing() as connection:
            return _give(connection, name, handle, turn, numbers, int(now.timestamp()), revision)
    except IntegrityError as fault:
        raise _late(handle) from fault


def take_back(station: Station, session: str, name: str, now: datetime) -> str:
    """Takes the last mark of a marker back, so that it comes up again first; the script's handle.

    Raises:
        NotPermitted: there is none, or something rests on it already.
    """
    with station.registry.writing() as connection:
        last = markings.last_mark(connection, session, name)
        if last is None or last.points is None:
            raise NotPermitted(mark("there is no mark to take back"))
        row = markings.find_script(connection, last.handle)
        assert row is not None
        after = {
            turn: one
            for (_, turn), one in markings.newest(
                markings.marks_of_script(connection, last.handle)
            ).items()
        }
        at = int(now.timestamp())
        settled = bool(markings.settlements_of(connection, row.package))
        if (
            (settled and at - last.given_at > BACK_S)
            or any(turn in after for turn in _LATER[last.turn])
            or _announced(connection, row)
        ):
            raise NotPermitted(
                mark("something rests on the mark of {handle} already"),
                remedy=mark("Ask the admin for a review: it is a new mark, this one stays"),
                handle=last.handle,
            )
        newest = after[last.turn]
        if newest.marker != name:
            raise _late(last.handle)
        taken = markings.MarkRow(
            last.handle,
            last.turn,
            newest.revision + 1,
            name,
            last.given,
            None,
            last.most,
            last.scoring_version,
            at,
        )
        markings.add_mark(connection, taken)
        _stand(connection, row)
        settle(connection, row.package, at)
        return last.handle


def _announced(connection: Connection, row: markings.ScriptRow) -> bool:
    """Whether the result that the script is in was told to people: then it changes by a review alone."""
    package = packages.find(connection, row.package)
    if package is None or package.candidate is None:
        return False
    state = acts.states(connection, package.session).get(package.candidate)
    return state is not None and state.state in ("published", "under_review", "final")


def ask_review(station: Station, handle: str, name: str, now: datetime) -> None:
    """Has a script marked once more by somebody who has not marked it; that mark then decides, and those
    before it stay.

    Raises:
        InputRefused: no such script, or its marking is not decided.
        NotPermitted: `name` marked it, or neither marks nor adjudicates in this session.
    """
    with station.registry.writing() as connection:
        row = markings.find_script(connection, handle)
        if row is None:
            raise _unknown(handle)
        if not markings.settlements_of(connection, row.package):
            raise InputRefused(
                mark("the marking of {handle} has not come to a result yet"),
                remedy=mark("Let its markers finish first"),
                handle=handle,
            )
        if name not in {
            *markings.people(connection, row.session, "marker"),
            *markings.people(connection, row.session, "adjudicator"),
        }:
            raise _no_marker(name, row.session)
        if _marked_by(connection, handle, name):
            raise NotPermitted(
                mark("{name} has marked {handle} before"),
                remedy=mark("Name somebody else"),
                name=name,
                handle=handle,
            )
        turn = markings.TurnRow(handle, "review", name)
        there = {one.turn: one for one in markings.turns_of_script(connection, handle)}
        if "review" not in there:
            markings.add_turns(connection, [turn])
            return
        markings.give_turn(connection, turn)
        newest = markings.newest(markings.marks_of_script(connection, handle))
        last = newest.get((handle, "review"))
        if last is not None and last.points is not None:
            # It opens again; until somebody has given it, the earlier ones decide.
            reopened = markings.MarkRow(
                handle,
                "review",
                last.revision + 1,
                last.marker,
                last.given,
                None,
                last.most,
                last.scoring_version,
                int(now.timestamp()),
            )
            markings.add_mark(connection, reopened)


def handle_for(connection: Connection, session: str, candidate: str, item: str) -> str:
    """The script of a candidate's answer, for who may know both: `item` is the author's name of it.

    Raises:
        InputRefused: there is none.
    """
    names = {
        row.item: decode(row.content, MarkedItem, "item").source
        for row in markings.items(connection, session)
    }
    for one in markings.scripts_of(connection, session):
        row = packages.find(connection, one.package)
        if row is not None and row.candidate == candidate and names[one.item] == item:
            return one.handle
    raise InputRefused(
        mark("people mark no answer of {candidate} to {item}"),
        remedy=mark("Their items are: {items}"),
        candidate=candidate,
        item=item,
        items=sorted(names.values()),
    )


def _give(
    connection: Connection,
    name: str,
    handle: str,
    turn: str,
    numbers: Sequence[str],
    at: int,
    revision: int | None,
) -> Done:
    row = markings.find_script(connection, handle)
    turns = {one.turn: one for one in markings.turns_of_script(connection, handle)}
    if row is None or turn not in turns:
        raise _unknown(handle)
    if turn == "third":
        _require(connection, row.session, name, "adjudicator")
        if _marked_by(connection, handle, name, but="third"):
            raise _not_yours(handle)
    elif turns[turn].marker != name:
        raise _not_yours(handle)
    known = markings.newest(markings.marks_of_script(connection, handle)).get((handle, turn))
    following = 1 if known is None else known.revision + 1
    if (known is not None and known.points is not None) or revision not in (None, following):
        raise _late(handle)
    item = markings.item(connection, row)
    content = decode(item.content, MarkedItem, "item")
    points = earned(numbers, content.rubric, content.points)
    most = most_of(content.rubric, content.points)
    if turn == "third":
        markings.give_turn(connection, markings.TurnRow(handle, turn, name))
    mark_row = markings.MarkRow(
        handle,
        turn,
        following,
        name,
        " ".join(numbers),
        written(points),
        written(most),
        item.scoring_version,
        at,
    )
    markings.add_mark(connection, mark_row)
    standing = _stand(connection, row)
    made = settle(connection, row.package, at)
    return Done(handle, cast(Turn, turn), written(points), written(most), standing, made)


def _stand(connection: Connection, row: markings.ScriptRow) -> str:
    """Has the adjudicator's turn there exactly when it is asked for; how the script stands."""
    marking = markings.find(connection, row.session)
    assert marking is not None
    found = markings.newest(markings.marks_of_script(connection, row.handle))
    marks = given({turn: one for (_, turn), one in found.items()})
    decision = decide(marks, twice=row.doubled, bound=read_bound(marking.bound))
    there = {one.turn for one in markings.turns_of_script(connection, row.handle)}
    if decision.standing == "adjudicate" and "third" not in there:
        markings.add_turns(connection, [markings.TurnRow(row.handle, "third", "")])
    elif decision.standing == "open" and "third" in there:
        markings.remove_turn(connection, row.handle, "third")
    return decision.standing


def _script(connection: Connection, turn: markings.TurnRow) -> Script:
    row = markings.find_script(connection, turn.handle)
    assert row is not None
    found = {
        of: one
        for (_, of), one in markings.newest(
            markings.marks_of_script(connection, turn.handle)
        ).items()
    }
    known = found.get(turn.turn)
    back = known is not None and known.points is None
    marks = given(found) if turn.turn == "third" else {}
    return Script(
        session=row.session,
        handle=row.handle,
        turn=cast(Turn, turn.turn),
        revision=1 if known is None else known.revision + 1,
        answer=row.answer,
        item=decode(markings.item(connection, row).content, MarkedItem, "item"),
        given=tuple(known.given.split()) if known is not None and back else (),
        before=tuple(_before(of, marks[of]) for of in ("first", "second") if of in marks),
    )


def _before(turn: Turn, one: Given) -> Before:
    return Before(turn, one.given, written(one.points))


def _marked_by(connection: Connection, handle: str, name: str, but: str = "") -> bool:
    """Whether somebody has, or had, a mark or a turn at a script, other than the turn `but`."""
    named = {(row.marker, row.turn) for row in markings.turns_of_script(connection, handle)}
    named |= {(row.marker, row.turn) for row in markings.marks_of_script(connection, handle)}
    return any(marker == name and turn != but for marker, turn in named)


def _require(connection: Connection, session: str, name: str, *roles: str) -> None:
    if markings.find(connection, session) is None:
        raise InputRefused(
            mark("the marking of {session} is not open"),
            remedy=mark("Open it: kiosk station marking open SESSION --marker NAME --station DIR"),
            session=session,
        )
    if not any(name in markings.people(connection, session, role) for role in roles):
        raise _no_marker(name, session)


def _no_marker(name: str, session: str) -> NotPermitted:
    return NotPermitted(
        mark("{name} is not named to do that in {session}"),
        remedy=mark("Ask the admin who marks and who adjudicates"),
        name=name,
        session=session,
    )


def _not_yours(handle: str) -> NotPermitted:
    return NotPermitted(
        mark("{handle} is for somebody else to mark"),
        remedy=mark("Take the next one of your own"),
        handle=handle,
    )


def _late(handle: str) -> NotPermitted:
    return NotPermitted(
        mark("{handle} was marked meanwhile; that mark stands"),
        remedy=mark("Nothing of yours was lost or counted; go on with the next one"),
        handle=handle,
    )


def _unknown(handle: str) -> InputRefused:
    return InputRefused(
        mark("there is no script {handle} with that turn"),
        remedy=mark("Copy its name again, such as K7QD-2MHX"),
        handle=handle[:40],
    )
