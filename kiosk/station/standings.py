"""The state of a result on its way to the candidate: provisional, withheld, published (公示), under review,
final, void; and of somebody from whom nothing came: absent, deferred (缓考).

Only the transitions of `LAWFUL` are possible; each is a record of its own with who, when and why, and a leaf
in the log. What has no record yet is provisional as soon as it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from kiosk.errors import InputRefused, NotPermitted
from kiosk.station import acts
from kiosk.station.acts import Why
from kiosk.station.home import Station
from kiosk.station.registry import Connection, plans
from kiosk.station.registry import acts as registered
from kiosk.station.results import ResultLine, lines_of
from kiosk.words import mark


class Kind(StrEnum):
    """What can be done with a result."""

    PUBLISH = "publish"
    WITHHOLD = "withhold"
    RELEASE = "release"
    FINALISE = "finalise"
    VOID = "void"
    REINSTATE = "reinstate"
    REVIEW = "review"
    REPLY = "reply"
    ABSENT = "absent"
    DEFER = "defer"


LAWFUL: dict[str, dict[str, str]] = {
    "": {"absent": "absent", "defer": "deferred"},
    "provisional": {"publish": "published", "withhold": "withheld", "void": "void"},
    "withheld": {"release": "provisional", "void": "void"},
    "published": {
        "review": "under_review",
        "finalise": "final",
        "withhold": "withheld",
        "void": "void",
    },
    "under_review": {"reply": "published", "withhold": "withheld", "void": "void"},
    "final": {"void": "void"},
    "void": {"reinstate": "provisional"},
    "absent": {"defer": "deferred"},
    "deferred": {"absent": "absent"},
}
"""From which state an act leads to which."""

STANDING_WORDS = {
    "provisional": mark("provisional"),
    "withheld": mark("withheld"),
    "published": mark("published"),
    "under_review": mark("under review"),
    "final": mark("final"),
    "void": mark("void"),
    "absent": mark("absent"),
    "deferred": mark("deferred"),
}

_OF_ALL = (Kind.PUBLISH, Kind.FINALISE)
"""Acts that concern everybody of a session of whom they are possible, where nobody is named."""

PUBLISHED_DAYS = 7
REVIEW_DAYS = 10


class Moved(Struct, frozen=True):
    """What an act did to one candidate's result; `until` is UTC epoch seconds."""

    candidate: str
    before: str
    state: str
    until: int | None


class Foreseen(Struct, frozen=True):
    """What an act would do, and to whose result it is not possible, with the reason."""

    moved: tuple[Moved, ...]
    problems: tuple[tuple[str, NotPermitted], ...]


def foresee(
    station: Station,
    kind: Kind,
    session: str,
    candidates: Sequence[str],
    now: datetime,
    *,
    days: int | None = None,
) -> Foreseen:
    """What `move` would do now; nothing is done.

    Raises:
        InputRefused: no such session or candidate.
    """
    at = int(now.timestamp())
    with station.registry.reading() as connection:
        lines = _lines(connection, kind, session, candidates)
        known = registered.states(connection, session)
    problems = {
        one: problem
        for one in candidates or lines
        if (problem := _problem(kind, lines[one], known.get(one), at)) is not None
    }
    return Foreseen(
        tuple(
            _moved(kind, lines[one], known.get(one), at, days)
            for one in candidates or lines
            if one not in problems
        ),
        # Of all, those of whom it is not possible are simply not concerned.
        tuple(problems.items()) if candidates else (),
    )


def move(
    station: Station,
    kind: Kind,
    session: str,
    candidates: Sequence[str],
    why: Why,
    now: datetime,
    *,
    days: int | None = None,
) -> tuple[Moved, ...]:
    """Brings results into their next state.

    Args:
        candidates: whose; of `publish` and `finalise` all of whom it is possible where none is named.
        days: how long an announcement lasts, or until when a review is to be answered.

    Raises:
        InputRefused: no such session or candidate, nobody concerned, no name or no reason.
        NotPermitted: not lawful from the state it is in, or its time is not over or over.
    """
    at = int(now.timestamp())
    with station.registry.writing() as connection:
        lines = _lines(connection, kind, session, candidates)
        known = registered.states(connection, session)
        wanted = candidates or [
            one for one, line in lines.items() if _problem(kind, line, known.get(one), at) is None
        ]
        if not wanted:
            raise InputRefused(
                mark("there is no result in {session} that this can be done with"),
                remedy=mark("Look at their states: kiosk station results {session}"),
                session=session,
            )
        moved = [_moved(kind, lines[one], known.get(one), at, days) for one in wanted]
        details = {"states": {one.candidate: [one.before, one.state, one.until] for one in moved}}
        number = acts.act(connection, kind, session, why, now, details)
        rows = [registered.StateRow(one.candidate, one.state, one.until) for one in moved]
        registered.add_states(connection, number, session, rows)
    return tuple(moved)


