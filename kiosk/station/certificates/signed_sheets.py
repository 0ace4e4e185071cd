"""Taking in score sheets: the signature first, then the sheet, then all of it in one transaction.

A sheet that came before changes nothing, by its digest. A mark that contradicts another sheet's is for a
person: the wrong sheet is withdrawn, with a reason, and the right one taken in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.score_sheet import ScoreSheet, read_score_sheet, score_sheet
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number, written
from kiosk.station.acts import Why
from kiosk.station.certificates import score_sheets, statements
from kiosk.station.certificates.acts import act
from kiosk.station.certificates.ladder import read_ladder
from kiosk.station.certificates.score_sheets import Entry, SheetRefused, Wrong
from kiosk.station.home import Station
from kiosk.station.registry import Connection, acts, plans
from kiosk.station.registry import certificates as registered
from kiosk.words import mark


class TakenSheet(Struct, frozen=True):
    """A sheet that is in the registry; `known` when it was before."""

    file: str
    sha256: str
    assessor: str
    marks: int
    known: bool


def take_sheet(
    station: Station, data: bytes, where: str, trust: Trust, now: datetime
) -> TakenSheet:
    """Takes in a `.scoresheet`.

    Raises:
        InputRefused: damaged, not laid out as a sheet is, or it contradicts what is there (`SheetRefused`
            names the cells).
        NotPermitted: the signer is no assessor, unknown or revoked.
        StorageFault: the disk refuses; nothing of it was taken.
    """
    frame = read_score_sheet(data)
    assessor = trust.signer(frame.kid, Role.ASSESSOR)
    sheet = score_sheet(frame, assessor)
    digest = hashlib.sha256(data).digest()
    with station.registry.reading() as connection:
        if registered.has_sheet(connection, digest):
            return _taken(where, digest, assessor, (), known=True)
    entries = entries_of(station, sheet, where, now)
    at = int(now.timestamp())
    row = registered.SheetRow(digest, assessor.kid, sheet.name, data, leaf_hash(data), at)
    with station.registry.writing() as connection:
        if registered.has_sheet(connection, digest):
            return _taken(where, digest, assessor, (), known=True)
        wrong = tuple(_contradictions(connection, entries))
        if wrong:
            raise SheetRefused(where, wrong)
        registered.add_sheet(connection, row, [_mark(digest, one) for one in entries])
    return _taken(where, digest, assessor, entries, known=False)


def entries_of(station: Station, sheet: ScoreSheet, where: str, now: datetime) -> tuple[Entry, ...]:
    """What a sheet says, whichever way it was written."""
    ladder = read_ladder(station.folder)
    today = ladder.day(now)
    if sheet.format == "xlsx":
        return score_sheets.read_score_sheet(sheet.content, where, today)
    return statements.read_statements(sheet.content, where, ladder, today)


def withdraw(station: Station, wanted: str, why: Why, now: datetime) -> registered.SheetLine:
    """Takes a sheet's marks out of account; the sheet stays.

    Args:
        wanted: the beginning of its digest, hex.

    Raises:
        InputRefused: no such sheet, more than one, withdrawn before, or no name or reason.
    """
    with station.registry.writing() as connection:
        found = [
            one
            for one in registered.sheets(connection)
            if len(wanted) >= 4 and one.sha256.hex().startswith(wanted.lower())
        ]
        if len(found) != 1 or found[0].withdrawn is not None:
            raise InputRefused(
                mark("there is no one score sheet {wanted} that counts"),
                remedy=mark("Name the beginning of its digest: kiosk station score-sheets"),
                wanted=wanted,
            )
        sheet = found[0]
        details = {"sheet": sheet.sha256, "marks": sheet.marks}
        done = act(connection, "withdraw-sheet", sheet.sha256.hex(), why, now, details)
        registered.withdraw_sheet(connection, done, sheet.sha256)
    return sheet


def names_of(connection: Connection, numbers: Iterable[str]) -> dict[str, set[str]]:
    """By candidate number, every name that rosters have for it, as they were corrected."""
    wanted = set(numbers)
    found: dict[str, set[str]] = {}
    for session in plans.every_session(connection):
        corrected = acts.names(connection, session.id)
        for row in plans.roster_of(connection, session.id):
            if row.candidate in wanted:
                name = corrected.get(row.candidate, row.name)
                found.setdefault(row.candidate, set()).add(name)
    return found


def _contradictions(connection: Connection, entries: tuple[Entry, ...]) -> Iterator[Wrong]:
    """Names that are not the roster's, and marks that another sheet has otherwise."""
    numbers = {one.candidate for one in entries}
    names = names_of(connection, numbers)
    before = {
        (one.candidate, one.discipline, one.level, one.part, one.day): number(one.marks)
        for one in registered.marks_of(connection, numbers)
    }
    for one in entries:
        known = names.get(one.candidate)
        place = f"row {one.row}"
        if known and one.name and one.name not in known:
            yield Wrong(
                place,
                mark("number {number} is that of {known}, not of {name}"),
                mark("Compare number and name with the roster"),
                {"number": one.candidate, "known": sorted(known), "name": one.name},
            )
        key = (one.candidate, one.discipline, one.level, one.part, one.day.isoformat())
        if before.get(key, one.marks) != one.marks:
            yield Wrong(
                place,
                mark("another sheet gives {number} {marks} in that part on that day"),
                mark("Withdraw the wrong sheet first: kiosk station score-sheets --withdraw"),
                {"number": one.candidate, "marks": written(before[key])},
            )


def _mark(sheet: bytes, one: Entry) -> registered.MarkRow:
    return registered.MarkRow(
        sheet,
        one.row,
        one.candidate,
        one.name,
        one.discipline,
        one.level,
        one.part,
        written(one.marks),
        one.day.isoformat(),
    )


def _taken(
    where: str, digest: bytes, assessor: KeyRecord, entries: tuple[Entry, ...], *, known: bool
) -> TakenSheet:
    return TakenSheet(where, digest.hex(), assessor.name, len(entries), known)
