"""How a terminal stands, as the desk of its room is told: from what the flow knows, nothing of its own."""

from __future__ import annotations

from typing import assert_never

from kiosk.artefacts import exchange
from kiosk.artefacts.challenge import HEAD_BYTES, Phase
from kiosk.artefacts.exchange import SeatStatus
from kiosk.terminal import views
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.seat import Seat
from kiosk.terminal.stages import (
    Confirming,
    Ended,
    GivenAway,
    Handing,
    Locked,
    Reading,
    SigningIn,
    Sitting,
    Stage,
    Stopped,
    Waiting,
)
from kiosk.terminal.views import View


def seat_status(
    seat: Seat,
    stage: Stage,
    view: View,
    outbox: Outbox,
    *,
    mirror_s: int | None,
    battery: int | None,
    version: str,
) -> SeatStatus:
    """How `seat` stands at `stage`, showing `view`."""
    attempt = stage.attempt if isinstance(stage, Sitting) else None
    pulse = seat.pulse(attempt) if seat.opened else seat.journal.pulse
    tip = seat.journal.tip
    return SeatStatus(
        stage=_named(stage),
        phase=_phase(stage),
        count=tip.count,
        head=tip.head[:HEAD_BYTES],
        remaining_s=max(0, pulse.remaining_s) if pulse else 0,
        granted_min=pulse.granted_min if pulse else 0,
        candidate=_candidate(seat, stage),
        challenge=_challenge(view),
        trouble=view.code if isinstance(view, views.Trouble) else "",
        mirror_s=mirror_s,
        battery=battery,
        incidents=attempt.sitting.incidents if attempt else 0,
        packages=tuple(line.number for line in outbox.waiting if line.session == seat.plan.id),
        version=version,
    )


def _named(stage: Stage) -> exchange.Stage:
    match stage:
        case Stopped():
            return "stopped"
        case Locked():
            return "locked"
        case SigningIn():
            return "sign-in"
        case Confirming():
            return "confirm"
        case Reading():
            return "rules"
        case Waiting():
            return "waiting"
        case Sitting(attempt):
            return "paused" if attempt.paused else "exam"
        case Handing():
            return "handing-in"
        case Ended():
            return "done"
        case GivenAway():
            return "given-away"
        case _:
            assert_never(stage)


def _phase(stage: Stage) -> Phase:
    match stage:
        case Locked(unlocking=unlocking):
            return Phase.INTERRUPTED if unlocking.interrupted else Phase.LOCKED
        case Sitting(attempt):
            return attempt.phase
        case _:
            return Phase.IDLE


def _candidate(seat: Seat, stage: Stage) -> str:
    match stage:
        case Confirming(candidate) | Reading(candidate) | Waiting(candidate):
            return candidate.number
        case Sitting(attempt):
            return attempt.sitting.identity.candidate
        case Handing() | Ended() | GivenAway() if seat.pasts:
            return seat.pasts[-1].sitting.identity.candidate
        case _:
            return ""


def _challenge(view: View) -> str:
    match view:
        case views.Unlock() | views.Paused() | views.ProctorMenu():
            return view.challenge
        case _:
            return ""
