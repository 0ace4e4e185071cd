"""Who may sit here: a candidate or identity number against the sealed roster, the seat, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from kiosk.artefacts.admission import plain_number, read_admission
from kiosk.artefacts.id_number import id_number_holds, looks_like_id_number
from kiosk.artefacts.session import Candidate, SessionPlan
from kiosk.assessment.sitting import Sitting, State
from kiosk.errors import InputRefused
from kiosk.terminal.release import CodeRefused
from kiosk.words import mark

ENTRY_LEAD_S = 30 * 60
"""How long before the window candidates may sign in and read the rules."""


def number_in(scanned: str, plan: SessionPlan) -> str:
    """The candidate number of a scanned admission slip.

    Raises:
        CodeRefused: not a slip, not read whole, or of another session.
    """
    try:
        admission = read_admission(scanned)
    except InputRefused as fault:
        raise CodeRefused(mark("The slip was not read whole. Scan again")) from fault
    if admission.session != plan.id:
        raise CodeRefused(mark("This slip is for another session"))
    return admission.number


def find(
    typed: str, candidates: Iterable[Candidate], digest: Callable[[str], bytes]
) -> list[Candidate]:
    """The lines of the roster that a typed number means: a candidate number, else an identity number,
    which one person may have in several exams.

    Args:
        digest: of an identity number, as the roster holds it.

    Raises:
        CodeRefused: no number, or unknown.
    """
    number = plain_number(typed)
    if not number:
        raise CodeRefused(mark("Scan the admission slip or type the number"))
    candidates = tuple(candidates)
    found = [one for one in candidates if plain_number(one.number) == number]
    if any(one.reserve for one in found):
        raise CodeRefused(mark("This is a reserve number. A proctor admits with it"))
    if found:
        return found
    if not looks_like_id_number(number):
        raise CodeRefused(
            mark("The number {number} is not on the list of this session. Please check it"),
            number=number,
        )
    if not id_number_holds(number):
        raise CodeRefused(
            mark(
                "This ID number has a wrong digit: its last character does not fit. Please check it"
            )
        )
    known = digest(number)
    found = [one for one in candidates if one.id_digest == known]
    if not found:
        raise CodeRefused(
            mark("This ID number is not on the list of this session. Please raise your hand")
        )
    return found


def candidate_for(
    found: list[Candidate],
    plan: SessionPlan,
    seat: str | None,
    sat: Iterable[Sitting],
    now_s: int,
) -> Candidate:
    """The candidate who may sit at this seat now.

    Args:
        found: the lines of the roster this person has, at least one.
        seat: of this terminal, empty for a spare; None where a proctor admits whoever comes.
        sat: the sittings this terminal has had in this session.

    Raises:
        CodeRefused: another seat, handed in already, too early, too late.
    """
    candidate = _not_yet_sat(sorted(found, key=lambda one: one.seat != seat), sat)
    fixed = plan.policy.seats == "fixed" and seat is not None
    if fixed and candidate.seat is not None and candidate.seat != seat:
        raise CodeRefused(
            mark("Your seat is {seat}. Please go to seat {seat}"), seat=candidate.seat
        )
    _check_time(plan, now_s)
    return candidate


def _not_yet_sat(found: list[Candidate], sat: Iterable[Sitting]) -> Candidate:
    ended = {
        (one.identity.candidate, one.identity.exam): one.state for one in sat if one.state.ended
    }
    for candidate in found:
        if (candidate.number, candidate.exam) not in ended:
            return candidate
    if ended[found[-1].number, found[-1].exam] is State.TRANSFERRED:
        raise CodeRefused(
            mark("The exam of {name} goes on at another computer. Please raise your hand"),
            name=found[0].name,
        )
    raise CodeRefused(
        mark("{name} has handed in already. Please raise your hand"), name=found[0].name
    )


def _check_time(plan: SessionPlan, now_s: int) -> None:
    window = plan.window
    if now_s < window.opens_at - ENTRY_LEAD_S:
        raise CodeRefused(
            mark("The exam begins at {time}. Please wait"), time=clock_text(window.opens_at)
        )
    latest = window.closes_at
    if plan.policy.latest_start_s is not None:
        latest = min(latest, window.opens_at + plan.policy.latest_start_s)
    if now_s > latest:
        raise CodeRefused(
            mark("Sign-in ended at {time}. Please raise your hand"), time=clock_text(latest)
        )


def clock_text(at_s: int) -> str:
    """A wall-clock time as people here read it."""
    return time.strftime("%H:%M", time.localtime(at_s))
