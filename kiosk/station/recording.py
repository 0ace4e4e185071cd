"""One package, one transaction: its row, its result, its log leaf, its number, its account.

Whatever happens between two transactions, each package is in the registry whole or not at all; the
same bytes again change nothing. Two packages of one sitting that say different things are a conflict
for a person: both are kept, neither counts, and no order of arrival favours one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.codec import encode
from kiosk.station import quarantine
from kiosk.station.home import Station
from kiosk.station.incoming import Unit
from kiosk.station.intake import Accepted, Held, Refused, Verdict
from kiosk.station.legs import went
from kiosk.station.registry import Connection, log, packages, parties, results, warrants
from kiosk.words import mark, text

CONFLICT = mark("another package of the same sitting says something else")


class Outcome(Struct, frozen=True):
    """What became of one package; `kept` is where a refused one lies."""

    verdict: Literal["imported", "duplicate", "conflict", "refused"]
    name: str
    reason: str = ""
    kept: str = ""


def record(station: Station, unit: Unit, verdict: Verdict, now: datetime) -> Outcome:
    """Makes a verdict last.

    Raises:
        StorageFault: the disk refuses; nothing of this package was recorded then.
    """
    at = int(now.timestamp())
    match verdict:
        case Refused(reason=reason):
            return refuse(station, unit.name, unit.data, reason, now)
        case Held():
            return _hold(station, unit, verdict, at)
        case Accepted():
            return _accept(station, unit, verdict, at)


def refuse(station: Station, name: str, data: bytes, reason: str, now: datetime) -> Outcome:
    """Keeps a file that nobody vouches for, with the reason; nothing else of it is recorded."""
    path = quarantine.keep(station.folder / "quarantine", name, data, reason)
    outcome = Outcome("refused", name, reason, str(path))
    with station.registry.writing() as connection:
        account(connection, outcome, quarantine.digest(data), int(now.timestamp()))
    return outcome


def account(connection: Connection, outcome: Outcome, sha256: bytes, at: int) -> None:
    """Notes that a file was seen, and what became of it."""
    packages.see(
        connection,
        packages.SeenFile(sha256, outcome.name, outcome.verdict, outcome.reason, outcome.kept, at),
    )


def _hold(station: Station, unit: Unit, held: Held, at: int) -> Outcome:
    path = quarantine.keep(station.folder / "quarantine", unit.name, unit.data, held.reason)
    outcome = Outcome("refused", unit.name, held.reason, str(path))
    with station.registry.writing() as connection:
        if packages.find(connection, held.sha256) is None:
            row = packages.PackageRow(
                sha256=held.sha256,
                terminal=held.terminal,
                number=held.number,
                session=held.session,
                candidate=None,
                attempt=None,
                answers_sha256=None,
                state="quarantined",
                reason=held.reason,
                received_at=at,
            )
            packages.add(connection, row, unit.data)
            log.append(connection, held.leaf, held.sha256, at)
            packages.tell_numbers(
                connection, held.terminal, [(held.number, held.session, held.sha256)]
            )
        account(connection, outcome, held.sha256, at)
    return outcome


def _accept(station: Station, unit: Unit, found: Accepted, at: int) -> Outcome:
    with station.registry.writing() as connection:
        known = packages.find(connection, found.sha256)
        if known is not None and known.state != "quarantined":
            outcome = Outcome("duplicate", unit.name)
            account(connection, outcome, found.sha256, at)
            return outcome
        others = packages.of_sitting(connection, found.session, found.candidate, found.attempt)
        overruled = _is_decided(found, others)
        contradicts = not overruled and _contradict(found, others)
        reason = _reason(connection, found, others) if contradicts else found.remark
        row = packages.PackageRow(
            sha256=found.sha256,
            terminal=found.terminal,
            number=found.number,
            session=found.session,
            candidate=found.candidate,
            attempt=found.attempt,
            answers_sha256=found.answers_sha256,
            state="overruled" if overruled else "conflict" if contradicts else "recorded",
            reason=reason,
            received_at=at if known is None else known.received_at,
        )
        if known is None:
            packages.add(connection, row, unit.data)
            log.append(connection, found.leaf, found.sha256, at)
            packages.tell_numbers(
                connection, found.terminal, [(found.number, found.session, found.sha256)]
            )
        else:
            packages.accept(connection, row)
        packages.add_legs(connection, _legs(found))
        if found.warrant:
            warrants.add(connection, warrants.WarrantRow(found.sha256, found.warrant, found.said))
        if contradicts:
            packages.set_conflict(connection, [other.sha256 for other in others], reason)
        results.add(connection, result_row(found, at))
        outcome = Outcome(
            "conflict" if contradicts else "imported", unit.name, row.reason if contradicts else ""
        )
        account(connection, outcome, found.sha256, at)
    quarantine.release(station.folder / "quarantine", found.sha256)
    return outcome


def result_row(found: Accepted, at: int) -> results.ResultRow:
    """The result of an accepted package under the scoring version it was examined with."""
    return results.ResultRow(
        package=found.sha256,
        bank=found.bank,
        version=found.version,
        scoring_version=found.scoring_version,
        score=found.result.score,
        max_score=found.result.max_score,
        passed=found.result.passed,
        detail=encode(found.result),
        scored_at=at,
        pending=sum(item.reason.code == "people" for item in found.result.items),
    )


def _legs(found: Accepted) -> tuple[packages.LegRow, ...]:
    return tuple(
        packages.LegRow(found.sha256, position, terminal, how)
        for position, (terminal, how) in enumerate(found.before)
    )


def _reason(connection: Connection, found: Accepted, others: Sequence[packages.PackageRow]) -> str:
    """Why packages of one sitting contradict each other, in words where it changed terminals."""
    ended = {other.sha256: other.terminal for other in others} | {found.sha256: found.terminal}
    legs = (*packages.legs(connection, [other.sha256 for other in others]), *_legs(found))
    names = {party.record.kid: party.record.name for party in parties.every(connection)}
    told = []
    for leg in legs:
        moved = went(leg.how, at=names[ended[leg.package]], there=names[leg.terminal])
        if any(end == leg.terminal for package, end in ended.items() if package != leg.package):
            there = names[leg.terminal]
            told.append(
                text("{moved} and also handed in at {there}", "en", moved=moved, there=there)
            )
        elif any(leg.terminal == one.terminal for one in legs if one.package != leg.package):
            told.append(moved)
    return "; ".join(sorted(set(told))) or CONFLICT


def _contradict(found: Accepted, others: Sequence[packages.PackageRow]) -> bool:
    """A terminal may seal one sitting twice (a crash between sealing and noting it): the same
    terminal telling the same answers is no contradiction. Anything else is."""
    return any(other.state == "conflict" or not _agree(found, other) for other in others)


def _agree(found: Accepted, other: packages.PackageRow) -> bool:
    return (other.terminal, other.answers_sha256) == (found.terminal, found.answers_sha256)


def _is_decided(found: Accepted, others: Sequence[packages.PackageRow]) -> bool:
    """Whether a person decided about a package that says the same: this one tells nothing new."""
    decided = any(other.state == "overruled" for other in others)
    return decided and any(_agree(found, other) for other in others)
