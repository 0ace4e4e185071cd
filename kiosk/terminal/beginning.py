"""How a sitting comes to be open at this seat: begun by a candidate, or gone on with after a release."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kiosk.artefacts.chain import Admitted, Happened, Record
from kiosk.artefacts.session import Candidate
from kiosk.assessment.paper import build_paper
from kiosk.assessment.sitting import Identity, Sitting, Started
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.exam import Attempt, Keep
from kiosk.terminal.opened import OpenSession
from kiosk.terminal.seat import Seat
from kiosk.terminal.unlocking import Released


class Wiring(NamedTuple):
    """What an attempt is connected to."""

    time: TimeSource
    keep: Keep
    serial: Callable[[], int]


def begin(
    seat: Seat, opened: OpenSession, candidate: Candidate, wiring: Wiring
) -> tuple[Attempt, tuple[Record, ...]]:
    """The candidate's sitting before its clock starts, and the records that start it.

    Raises:
        Halt: the bank does not hold the paper whole.
    """
    form, item = opened.form(candidate), opened.items(candidate.exam)
    paper = build_paper(form, candidate.seed, item)
    identity = Identity(seat.plan.id, candidate.exam, candidate.number, candidate.attempt)
    sitting = Sitting.admit(identity, candidate.terms, paper)
    attempt = _attempt(seat, opened, candidate, sitting, len(seat.pasts), wiring)
    now = wiring.time.now_ms()
    admitted = Admitted(now, identity, candidate.terms, paper, attempt.header.seat, True)
    return attempt, (admitted, Happened(Started(wiring.time.boot, now)))


def go_on(seat: Seat, released: Released, sitting: Sitting, wiring: Wiring) -> Attempt:
    """The interrupted `sitting` of a release.

    Raises:
        Halt: the bank does not hold the paper whole, or the roster no longer has the candidate.
    """
    identity = sitting.identity
    candidate = released.opened.candidate(identity.candidate, identity.exam)
    index = released.pasts[-1].index
    return _attempt(seat, released.opened, candidate, sitting, index, wiring)


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
    )
