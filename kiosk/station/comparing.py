"""Packages of one sitting side by side: all that tells a person which of them is the candidate's.

It opens the packages, so it needs the station's opening key. Times are what the terminals' clocks said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from kiosk.artefacts.answer_package import (
    PackageContent,
    content_key,
    open_package,
    package,
    read_package,
    replay,
)
from kiosk.artefacts.chain import Admitted, Commanded, Entry, Happened, TakenOver, read_entries
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.artefacts.token_words import COMMAND_WORDS, REASON_WORDS
from kiosk.artefacts.tokens import Reason
from kiosk.assessment.paper import Paper, PaperItem
from kiosk.assessment.sitting import Answered, Incident, Sitting, Started
from kiosk.scoring.numbers import number
from kiosk.station.banks import admitted_scoring
from kiosk.station.conflicts import Question, question
from kiosk.station.home import Station
from kiosk.station.legs import Leg, legs_of, went
from kiosk.station.registry import packages, parties, plans, results
from kiosk.station.registry.decisions import DecisionRow
from kiosk.station.results import plain
from kiosk.words import listed, mark, text

PACKAGE_WORDS = {
    "recorded": mark("recorded"),
    "conflict": mark("in conflict with another one"),
    "overruled": mark("counts for nothing, as was decided"),
    "quarantined": mark("in quarantine"),
}
END_WORDS = {
    "handed_in": mark("handed in by the candidate"),
    "expired": mark("the time was over"),
    "aborted": mark("ended by a proctor"),
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Told(Struct, frozen=True):
    """A proctor's command in a sitting: when, by whom, what and why, in words."""

    at_s: int
    proctor: str
    what: str
    why: str


class Side(Struct, frozen=True):
    """One package of the sitting. Instants are UTC epoch seconds; `state` is the package's in the registry,
    `end` how the sitting ended; `entries` and `head` are of the journal it was made with; `moves` say from
    which terminal to which the sitting went."""

    sha256: str
    terminal: str
    seat: str
    number: int
    state: str
    reason: str
    received_at: int
    began_s: int | None
    ended_s: int | None
    ran_ms: int
    end: str
    answered: int
    score: int | float | None
    max_score: int | float | None
    entries: int
    head: str
    moves: tuple[str, ...]
    commands: tuple[Told, ...]
    incidents: tuple[str, ...]


class Answer(Struct, frozen=True):
    """A question that the packages answer differently: what each says, and when it was last changed.
    `number` counts from 1 as the candidate saw it."""

    number: int
    item: str
    values: tuple[str, ...]
    changed_s: tuple[int | None, ...]


class Comparison(Struct, frozen=True):
    """A candidate's packages, what they answer differently, and how many questions alike. `sight` goes back
    with the decision."""

    session: str
    candidate: str
    name: str
    exam: str
    sides: tuple[Side, ...]
    differing: tuple[Answer, ...]
    alike: int
    decided: tuple[DecisionRow, ...]
    open: bool
    sight: str


class Sat(Struct, frozen=True):
    """A package opened: its sitting, and its journals' entries of that sitting, oldest first."""

    content: PackageContent
    sitting: Sitting
    legs: tuple[Leg, ...]
    entries: tuple[Entry, ...]
    head: bytes

    @property
    def incidents(self) -> tuple[str, ...]:
        """Their codes, oldest first."""
        return tuple(
            one.record.event.code
            for one in self.entries
            if isinstance(one.record, Happened) and isinstance(one.record.event, Incident)
        )


def compare(station: Station, session: str, candidate: str, lang: str) -> Comparison:
    """The packages of a sitting that contradict each other, or about which was decided.

    Raises:
        InputRefused: there are none, or the registry's copy of one is damaged.
    """
    with station.registry.reading() as connection:
        asked = question(connection, session, candidate)
        row = next(
            one for one in plans.roster_of(connection, session) if one.candidate == candidate
        )
        exam = next(one for one in plans.exams_of(connection, session) if one.exam == row.exam)
        known = {party.record.kid: party.record for party in parties.every(connection)}
        bytes_of = {one.sha256: packages.content(connection, one.sha256) for one in asked.packages}
        scored = {
            one.sha256: {
                result.scoring_version: result
                for result in results.of_package(connection, one.sha256)
            }
            for one in asked.packages
        }
    sats = [open_sitting(station, bytes_of[one.sha256] or b"", known) for one in asked.packages]
    scoring = admitted_scoring(station, exam.bank, exam.version, exam.scoring_version)
    differing = _differing(sats, {entry.item: entry for entry in scoring.entries}, lang)
    return Comparison(
        session=session,
        candidate=candidate,
        name=row.name,
        exam=row.exam,
        sides=tuple(
            _side(asked, position, sat, known, scored[sha256].get(exam.scoring_version), lang)
            for position, (sat, sha256) in enumerate(
                zip(sats, (one.sha256 for one in asked.packages), strict=True)
            )
        ),
        differing=differing,
        alike=len(sats[0].sitting.paper.items) - len(differing),
        decided=asked.decided,
        open=asked.open,
        sight=asked.sight,
    )