def announce_again(
    connection: Connection, act: int, session: str, candidates: Iterable[str]
) -> None:
    """Results that another scoring version changed are provisional again where they were announced."""
    known = registered.states(connection, session)
    rows = [
        registered.StateRow(one, "provisional", None)
        for one in candidates
        if one in known and known[one].state in ("published", "final")
    ]
    if rows:
        registered.add_states(connection, act, session, rows)


def correct(
    station: Station, session: str, candidate: str, name: str, why: Why, now: datetime
) -> None:
    """Notes how a candidate is rightly called; the roster and earlier corrections stay.

    Raises:
        InputRefused: no such candidate, no name of either, or no reason.
    """
    with station.registry.writing() as connection:
        plans.require_session(connection, session)
        line = next(
            (one for one in plans.roster_of(connection, session) if one.candidate == candidate),
            None,
        )
        if line is None or not name.strip():
            raise InputRefused(
                mark("whose name? {session} has no candidate {candidate}"),
                remedy=mark("Give the candidate's number, and --name"),
                session=session,
                candidate=candidate,
            )
        before = registered.names(connection, session).get(candidate, line.name)
        details = {"candidate": candidate, "before": before, "name": name.strip()}
        number = acts.act(connection, "correct", session, why, now, details)
        registered.correct(connection, number, session, candidate, name.strip())


def _lines(
    connection: Connection, kind: Kind, session: str, candidates: Sequence[str]
) -> dict[str, ResultLine]:
    """The results of a session by candidate, where `candidates` are among them."""
    lines = {line.candidate: line for line in lines_of(connection, session)}
    unknown = [one for one in candidates if one not in lines]
    if unknown or (not candidates and kind not in _OF_ALL):
        raise InputRefused(
            mark("whose result? {session} has no candidate {candidate}"),
            remedy=mark("Name candidates by their number"),
            session=session,
            candidate=unknown or "-",
        )
    return lines


def _problem(
    kind: Kind, line: ResultLine, known: registered.StateRow | None, at: int
) -> NotPermitted | None:
    """Why an act is not possible now, if it is not."""
    before = line.standing
    unlawful = kind not in LAWFUL.get(before, {}) or line.state in ("conflict", "pending")
    if unlawful or (line.state == "withheld" and kind is not Kind.VOID):
        return NotPermitted(
            mark("not possible with the result of {candidate}, which is {state}"),
            remedy=mark("Look at their states: kiosk station results {session}"),
            candidate=line.candidate,
            state=before or line.state,
            session="SESSION",
        )
    until = None if known is None else known.until
    if kind is Kind.FINALISE and until is not None and at < until:
        return NotPermitted(
            mark("the announcement of {candidate} is not over yet"),
            remedy=mark("Wait until its last day is over"),
            candidate=line.candidate,
        )
    if kind is Kind.REVIEW and until is not None and at > until:
        return NotPermitted(
            mark("the time for a review of {candidate} is over"),
            remedy=mark("What is found wrong later is voided or scored again"),
            candidate=line.candidate,
        )
    return None


def _moved(
    kind: Kind, line: ResultLine, known: registered.StateRow | None, at: int, days: int | None
) -> Moved:
    problem = _problem(kind, line, known, at)
    if problem is not None:
        raise problem
    after = LAWFUL[line.standing][kind]
    lasts = {"published": PUBLISHED_DAYS, "under_review": REVIEW_DAYS}.get(after)
    if kind is Kind.REPLY:
        return Moved(line.candidate, line.standing, after, at)  # answered: nothing to wait for
    until = None if lasts is None else at + int(timedelta(days=days or lasts).total_seconds())
    return Moved(line.candidate, line.standing, after, until)
