"""A session's self-checks: what was not fine at its terminals, package by package.

It opens the packages, so it needs the station's opening key.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.artefacts.chain import Checked, Opened
from kiosk.artefacts.self_check import said
from kiosk.station.comparing import Sat, open_sitting
from kiosk.station.home import Station
from kiosk.station.keys import open_plan
from kiosk.station.registry import packages, parties, plans
from kiosk.station.seat_checks import seen_of


class CheckLine(Struct, frozen=True):
    """What was not fine at a terminal while somebody sat there: `state` weak or unknown, `what` in words.
    Instants are UTC epoch seconds; `from_s` None is when the candidate came, `until_s` None to the end."""

    terminal: str
    check: str
    state: str
    what: str
    required: bool
    from_s: int | None
    until_s: int | None


class SeatLine(Struct, frozen=True):
    """One package. `told`: its terminal looked at itself at all; old programs did less. `incidents` are the
    codes of what else was journalled while somebody sat there, oldest first."""

    candidate: str
    name: str
    seat: str
    package: str
    told: bool
    lines: tuple[CheckLine, ...]
    incidents: tuple[str, ...]


def session_checks(
    station: Station, session: str, lang: str, candidate: str = ""
) -> tuple[SeatLine, ...]:
    """The packages of a session, or of one candidate, in the order of the roster.

    Raises:
        InputRefused: there is no such session, or the registry's copy of a package is damaged.
    """
    with station.registry.reading() as connection:
        plan = open_plan(station, plans.require_session(connection, session))
        roster = plans.roster_of(connection, session)
        known = {party.record.kid: party.record for party in parties.every(connection)}
        came = [
            (row, packages.content(connection, row.sha256) or b"")
            for row in packages.of_session(connection, session)
            if row.candidate and (not candidate or row.candidate == candidate)
        ]
    names = {row.candidate: row.name for row in roster}
    order = {row.candidate: at for at, row in enumerate(roster)}
    found = []
    for row, data in sorted(came, key=lambda one: (order[one[0].candidate or ""], one[0].number)):
        sat = open_sitting(station, data, known)
        lines = tuple(
            CheckLine(
                terminal=known[one.terminal].name,
                check=one.finding.check,
                state=one.finding.state,
                what=said(one.finding, lang),
                required=one.required,
                from_s=one.from_s,
                until_s=one.until_s,
            )
            for one in seen_of(sat.legs, plan)
        )
        number = row.candidate or ""
        found.append(
            SeatLine(
                candidate=number,
                name=names[number],
                seat=sat.content.seat,
                package=row.sha256.hex(),
                told=_told(sat),
                lines=lines,
                incidents=sat.incidents,
            )
        )
    return tuple(found)


def _told(sat: Sat) -> bool:
    records = (record for leg in sat.legs for record in leg.records)
    return any(isinstance(one, Opened | Checked) and one.checks for one in records)
