"""Who and what is missing: the roster against what came, and each terminal's numbers against each other.

A terminal counts its packages from 1 without a gap and signs the list of them (bundle); proctors note
the last number they saw (proctor's log). So a package that vanished shows, even the last one.
"""

from __future__ import annotations

from collections.abc import Set

from msgspec import Struct

from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.proctor_log import ProctorLog, proctor_log, read_log
from kiosk.station.home import Station
from kiosk.station.registry import Connection, packages, parties, plans, warrants

PROCTORS_FOR_ABSENT = 2
ABSENT = "absent"
"""The kind of a proctor's remark."""


class MissingPackage(Struct, frozen=True, tag_field="kind", tag="package"):
    """A number of a terminal that the station has no package for; `session` where it is told."""

    terminal: str
    number: int
    session: str


class MissingSitting(Struct, frozen=True, tag_field="kind", tag="sitting"):
    """A candidate of a roster from whom nothing came; `absent_by` are the proctors whose logs say so.
    Who two of them noted is absent, anybody else is missing."""

    session: str
    candidate: str
    name: str
    seat: str | None
    absent_by: tuple[str, ...] = ()

    @property
    def absent(self) -> bool:
        """Whether two proctors signed that the candidate was not there."""
        return len(self.absent_by) >= PROCTORS_FOR_ABSENT


Missing = MissingPackage | MissingSitting


def missing_sittings(station: Station, sessions: Set[str]) -> tuple[MissingSitting, ...]:
    """The candidates of `sessions` for whom there is no package, recorded or in conflict. Of a reserve
    number nobody waits for one, nor of a candidate who was found to have sat with it."""
    found = []
    with station.registry.reading() as connection:
        logs = _logs(connection)
        for session in sorted(sessions):
            came = {row.candidate for row in packages.of_session(connection, session)}
            came |= plans.reserves_of(connection, session)
            confirmed = warrants.confirmed_in(connection, session).values()
            came |= {one.belongs_to for one in confirmed}
            found += [
                MissingSitting(
                    session,
                    line.candidate,
                    line.name,
                    line.seat,
                    _absent_by(logs, session, line.candidate),
                )
                for line in plans.roster_of(connection, session)
                if line.candidate not in came
            ]
    return tuple(found)


def missing_packages(station: Station, terminals: Set[bytes]) -> tuple[MissingPackage, ...]:
    """The numbers of `terminals` that were given and did not come."""
    with station.registry.reading() as connection:
        told = packages.told_numbers(connection)
        held = packages.digests(connection)
        names = {party.record.kid: party.record.name for party in parties.every(connection)}
        highest = _highest_seen(connection)
    found = []
    for kid in sorted(terminals):
        lines = [line for line in told if line[0] == kid]
        came = {number for _, number, _, sha256 in lines if sha256 in held}
        sessions = {number: session for _, number, session, _ in lines}
        last = max([*sessions, highest.get(kid, 0)], default=0)
        found += [
            MissingPackage(names[kid], number, sessions.get(number, ""))
            for number in range(1, last + 1)
            if number not in came
        ]
    return tuple(found)


def _highest_seen(connection: Connection) -> dict[bytes, int]:
    """The highest package number of each terminal that any proctor noted."""
    highest: dict[bytes, int] = {}
    for _, noted in _logs(connection):
        for kid, number in noted.packages.items():
            highest[kid] = max(number, highest.get(kid, 0))
    return highest


def _absent_by(
    logs: tuple[tuple[KeyRecord, ProctorLog], ...], session: str, candidate: str
) -> tuple[str, ...]:
    """The names of the proctors who noted a candidate as absent, each once."""
    names = {
        proctor.kid: proctor.name
        for proctor, noted in logs
        if noted.session == session
        for remark in noted.remarks
        if (remark.kind, remark.candidate) == (ABSENT, candidate)
    }
    return tuple(names.values())


def _logs(connection: Connection) -> tuple[tuple[KeyRecord, ProctorLog], ...]:
    """Every log that came, with the proctor who signed it."""
    found = []
    for row in packages.logs(connection):
        party = parties.find(connection, row.proctor)
        if party is not None:
            found.append((party.record, proctor_log(read_log(row.content), party.record)))
    return tuple(found)