def open_sitting(station: Station, data: bytes, known: Mapping[bytes, KeyRecord]) -> Sat:
    """A package that was accepted, opened.

    Args:
        known: the records of the terminals, by kid.

    Raises:
        InputRefused: the registry's copy is damaged.
    """
    frame = read_package(data)
    sealed = package(frame, known[frame.kid])
    content = open_package(sealed, content_key(sealed, station.keys(Role.OPENING)))
    terminals = {kid: record for kid, record in known.items() if record.role is Role.TERMINAL}
    legs = legs_of(content, sealed.terminal, terminals)
    entries = tuple(entry for leg in legs for entry in _of_sitting(leg))
    return Sat(content, replay(content), legs, entries, sealed.head)


def _of_sitting(leg: Leg) -> Iterator[Entry]:
    index = -1
    for entry in read_entries(leg.journal):
        index += isinstance(entry.record, Admitted | TakenOver)
        if index == leg.sitting:
            yield entry


def _side(
    asked: Question,
    position: int,
    sat: Sat,
    known: Mapping[bytes, KeyRecord],
    result: results.ResultRow | None,
    lang: str,
) -> Side:
    row = asked.packages[position]
    began = next((one.wall_s for one in sat.entries if _event(one, Started)), None)
    places = [known[leg.terminal].name for leg in sat.legs]
    return Side(
        sha256=row.sha256.hex(),
        terminal=known[row.terminal].name,
        seat=sat.content.seat,
        number=row.number,
        state=row.state,
        reason=row.reason,
        received_at=row.received_at,
        began_s=began,
        ended_s=sat.entries[-1].wall_s if sat.entries else None,
        ran_ms=sat.sitting.ran_ms,
        end=sat.sitting.state,
        answered=sum(any(values.values()) for values in sat.sitting.responses.values()),
        score=None if result is None or result.pending else plain(number(result.score)),
        max_score=None if result is None or result.pending else plain(number(result.max_score)),
        entries=len(sat.content.journal),
        head=sat.head.hex(),
        moves=tuple(
            went(leg.left, at, there, lang)
            for leg, there, at in zip(sat.legs, places, places[1:], strict=False)
            if leg.left is not None
        ),
        commands=tuple(
            _told(one.wall_s, one.record, known, lang)
            for one in sat.entries
            if isinstance(one.record, Commanded)
        ),
        incidents=sat.incidents,
    )


def _event(entry: Entry, kind: type[Started]) -> bool:
    return isinstance(entry.record, Happened) and isinstance(entry.record.event, kind)


def _told(at_s: int, command: Commanded, known: Mapping[bytes, KeyRecord], lang: str) -> Told:
    what = text(COMMAND_WORDS[command.command], lang)
    return Told(
        at_s,
        known[command.proctor].name,
        f"{what} +{command.minutes}" if command.minutes else what,
        "" if command.reason is Reason.NONE else text(REASON_WORDS[command.reason], lang),
    )


def _differing(
    sats: Sequence[Sat], entries: Mapping[str, ScoringEntry], lang: str
) -> tuple[Answer, ...]:
    # Intake found each paper to be the one the station made, so they are all the same.
    paper: Paper = sats[0].sitting.paper
    changed = [_changed(sat) for sat in sats]
    found = []
    for position, placed in enumerate(paper.items):
        given = [sat.sitting.responses.get(placed.item, {}) for sat in sats]
        if any(one != given[0] for one in given):
            found.append(
                Answer(
                    position + 1,
                    entries[placed.item].source,
                    tuple(_values(one, placed, entries[placed.item], lang) for one in given),
                    tuple(times.get(placed.item) for times in changed),
                )
            )
    return tuple(found)


def _changed(sat: Sat) -> dict[str, int]:
    """When each item was last answered."""
    return {
        one.record.event.item: one.wall_s
        for one in sat.entries
        if isinstance(one.record, Happened) and isinstance(one.record.event, Answered)
    }


def _values(
    given: Mapping[str, tuple[str, ...]], placed: PaperItem, entry: ScoringEntry, lang: str
) -> str:
    """An answer as the candidate saw it: the letters of choices, else the author's names or the text."""
    said = []
    for response, values in given.items():
        order = placed.orders.get(response, ())
        letters = dict(zip(order, _LETTERS, strict=False))
        said += [
            letters.get(value) or " ".join(entry.names.get(part, part) for part in value.split(" "))
            for value in values
        ]
    return listed(sorted(said) if all(len(one) == 1 for one in said) else said, lang)
