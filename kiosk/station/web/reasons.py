"""Acts about results and certificates: who may do them, the reason a form gives, and how one ends."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.acts import MAY, Why
from kiosk.station.web import visits
from kiosk.station.web.pages import go, tell
from kiosk.station.web.visits import Visit
from kiosk.station.web.work import Work, head_signed
from kiosk.words import mark

MOST_REASON = 2_000


def may(visit: Visit, kind: str) -> bool:
    """Whether the visitor may do acts of a kind of `acts.MAY`."""
    return visit.user is not None and any(role in MAY[kind] for role in visit.user.roles)


def given(visit: Visit, kind: str, form: FormData) -> Why:
    """Who acts, and the reason that the form gives.

    Raises:
        NotPermitted: the visitor may not.
        InputRefused: there is no reason.
    """
    if not may(visit, kind):
        raise NotPermitted(
            mark("this act is not among what you may do"),
            remedy=mark("Ask an administrator of the station if it must be done"),
        )
    reason = str(form.get("reason", "")).strip()[:MOST_REASON]
    if not reason:
        raise InputRefused(
            mark("an act needs a reason. Nothing was changed"),
            remedy=mark("Go back and write why; it stays in the record"),
        )
    return Why(visit.name, reason)


async def done(
    request: Request,
    visit: Visit,
    path: str,
    noted: tuple[str, str, str],
    told: str,
    /,
    **values: str | int,
) -> Response:
    """Ends an act that was done: it is noted, the log's head is signed with its leaf, and `path` comes next.

    Args:
        noted: the act, what it was about, and the note, for the console's record.
        told: what the next page says, with `values`; named with `mark`.
    """
    await run_in_threadpool(visits.note, request, visit, *noted)
    work: Work = request.app.state.work
    await run_in_threadpool(work.begin, head_signed, visits.station_of(request).folder)
    tell(request, visit, told, **values)
    return go(path)
