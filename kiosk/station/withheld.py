"""Results that wait: sittings begun without an ID or with a reserve number, until somebody at the station
has found out who sat there and confirms it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.station.home import Station
from kiosk.station.registry import Connection, plans, warrants
from kiosk.words import mark, text


class Standing(Struct, frozen=True):
    """How a sitting stands: what was said at the seat, and what was confirmed since."""

    kind: str
    said: str
    confirmed: warrants.ConfirmationRow | None

    @property
    def note(self) -> str:
        """What happened, in words."""
        began = (
            text("admitted with a reserve number, by the name {name}", "en", name=self.said)
            if self.kind == "reserve"
            else text("admitted without an ID by two proctors", "en")
        )
        if self.confirmed is None:
            return "; ".join((began, text("withheld until confirmed", "en")))
        person = (self.confirmed.name, self.confirmed.belongs_to)
        whom = " ".join(part for part in person if part)
        confirmed = (
            text("confirmed as {whom}", "en", whom=whom) if whom else text("confirmed", "en")
        )
        return f"{began}; {confirmed}"


def standing(connection: Connection, session: str) -> dict[str, Standing]:
    """By candidate, of every sitting that was admitted on proctors' word."""
    confirmed = warrants.confirmed_in(connection, session)
    return {
        candidate: Standing(row.kind, row.name, confirmed.get(candidate))
        for candidate, row in warrants.of_session(connection, session).items()
    }


def confirm(
    station: Station,
    session: str,
    candidate: str,
    now: datetime,
    *,
    name: str = "",
    belongs_to: str = "",
) -> Standing:
    """Confirms who a withheld sitting is of, so that its result counts; a later one replaces it.

    Args:
        name: who it was; needed for a reserve number.
        belongs_to: that person's own candidate number, where there is one.

    Raises:
        InputRefused: nothing is withheld of that candidate, or a reserve number without a name.
    """
    with station.registry.writing() as connection:
        plans.require_session(connection, session)
        held = standing(connection, session)
        if candidate not in held:
            raise InputRefused(
                mark("no result of {candidate} is withheld in {session}"),
                remedy=mark("Withheld are: {held}"),
                candidate=candidate,
                session=session,
                held=sorted(held) or "–",
            )
        if held[candidate].kind == "reserve" and not name.strip():
            raise InputRefused(
                mark("{candidate} is a reserve number: whose sitting was it?"),
                remedy=mark("Say the name, and the number where that person has one"),
                candidate=candidate,
            )
        row = warrants.ConfirmationRow(
            session, candidate, name.strip(), belongs_to.strip(), int(now.timestamp())
        )
        warrants.confirm(connection, row)
        return standing(connection, session)[candidate]
