"""Who and what is missing: the roster against what came, and each terminal's numbers against each other.

A terminal counts its packages from 1 without a gap and signs the list of them (bundle); proctors note
the last number they saw (proctor's log). So a package that vanished shows, even the last one. The log tells
of each hand-in slip too, which is of one package and no other, and of each admission on a proctor's word.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import lru_cache

from msgspec import Struct

from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.proctor_log import ProctorLog, proctor_log, read_log
from kiosk.artefacts.slip import HandInSlip
from kiosk.artefacts.tokens import Command
from kiosk.station.commands import PROCTORS_WITHOUT_ID
from kiosk.station.home import Station
from kiosk.station.registry import Connection, log, packages, parties, plans, warrants
from kiosk.station.registry.candidates import PROCTORS_FOR_ABSENT

_WARRANTS = {
    "no_id": (Command.ADMIT_WITHOUT_ID, PROCTORS_WITHOUT_ID),
    "reserve": (Command.ADMIT_RESERVE, 1),
}
"""The command behind each kind of admission, and how many proctors it needs."""
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


class MissingHandIn(Struct, frozen=True, tag_field="kind", tag="hand-in"):
    """A seat that handed in by the logs of `seen_by`, and whose package the station does not have.
    `code` are the slip's digits, empty where none was scanned; `candidate` who the desk knew there."""

    session: str
    terminal: str
    candidate: str
    code: str
    seen_by: tuple[str, ...]


class MissingAct(Struct, frozen=True, tag_field="kind", tag="act"):
    """An admission that rests on `needed` proctors' codes, of which the logs that came tell `logged_by`."""

    session: str
    terminal: str
    candidate: str
    warrant: str
    needed: int
    logged_by: tuple[str, ...]


Missing = MissingPackage | MissingSitting | MissingHandIn | MissingAct


def absent_in(noted: ProctorLog) -> frozenset[str]:
    """The candidates whom a proctor's log notes as absent."""
    return frozenset(one.candidate for one in noted.remarks if one.kind == ABSENT)


def missing_sittings(station: Station, sessions: Set[str]) -> tuple[MissingSitting, ...]:
    """The candidates of `sessions` for whom there is no package, recorded or in conflict. Of a reserve
    number nobody waits for one, nor of a candidate who was found to have sat with it."""
    found = []
    with station.registry.reading() as connection:
        for session in sorted(sessions):
            absent = packages.absent_by(connection, session)
            found += [
                MissingSitting(
                    session, line.candidate, line.name, line.seat, absent.get(line.candidate, ())
                )
                for line in packages.sittings_missing(connection, session)
            ]
    return tuple(found)


def missing_packages(station: Station, terminals: Set[bytes]) -> tuple[MissingPackage, ...]:
    """The numbers of `terminals` that were given and did not come."""
    with station.registry.reading() as connection:
        told = [line for line in packages.told_numbers(connection) if line[0] in terminals]
        return _gaps(connection, told, terminals, _logs(connection))


def missing_in_session(connection: Connection, session: str) -> tuple[MissingPackage, ...]:
    """What `missing_packages` says of a session's terminals, as far as it concerns the session."""
    terminals = frozenset(plans.terminals_of(connection, session))
    told = packages.told_numbers(connection, session)
    found = _gaps(connection, told, terminals, _logs(connection, session))
    return tuple(one for one in found if one.session in ("", session))


def _gaps(
    connection: Connection,
    told: Sequence[tuple[bytes, int, str, bool]],
    terminals: Set[bytes],
    logs: Sequence[tuple[KeyRecord, ProctorLog]],
) -> tuple[MissingPackage, ...]:
    highest: dict[bytes, int] = {}
    for _, noted in logs:
        for kid, number in noted.packages.items():
            highest[kid] = max(number, highest.get(kid, 0))
    lines: dict[bytes, dict[int, tuple[str, bool]]] = {}
    for kid, number, session, here in told:
        lines.setdefault(kid, {})[number] = session, here
    found = []
    for kid in sorted(terminals):
        known = lines.get(kid, {})
        last = max([*known, highest.get(kid, 0)], default=0)
        found += [
            (kid, number, known.get(number, ("", False))[0])
            for number in range(1, last + 1)
            if not known.get(number, ("", False))[1]
        ]
    names = _names(connection) if found else {}
    return tuple(MissingPackage(names[kid], number, session) for kid, number, session in found)


def missing_hand_ins(station: Station, sessions: Set[str]) -> tuple[MissingHandIn, ...]:
    """The hand-ins that proctors' logs tell of and whose packages are not here. A slip is of one package;
    without one any package of the terminal will do."""
    with station.registry.reading() as connection:
        leaves = set(log.every_leaf(connection))
        logs = [one for one in _logs(connection) if one[1].session in sessions]
        came = {
            (session, row.terminal)
            for session in sessions
            for row in packages.of_session(connection, session)
        }
        names = _names(connection)
    seen: dict[tuple[str, bytes, bytes], list[str]] = {}
    people: dict[tuple[str, bytes, bytes], str] = {}
    for proctor, noted in logs:
        for one in noted.handed_in:
            here = one.leaf in leaves if one.leaf else (noted.session, one.terminal) in came
            if not here:
                key = noted.session, one.terminal, one.leaf
                by = seen.setdefault(key, [])
                if proctor.name not in by:
                    by.append(proctor.name)
                people[key] = one.candidate or people.get(key, "")
    return tuple(
        MissingHandIn(
            session,
            names.get(terminal, terminal.hex()),
            people[session, terminal, leaf],
            HandInSlip(leaf).digits if leaf else "",
            tuple(by),
        )
        for (session, terminal, leaf), by in sorted(seen.items())
    )


def missing_acts(station: Station, sessions: Set[str]) -> tuple[MissingAct, ...]:
    """The admissions on proctors' word that their logs do not tell of, in sessions of which a log came."""
    found = []
    with station.registry.reading() as connection:
        names, every = _names(connection), _logs(connection)
        for session in sorted(sessions):
            logs = [one for one in every if one[1].session == session]
            terminals = {
                row.sha256: row.terminal for row in packages.of_session(connection, session)
            }
            for candidate, row in warrants.of_session(connection, session).items():
                command, needed = _WARRANTS[row.kind]
                terminal = terminals[row.package]
                by = {
                    proctor.kid: proctor.name
                    for proctor, noted in logs
                    if any((act.command, act.terminal) == (command, terminal) for act in noted.acts)
                }
                if logs and len(by) < needed:
                    name = names.get(terminal, terminal.hex())
                    by_name = tuple(by.values())
                    found.append(MissingAct(session, name, candidate, row.kind, needed, by_name))
    return tuple(found)


def _names(connection: Connection) -> dict[bytes, str]:
    return {party.record.kid: party.record.name for party in parties.every(connection)}


def _logs(connection: Connection, session: str = "") -> tuple[tuple[KeyRecord, ProctorLog], ...]:
    """Every log that came, of one session or of all, with the proctor who signed it."""
    found = []
    for row in packages.logs(connection, session):
        party = parties.find(connection, row.proctor)
        if party is not None:
            found.append((party.record, _opened(row.content, party.record)))
    return tuple(found)


@lru_cache(maxsize=256)
def _opened(content: bytes, proctor: KeyRecord) -> ProctorLog:
    # A page that is looked at again need not check the same signature again.
    return proctor_log(read_log(content), proctor)
