"""Results of a session: one row a candidate, whatever came from them, and the reason of each score.

A result counts when the sitting has packages that agree, under the scoring version the exam goes by.
Numbers are exact in the registry; people and machines get them as decimals.
"""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.codec import decode
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.result import Result
from kiosk.station import withheld
from kiosk.station.banks import open_admitted
from kiosk.station.explanation import Explained, explained
from kiosk.station.home import Station
from kiosk.station.legs import went
from kiosk.station.registry import Connection, acts, decisions, packages, parties, plans, results
from kiosk.words import mark, ntext, text

State = Literal["recorded", "missing", "conflict", "overruled", "withheld", "pending"]


class ResultLine(Struct, frozen=True):
    """A candidate's line. `package` is its digest, hex; numbers are None where nothing counts; `note`
    says why packages contradict each other, that the sitting changed terminals, or on whose word it began:
    such a result is withheld until it is confirmed. A pending one waits for people's marks; an overruled
    candidate's packages count for nothing, as a person decided."""

    candidate: str
    name: str
    exam: str
    seat: str | None
    score: int | float | None
    max_score: int | float | None
    passed: bool | None
    package: str | None
    state: State
    note: str = ""
    standing: str = ""
    until: int | None = None
    unit: str = ""


class Explanation(Struct, frozen=True):
    """One candidate's score with its reasons, in the order of the paper."""

    line: ResultLine
    scoring_version: int
    items: tuple[Explained, ...]


class Counted(Struct, frozen=True):
    """The package and the result that count for a candidate."""

    package: packages.PackageRow
    result: results.ResultRow


def session_results(station: Station, session: str, candidate: str = "") -> tuple[ResultLine, ...]:
    """Every candidate of the roster, by number, or one of them.

    Raises:
        InputRefused: there is no such session.
    """
    with station.registry.reading() as connection:
        return lines_of(connection, session, candidate)


def lines_of(connection: Connection, session: str, candidate: str = "") -> tuple[ResultLine, ...]:
    """`session_results` as one transaction sees them."""
    plans.require_session(connection, session)
    roster = plans.roster_of(connection, session, candidate)
    came = packages.of_session(connection, session, candidate)
    counted = counted_of(
        came,
        results.of_session(connection, session, candidate, details=False),
        plans.exams_of(connection, session),
        roster,
    )
    notes = _moves(connection, session, candidate, came)
    for row in came:
        if row.state == "recorded" and row.reason:
            moved = notes.get(row.candidate, "")
            notes[row.candidate] = "; ".join(filter(None, (moved, row.reason)))
    standing = withheld.standing(connection, session)
    unused = plans.reserves_of(connection, session) - {row.candidate for row in came}
    states = acts.states(connection, session, candidate)
    names = acts.names(connection, session)
    conflicts = {row.candidate: row.reason for row in came if row.state == "conflict"}
    overruled = {row.candidate for row in came if row.state == "overruled"}
    for of, decided in decisions.last_of(connection, session).items():
        if of not in conflicts:
            notes[of] = "; ".join(filter(None, (notes.get(of), told(decided))))
    return tuple(
        _standing(
            _line(
                row,
                counted.get(row.candidate),
                _came(row.candidate, conflicts, overruled),
                conflicts.get(row.candidate, notes.get(row.candidate, "")),
                standing.get(row.candidate),
            ),
            states.get(row.candidate),
            names.get(row.candidate),
        )
        for row in roster
        if row.candidate not in unused
    )


def _standing(line: ResultLine, given: acts.StateRow | None, name: str | None) -> ResultLine:
    """A line with the state that its result was given, and the name as it was corrected."""
    line = line if name is None else replace(line, name=name)
    match line.state:
        case "recorded" if given is not None and given.state in _CAME_NOT:
            told = text(
                "{state} by {name}, but a package came: release the result or void it",
                "en",
                state=given.state,
                name=given.made_by,
            )
            return _silent(line, "withheld", told)
        case "recorded" if given is None:
            return replace(line, standing="provisional")
        case "withheld":
            return replace(line, standing="withheld")
        case _ if given is None:
            return line
        case "recorded" if given.state not in ("void", "withheld"):
            return replace(line, standing=given.state, until=given.until)
        case "missing" | "overruled" if given.state not in (*_CAME_NOT, "void"):
            return line
        case _:
            said = text(
                "the result is {state}, by {name}: {reason}",
                "en",
                state=given.state,
                name=given.made_by,
                reason=given.reason,
            )
            return _silent(line, given.state, said)


_CAME_NOT = ("absent", "deferred")


def _silent(line: ResultLine, standing: str, told: str) -> ResultLine:
    """A line without its numbers: they count for nothing as it stands."""
    note = "; ".join(part for part in (line.note, told) if part)
    return replace(line, score=None, max_score=None, passed=None, standing=standing, note=note)


def told(decided: decisions.DecisionRow) -> str:
    """A decision about packages that contradict each other, in words."""
    if decided.package is None:
        return text(
            "none of the packages counts, decided by {name}: {reason}",
            "en",
            name=decided.made_by,
            reason=decided.reason,
        )
    return text(
        "package {digest} counts, decided by {name}: {reason}",
        "en",
        digest=decided.package.hex()[:16],
        name=decided.made_by,
        reason=decided.reason,
    )


