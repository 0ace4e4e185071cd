"""What is known of a person, gathered: theory results of every session, marks on sheets, what was brought to be
admitted, and certificates this station issued. A candidate number is one person's here, session after session.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from fractions import Fraction

from msgspec import Struct

from kiosk.scoring.numbers import number
from kiosk.scoring.standard import Level
from kiosk.station import withheld
from kiosk.station.certificates.deciding import Attempt, Decision, Facts, Held, Verdict, decide
from kiosk.station.certificates.ladder import LEVELS, PARTS, Ladder, Part
from kiosk.station.registry import Connection, packages, plans, results
from kiosk.station.registry import certificates as registered
from kiosk.station.results import ResultLine, counted_of, lines_of

Key = tuple[str, str, Level]
"""Number, discipline, level."""


class Case(Struct, frozen=True):
    """One person, one level of one discipline: what is known, what is decided, and the number of the
    certificate that holds, if there is one."""

    candidate: str
    name: str
    discipline: str
    level: Level
    facts: Facts
    decision: Decision
    certificate: str | None = None

    @property
    def unfounded(self) -> bool:
        """Whether there is a certificate that what is known now does not give: a person must look at it."""
        return self.certificate is not None and self.decision.verdict is not Verdict.GRANTED


def cases(
    connection: Connection, ladder: Ladder, candidates: Iterable[str], now: datetime
) -> tuple[Case, ...]:
    """Every case of some people, decided as of now: whatever they were examined for, or brought a higher
    level's conditions for."""
    wanted = sorted(set(candidates))
    known = _Known(connection, ladder, wanted)
    today = ladder.day(now)
    made = []
    for candidate, discipline, level in sorted(known.keys(), key=_order):
        facts = known.facts(candidate, discipline, level)
        decision = decide(ladder.rule(level, discipline), facts, today)
        live = [
            one.number
            for one in known.issued
            if (one.candidate, one.discipline, one.level) == (candidate, discipline, level)
            and one.revoked is None
        ]
        name = min(facts.names, default="")
        made.append(
            Case(candidate, name, discipline, level, facts, decision, live[0] if live else None)
        )
    return tuple(made)


def _order(key: Key) -> tuple[str, str, int]:
    candidate, discipline, level = key
    return candidate, discipline, LEVELS.index(level)


class _Known:
    """All rows that concern some people, read once."""

    def __init__(self, connection: Connection, ladder: Ladder, candidates: list[str]) -> None:
        self._ladder = ladder
        self._marks = registered.marks_of(connection, candidates) if candidates else ()
        self._brought = registered.evidence_of(connection, candidates) if candidates else ()
        self.issued = registered.issued(connection, candidates=candidates) if candidates else ()
        self._attempts: dict[Key, list[Attempt]] = {}
        self._names: dict[str, set[str]] = {}
        for session in registered.sessions_of(connection, candidates):
            self._read(connection, session, frozenset(candidates))
        for mark in self._marks:
            key = (mark.candidate, mark.discipline, _level(mark.level))
            self._attempts.setdefault(key, []).append(
                Attempt(
                    _part(mark.part),
                    number(mark.marks),
                    date.fromisoformat(mark.day),
                    f"{mark.sheet.hex()[:12]}:{mark.row}",
                )
            )

    def keys(self) -> set[Key]:
        """What somebody was examined for; and of who brought an apprenticeship, the level it gives."""
        found = set(self._attempts)
        for one in self._brought:
            if one.kind == "apprenticeship" and one.discipline:
                found.add((one.candidate, one.discipline, "apprentice"))
        return found

    def facts(self, candidate: str, discipline: str, level: Level) -> Facts:
        brought = [
            one
            for one in self._brought
            if one.candidate == candidate and one.discipline in ("", discipline)
        ]
        held = [
            Held(_level(one.level), date.fromisoformat(one.since))
            for one in brought
            if one.kind == "holds"
        ]
        held += [
            Held(_level(one.level), date.fromisoformat(one.issued_on))
            for one in self.issued
            if one.candidate == candidate
            and one.discipline == discipline
            and one.level != level
            and one.revoked is None
        ]
        names = self._names.get(candidate) or {
            one.name for one in self._marks if one.candidate == candidate and one.name
        }
        return Facts(
            tuple(self._attempts.get((candidate, discipline, level), ())),
            tuple(held),
            _first(brought, "apprenticeship"),
            _first(brought, "work"),
            frozenset(names),
        )

    def _read(self, connection: Connection, session: str, candidates: frozenset[str]) -> None:
        """The theory of one session."""
        row = plans.require_session(connection, session)
        on = self._ladder.day(datetime.fromtimestamp(row.opens_at, UTC))
        exams = {one.exam: one for one in plans.exams_of(connection, session)}
        counted = counted_of(
            packages.of_session(connection, session),
            results.of_session(connection, session),
            tuple(exams.values()),
            plans.roster_of(connection, session),
        )
        confirmed = {
            reserve: standing.confirmed
            for reserve, standing in withheld.standing(connection, session).items()
        }
        for line in lines_of(connection, session):
            who = confirmed.get(line.candidate)
            candidate = who.belongs_to if who is not None and who.belongs_to else line.candidate
            if candidate not in candidates:
                continue
            self._names.setdefault(candidate, set()).add(line.name)
            exam = exams[line.exam]
            bank = plans.find_bank(connection, exam.bank, exam.version)
            assert bank is not None
            key = (candidate, bank.discipline, _level(exam.level))
            attempts = self._attempts.setdefault(key, [])
            result = counted[line.candidate].result if line.candidate in counted else None
            attempt = _theory(line, result, on, session, self._ladder)
            if attempt is not None:
                attempts.append(attempt)


def _theory(
    line: ResultLine,
    result: results.ResultRow | None,
    on: date,
    session: str,
    ladder: Ladder,
) -> Attempt | None:
    """The attempt that a line of results is; None where nothing came."""
    if line.standing == "void":
        return Attempt("theory", Fraction(0), on, session, "void")
    if line.standing in ("absent", "deferred") or line.state == "missing":
        return None
    lasts = {"final"} if ladder.counts == "final" else {"final", "published"}
    if result is None or line.score is None or line.standing not in lasts:
        return Attempt("theory", Fraction(0), on, session, "waits")
    most = number(result.max_score)
    marks = number(result.score) * 100 / most if most else Fraction(0)
    return Attempt("theory", marks, on, session, "counts", failed=not result.passed)


def _first(brought: Iterable[registered.EvidenceRow], kind: str) -> date | None:
    return min((date.fromisoformat(one.since) for one in brought if one.kind == kind), default=None)


def _level(said: str) -> Level:
    return next(level for level in LEVELS if level == said)


def _part(said: str) -> Part:
    return next(part for part in PARTS if part == said)
