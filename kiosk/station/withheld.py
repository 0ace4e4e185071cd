"""Results that wait: sittings begun without an ID or with a reserve number, until somebody at the station
has found out who sat there and confirms it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.station.home import Station
from kiosk.station.registry import Connection, plans, warrants


class Standing(Struct, frozen=True):
    """How a sitting stands: what was said at the seat, and what was confirmed since."""

    kind: str
    said: str
    confirmed: warrants.ConfirmationRow | None

    @property
    def note(self) -> str:
        """What happened, in words."""
        began = (
            f"admitted with a reserve number, by the name {self.said}"
            if self.kind == "reserve"
            else "admitted without an ID by two proctors"
        )
        if self.confirmed is None:
            return f"{began}; withheld until confirmed"
        as_whom = f" as {self.confirmed.name}" if self.confirmed.name else ""
        number = f", {self.confirmed.belongs_to}" if self.confirmed.belongs_to else ""
        return f"{began}; confirmed{as_whom}{number}"


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
                f"no result of {candidate} is withheld in {session}",
                remedy=f"Withheld are: {', '.join(sorted(held)) or 'none'}",
            )
        if held[candidate].kind == "reserve" and not name.strip():
            raise InputRefused(
                f"{candidate} is a reserve number: whose sitting was it?",
                remedy="Add --name, and --number where that person has one",
            )
        row = warrants.ConfirmationRow(
            session, candidate, name.strip(), belongs_to.strip(), int(now.timestamp())
        )
        warrants.confirm(connection, row)
        return standing(connection, session)[candidate]