def _came(
    candidate: str, conflicts: Container[str | None], overruled: Container[str | None]
) -> State:
    """How it stands with what came of somebody of whom nothing counts."""
    if candidate in conflicts:
        return "conflict"
    return "overruled" if candidate in overruled else "missing"


def _moves(
    connection: Connection,
    session: str,
    candidate: str,
    came: tuple[packages.PackageRow, ...],
) -> dict[str | None, str]:
    """By candidate: from where to where the sitting went, where it changed terminals."""
    rows = {row.sha256: row for row in came}
    names = {party.record.kid: party.record.name for party in parties.every(connection)}
    told: dict[str | None, list[str]] = {}
    at = ""
    for leg in reversed(packages.legs_in(connection, session, candidate)):
        row = rows[leg.package]
        moves = told.setdefault(row.candidate, [])
        at = at if moves else names[row.terminal]
        moves.insert(0, went(leg.how, at, names[leg.terminal]))
        at = names[leg.terminal]
    return {of: "; ".join(moves) for of, moves in told.items()}


def explain(station: Station, session: str, candidate: str, lang: str) -> Explanation:
    """The reason of every point of one candidate, in words.

    Raises:
        InputRefused: no such session or candidate, or nothing of this candidate counts.
    """
    line = next(iter(session_results(station, session, candidate)), None)
    if line is None or not candidate:
        raise InputRefused(
            mark("candidate {candidate} is not on the roster of {session}"),
            remedy=mark("Look at the session's roster"),
            candidate=candidate,
            session=session,
        )
    with station.registry.reading() as connection:
        exams = plans.exams_of(connection, session)
        found = counted_of(
            packages.of_session(connection, session, candidate),
            results.of_session(connection, session, candidate),
            exams,
            plans.roster_of(connection, session, candidate),
        ).get(candidate)
    if line.state == "withheld":
        raise InputRefused(
            mark("the result of {candidate} is withheld: {note}"),
            remedy=mark("Confirm first who it was"),
            candidate=candidate,
            note=line.note,
        )
    if found is None:
        missing = line.state == "missing"
        raise InputRefused(
            mark("nothing of candidate {candidate} came yet")
            if missing
            else mark("nothing that came of candidate {candidate} counts yet"),
            remedy=mark("Import the package")
            if missing
            else mark("Decide first which package counts"),
            candidate=candidate,
        )
    row = found.result
    opened = open_admitted(station, row.bank, row.version, row.scoring_version)
    opened.reader.close()
    result = decode(row.detail, Result, "result")
    return Explanation(line, row.scoring_version, explained(result, opened.scoring.entries, lang))


def counted_of(
    came: tuple[packages.PackageRow, ...],
    scored: tuple[results.ResultRow, ...],
    exams: tuple[plans.ExamRow, ...],
    roster: tuple[plans.RosterRow, ...],
) -> dict[str, Counted]:
    """What counts for each candidate: of packages that agree the one with the lowest number."""
    versions = {exam.exam: exam.scoring_version for exam in exams}
    wanted = {row.candidate: versions[row.exam] for row in roster}
    by_package = {(row.package, row.scoring_version): row for row in scored}
    counted: dict[str, Counted] = {}
    for row in sorted(came, key=lambda row: (row.number, row.sha256)):
        if row.state != "recorded" or row.candidate is None or row.candidate in counted:
            continue
        result = by_package.get((row.sha256, wanted[row.candidate]))
        if result is not None:
            counted[row.candidate] = Counted(row, result)
    return counted


def _line(
    row: plans.RosterRow,
    counted: Counted | None,
    came: State,
    note: str,
    standing: withheld.Standing | None = None,
) -> ResultLine:
    waits = standing is not None and standing.confirmed is None
    found = None if counted is None or came == "conflict" or waits else counted.result
    pending = 0 if found is None else found.pending
    result = None if pending else found
    missing: State = "withheld" if waits else "pending" if pending else came
    unmarked = (
        ntext("{n} answer for people to mark", "{n} answers for people to mark", pending, "en")
        if pending
        else ""
    )
    began = standing.note if standing is not None else ""
    confirmed = standing.confirmed if standing is not None else None
    return ResultLine(
        candidate=row.candidate,
        name=confirmed.name if confirmed is not None and confirmed.name else row.name,
        exam=row.exam,
        seat=row.seat,
        score=None if result is None else plain(number(result.score)),
        max_score=None if result is None else plain(number(result.max_score)),
        passed=None if result is None else result.passed,
        package=None if result is None else result.package.hex(),
        state="conflict" if came == "conflict" else missing if result is None else "recorded",
        note="; ".join(part for part in (note, began, unmarked) if part),
        unit=row.unit,
    )


def plain(value: Fraction) -> int | float:
    """An exact number as JSON has it: whole where it is whole."""
    return value.numerator if value.denominator == 1 else float(value)
