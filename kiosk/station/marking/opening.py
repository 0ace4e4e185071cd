"""Opens a session's marking, and takes into it what came since: answers become scripts, items and rubrics
what markers see, turns are dealt.

The station's opening key is needed here and nowhere else in marking: from then on answers and items that
people mark stand open in the registry, for a console that holds no key. Opening again adds what is new,
deals the turns of markers who left to those who are named, and changes no mark.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from kiosk.artefacts.answer_package import (
    content_key,
    open_package,
    package,
    read_package,
    replay,
)
from kiosk.artefacts.bank import BankReader
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.assessment.content import Raster
from kiosk.assessment.items import Item, pictures_of
from kiosk.assessment.responses import Response
from kiosk.errors import InputRefused
from kiosk.scoring.result import Result
from kiosk.scoring.rubric import Rubric
from kiosk.station.banks import open_admitted
from kiosk.station.home import Station
from kiosk.station.marking.dealing import Dealt, deal, deal_again, doubled, handle_of
from kiosk.station.marking.deciding import read_bound, read_share
from kiosk.station.registry import Connection, markings, packages, parties, plans, results
from kiosk.station.results import Counted, counted_of
from kiosk.words import mark

KEY_BYTES = 32


class MarkedItem(Struct, frozen=True, forbid_unknown_fields=True):
    """What markers see of an item: the author's name of it, the question, what to look for, the key where
    it has one, what the section gives (decimal text), and its pictures by their names."""

    source: str
    item: Item
    rubric: Rubric
    key: tuple[str, ...]
    points: str
    media: dict[str, bytes]


class Opened(Struct, frozen=True):
    """What opening did: scripts new and in all, how many of the new are marked twice, turns dealt again."""

    session: str
    new: int
    scripts: int
    doubled: int
    dealt_again: int


class _Answer(Struct, frozen=True):
    exam: str
    package: bytes
    item: str
    text: str
    points: str


def open_marking(
    station: Station,
    session: str,
    now: datetime,
    *,
    markers: Sequence[str],
    adjudicators: Sequence[str] = (),
    share: str = "10%",
    bound: str = "20%",
) -> Opened:
    """Opens the marking of a session, or takes in what came since.

    Args:
        markers: who marks from now on; empty leaves who is there.
        adjudicators: who decides where two marks differ too much; empty leaves who is there.
        share: what part of the answers is marked twice, `10%`, `all` or `none`.
        bound: how far two marks may differ, `2` points or `20%` of the full mark.

    Raises:
        InputRefused: no such session, nothing that people mark, nobody to do it, or a share or bound
            that is none.
    """
    wanted, _ = read_share(share), read_bound(bound)
    with station.registry.reading() as connection:
        counted = _counted(connection, session)
        known = {script.package for script in markings.scripts_of(connection, session)}
        exams = {row.exam: row for row in plans.exams_of(connection, session)}
        exam_of = {row.candidate: row.exam for row in plans.roster_of(connection, session)}
    answers = [
        answer
        for one in counted
        if one.package.sha256 not in known
        for answer in _answers(station, one, exam_of[str(one.package.candidate)])
    ]
    seen = {(answer.exam, answer.item): answer.points for answer in answers}
    contents = _contents(station, seen, exams)
    at = int(now.timestamp())
    with station.registry.writing() as connection:
        before = markings.find(connection, session)
        if before is None and not answers:
            raise InputRefused(
                mark("there is nothing in {session} that people mark"),
                remedy=mark("Import the packages first; look at the sections of the plan"),
                session=session,
            )
        key = before.key if before is not None else secrets.token_bytes(KEY_BYTES)
        markings.put(connection, markings.MarkingRow(session, key, share, bound, at))
        for role, names in (("marker", markers), ("adjudicator", adjudicators)):
            if named := [name.strip() for name in names if name.strip()]:
                markings.set_people(connection, session, role, named)
        for content in contents:
            markings.put_item(connection, content)
        there = markings.people(connection, session, "marker")
        again = _deal_again(connection, session, key, there)
        handles = {script.handle for script in markings.scripts_of(connection, session)}
        new = {
            handle: answer
            for answer in answers
            if (handle := handle_of(key, answer.package, answer.item)) not in handles
        }
        twice = frozenset(
            handle
            for exam, item in seen
            for handle in doubled(
                key,
                item,
                [one for one, told in new.items() if (told.exam, told.item) == (exam, item)],
                wanted,
            )
        )
        loads = {name: one.dealt for name, one in markings.progress(connection, session).items()}
        turns = deal(key, new, twice, there, loads)
        for handle, answer in new.items():
            row = markings.ScriptRow(
                handle,
                session,
                answer.exam,
                answer.package,
                answer.item,
                answer.text,
                handle in twice,
            )
            markings.add_script(connection, row)
        markings.add_turns(connection, [_turn(one) for one in turns])
        return Opened(session, len(new), len(handles) + len(new), len(twice), again)


def _counted(connection: Connection, session: str) -> list[Counted]:
    """What counts for each candidate, where people have something to mark."""
    plans.require_session(connection, session)
    found = counted_of(
        packages.of_session(connection, session),
        results.of_session(connection, session),
        plans.exams_of(connection, session),
        plans.roster_of(connection, session),
    )
    return [one for one in found.values() if one.result.pending or one.result.marking]


def _answers(station: Station, counted: Counted, exam: str) -> Iterable[_Answer]:
    """The answers of one package that people mark."""
    result = decode(counted.result.detail, Result, "result")
    waiting = [item for item in result.items if item.reason.code in ("people", "marked")]
    given = _responses(station, counted.package)
    for item in waiting:
        text = "\n".join(line for value in given[item.item].values() for line in value)
        yield _Answer(exam, counted.package.sha256, item.item, text, item.max_points)


def _responses(station: Station, row: packages.PackageRow) -> dict[str, dict[str, Response]]:
    with station.registry.reading() as connection:
        data = packages.content(connection, row.sha256)
        terminal = parties.find(connection, row.terminal)
    assert data is not None
    assert terminal is not None
    sealed = package(read_package(data), terminal.record)
    content = open_package(sealed, content_key(sealed, station.keys(Role.OPENING)))
    return replay(content).responses


def _contents(
    station: Station, seen: dict[tuple[str, str], str], exams: dict[str, plans.ExamRow]
) -> list[markings.ItemRow]:
    """What markers see of each item, by exam."""
    rows = []
    for exam in sorted({exam for exam, _ in seen}):
        row = exams[exam]
        bank = open_admitted(station, row.bank, row.version, row.scoring_version)
        entries = {entry.item: entry for entry in bank.scoring.entries}
        with bank.reader as reader:
            rows += [
                markings.ItemRow(
                    row.session,
                    exam,
                    item,
                    row.scoring_version,
                    encode(_content(reader, entries[item], points)),
                )
                for (of, item), points in seen.items()
                if of == exam
            ]
    return rows


def _content(reader: BankReader, entry: ScoringEntry, points: str) -> MarkedItem:
    item = reader.item(entry.item)
    shown = {
        picture.media
        for text in item.texts.values()
        for picture in pictures_of(text)
        if isinstance(picture, Raster)
    }
    return MarkedItem(
        source=entry.source,
        item=item,
        rubric=entry.rubric,
        key=tuple(
            entry.names.get(value, value)
            for response in entry.rules.responses
            for value in response.correct or ()
        ),
        points=points,
        media={name: reader.media(name) for name in sorted(shown)},
    )


def _deal_again(connection: Connection, session: str, key: bytes, there: tuple[str, ...]) -> int:
    """Hands turns of those who left to those who are there."""
    waiting = [
        Dealt(row.handle, row.turn, row.marker)
        for row in markings.open_turns(connection, session)
        if row.turn in ("first", "second")
    ]
    still = {(turn.handle, turn.turn) for turn in waiting}
    taken = {
        row.handle: row.marker
        for row in markings.turns_of(connection, session)
        if row.turn in ("first", "second") and (row.handle, row.turn) not in still
    }
    again = deal_again(key, waiting, there, taken)
    for one in again:
        markings.give_turn(connection, _turn(one))
    return len(again)


def _turn(one: Dealt) -> markings.TurnRow:
    return markings.TurnRow(one.handle, one.turn, one.marker)
