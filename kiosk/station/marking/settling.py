"""Marks become results: once every answer of a package is decided, its score is summed again with them,
by the blueprint's own rules, and recorded as the next marking, with a leaf in the log.

It needs no key and no package, so it happens in the transaction of the mark that was missing. A review
that changes a mark makes one more marking; a later scoring version gets the marks that are there.
"""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.merkle import leaf_hash
from kiosk.scoring.blueprint import Blueprint
from kiosk.scoring.numbers import number
from kiosk.scoring.result import Result
from kiosk.scoring.sitting_score import Given as Awarded
from kiosk.scoring.sitting_score import with_marks
from kiosk.station.marking.deciding import Decision, Given, Turn, decide, read_bound
from kiosk.station.registry import Connection, log, markings, packages, plans, results

KIND = "kiosk/marking/1"


class SettledMark(Struct, frozen=True, forbid_unknown_fields=True):
    """One mark that a result rests on."""

    item: str
    turn: str
    marker: str
    points: str
    most: str
    given_at: int


class Settlement(Struct, frozen=True, forbid_unknown_fields=True):
    """What the log's leaf is of: the result a package got, and the marks it was made of."""

    kind: str
    package: bytes
    scoring_version: int
    marking: int
    score: str
    marks: tuple[SettledMark, ...]


def decisions(
    connection: Connection, package: bytes
) -> dict[str, tuple[Decision, list[markings.MarkRow]]]:
    """How each script of a package stands, by item, with the marks its decision rests on."""
    rows = markings.newest(markings.marks_of_package(connection, package))
    found = {}
    for script in markings.scripts_of_package(connection, package):
        marking = markings.find(connection, script.session)
        assert marking is not None
        here = {turn: row for (handle, turn), row in rows.items() if handle == script.handle}
        decision = decide(given(here), twice=script.doubled, bound=read_bound(marking.bound))
        found[script.item] = decision, [here[turn] for turn in decision.turns]
    return found


def given(rows: dict[str, markings.MarkRow]) -> dict[Turn, Given]:
    """Marks by their turns, without those taken back."""
    turns: dict[Turn, Given] = {}
    for turn in ("first", "second", "third", "review"):
        row = rows.get(turn)
        if row is not None and row.points is not None:
            turns[turn] = Given(
                row.marker, number(row.points), number(row.most), tuple(row.given.split())
            )
    return turns


def settle(connection: Connection, package: bytes, at: int) -> int:
    """Records what a package's marks make of its results, in every scoring version that they change; how
    many results that were. Nothing as long as an answer waits for its mark; a result whose mark was taken
    back becomes one that waits."""
    found = decisions(connection, package)
    if not found:
        return 0
    decided = {item for item, (one, _) in found.items() if one.standing == "final"}
    blueprint = _blueprint(connection, package)
    rows = results.every_marking(connection, package)
    newest = {row.scoring_version: row for row in rows}
    made = 0
    for base in (row for row in rows if row.marking == 0):
        result = decode(base.detail, Result, "result")
        by_people = {item.item for item in result.items if item.reason.code == "people"}
        waiting = len(by_people - decided)
        before = newest[base.scoring_version]
        if not by_people or (waiting and before.pending):
            continue
        awarded = {
            item: Awarded(decision.share or Fraction(0), decision.gave)
            for item, (decision, _) in found.items()
            if item in by_people & decided
        }
        after = with_marks(result, blueprint, awarded)
        if encode(after) != before.detail:
            used = [(item, row) for item in sorted(awarded) for row in found[item][1]]
            _record(connection, before, after, waiting, used, at)
            made += 1
    return made


def settle_session(connection: Connection, session: str, at: int) -> int:
    """`settle` for every package of a session, as after a new scoring version; how many results were
    made."""
    with_scripts = {script.package for script in markings.scripts_of(connection, session)}
    return sum(settle(connection, package, at) for package in sorted(with_scripts))


def _blueprint(connection: Connection, package: bytes) -> Blueprint:
    row = packages.find(connection, package)
    assert row is not None
    exam = next(
        one.exam
        for one in plans.roster_of(connection, row.session)
        if one.candidate == row.candidate
    )
    planned = next(one for one in plans.exams_of(connection, row.session) if one.exam == exam)
    return decode(planned.blueprint, Blueprint, "blueprint")


def _record(
    connection: Connection,
    before: results.ResultRow,
    after: Result,
    waiting: int,
    used: list[tuple[str, markings.MarkRow]],
    at: int,
) -> None:
    row = replace(
        before,
        marking=before.marking + 1,
        pending=waiting,
        score=after.score,
        max_score=after.max_score,
        passed=after.passed,
        detail=encode(after),
        scored_at=at,
    )
    results.add(connection, row)
    settlement = Settlement(
        kind=KIND,
        package=row.package,
        scoring_version=row.scoring_version,
        marking=row.marking,
        score=row.score,
        marks=tuple(
            SettledMark(item, one.turn, one.marker, str(one.points), one.most, one.given_at)
            for item, one in used
        ),
    )
    content = encode(settlement)
    leaf = leaf_hash(content)
    log.append(connection, leaf, None, at)
    markings.add_settlement(
        connection,
        markings.SettlementRow(row.package, row.scoring_version, row.marking, leaf, content),
    )
