"""How a sitting began: where the room begins together, by its code, and with the minutes gone."""

from __future__ import annotations

from kiosk.artefacts.chain import Admitted, CommonStart, Happened, TakenOver
from kiosk.artefacts.common_start import StartCodes, late_ms
from kiosk.artefacts.session import SessionPlan
from kiosk.assessment.sitting import Started
from kiosk.errors import InputRefused
from kiosk.station.legs import Leg
from kiosk.words import mark


def check_start(leg: Leg, plan: SessionPlan, key: bytes, duration_ms: int) -> None:
    """Checks the start of the sitting that begins in `leg`.

    Args:
        key: of the session's codes (`common_start.start_key`).
        duration_ms: the candidate's time.

    Raises:
        InputRefused: no code or another one where the room begins together, or more or less time lost
            than by the times that the journal tells.
    """
    common, started = _start_of(leg)
    if plan.policy.start == "own":
        if started.late_ms:
            raise InputRefused(mark("minutes were lost where everybody begins alone"))
        return
    if common is None:
        raise InputRefused(mark("the sitting began without the code of the common start"))
    codes = StartCodes(key, plan.window.opens_at, plan.window.closes_at)
    if codes.began(common.code) != common.began_s:
        raise InputRefused(mark("the sitting began with a code that is not the session's"))
    lost = late_ms(common.began_s, common.counted_s, duration_ms) if plan.policy.late_loses else 0
    if started.late_ms != lost or common.counted_s < common.signed_s:
        raise InputRefused(
            mark("{minutes} minutes were lost at the start, not {planned}"),
            minutes=started.late_ms // 60_000,
            planned=lost // 60_000,
        )


def _start_of(leg: Leg) -> tuple[CommonStart | None, Started]:
    index, common = -1, None
    for record in leg.records:
        match record:
            case Admitted() | TakenOver():
                index += 1
            case CommonStart() as found if index == leg.sitting:
                common = found
            case Happened(Started() as started) if index == leg.sitting:
                return common, started
            case _:
                pass
    raise InputRefused(mark("the sitting never began"))
