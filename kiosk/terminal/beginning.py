"""How a sitting comes to be open at this seat: begun by a candidate, gone on with after a release, or
taken over from another terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kiosk.artefacts.chain import Admitted, Happened, Record, TakenOver
from kiosk.artefacts.session import Candidate
from kiosk.artefacts.tokens import Answer
from kiosk.assessment.paper import build_paper
from kiosk.assessment.sitting import Event, Identity, Incident, Sitting, Started
from kiosk.terminal.admitting import Admission
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.commands import come_back, commanded
from kiosk.terminal.exam import Attempt, Keep
from kiosk.terminal.moving import Arrival, check_new
from kiosk.terminal.opened import OpenSession
from kiosk.terminal.seat import Seat
from kiosk.terminal.unlocking import Released


class Wiring(NamedTuple):
    """What an attempt is connected to."""

    time: TimeSource
    keep: Keep
    serial: Callable[[], int]


def begin(
    seat: Seat,
    opened: OpenSession,
    candidate: Candidate,
    wiring: Wiring,
    admission: Admission | None = None,
    code: str = "",
) -> tuple[Attempt, tuple[Record, ...]]:
    """The candidate's sitting before its clock starts, and the records that start it.

    Args:
        admission: where proctors vouched for the candidate.
        code: of the common start, where there is one.

    Raises:
        CodeRefused: not the code.
        Halt: the bank does not hold the paper whole.
    """
    form, item = opened.form(candidate), opened.items(candidate.exam)
    paper = build_paper(form, candidate.seed, item)
    identity = Identity(seat.plan.id, candidate.exam, candidate.number, candidate.attempt)
    sitting = Sitting.admit(identity, candidate.terms, paper)
    attempt = _attempt(seat, opened, candidate, sitting, len(seat.pasts), wiring)
    now = wiring.time.now_ms()
    start: tuple[Record, ...] = (Happened(Started(wiring.time.boot, now)),)
    if seat.start is not None:
        common, started = seat.start.start(code, candidate)
        start = (common, Happened(started))
        if started.late_ms:
            attempt.tell_late(started.late_ms)
    admitted = Admitted(
        now,
        identity,
        candidate.terms,
        paper,
        attempt.header.seat,
        pledged=True,
        warrant=admission.warrant if admission is not None else "",
        name=candidate.name if candidate.reserve else "",
    )
    opened.call(admitted)
    vouched = admission.records(now) if admission is not None else ()
    return attempt, (*vouched, admitted, *start)


def go_on(seat: Seat, released: Released, sitting: Sitting, wiring: Wiring) -> Attempt:
    """The interrupted `sitting` of a release.

    Raises:
        Halt: the bank does not hold the paper whole, or the roster no longer has the candidate.
    """
    identity = sitting.identity
    candidate = released.opened.candidate(identity.candidate, identity.exam)
    index = released.pasts[-1].index
    return _attempt(seat, released.opened, candidate, sitting, index, wiring)


def take_over(
    seat: Seat, opened: OpenSession, arrival: Arrival, answer: Answer, wiring: Wiring
) -> tuple[Attempt, tuple[Record, ...]]:
    """The sitting that came from another terminal, and the records that let it go on here.

    Raises:
        CodeRefused: its candidate has handed in here.
        Halt: the bank does not hold the paper whole.
    """
    check_new(arrival, seat.pasts)
    sitting, statement = arrival.sitting, arrival.statement
    candidate = opened.candidate(sitting.identity.candidate, sitting.identity.exam)
    now = wiring.time.now_ms()
    seen = statement.at_ms if statement.boot == sitting.boot else sitting.last_ms
    by = (answer.proctor.name,)
    events: tuple[Event, ...] = (come_back(sitting, wiring.time, seen, statement.wall_s, by),)
    if not arrival.given:
        events = (*events, Incident(now, "taken-from-mirror", arrival.seat))
    attempt = _attempt(seat, opened, candidate, sitting, len(seat.pasts), wiring)
    taken = TakenOver(now, arrival.signed, arrival.entries, attempt.header.seat)
    return attempt, (commanded(answer, now), taken, *(Happened(event) for event in events))


def _attempt(
    seat: Seat,
    opened: OpenSession,
    candidate: Candidate,
    sitting: Sitting,
    index: int,
    wiring: Wiring,
) -> Attempt:
    return Attempt(
        sitting=sitting,
        index=index,
        candidate=candidate,
        form=opened.form(candidate),
        item=opened.items(candidate.exam),
        header=seat.header(candidate),
        time=wiring.time,
        keep=wiring.keep,
        serial=wiring.serial,
        tools=seat.plan.exam(candidate.exam).tools,
        sheet=opened.sheet(candidate.exam),
    )
