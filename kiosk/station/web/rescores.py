"""Scoring again, in the process that has the keys: what would change, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.station.acts import Why
from kiosk.station.banks import admitted_scoring
from kiosk.station.home import Station
from kiosk.station.registry import plans
from kiosk.station.rescoring import How, Rescoring, rescore, void_item
from kiosk.trust.durable import storage
from kiosk.words import mark


class Scored(Struct, frozen=True):
    """An exam of a session: the scoring version it goes by, others that its author made, its items by
    their author's names."""

    exam: str
    bank: str
    version: str
    scoring_version: int
    others: tuple[int, ...]
    items: tuple[str, ...]


def scored(folder: Path, session: str) -> tuple[Scored, ...]:
    """By what each exam of a session is scored, and could be.

    Raises:
        InputRefused: no such session.
    """
    station = Station.open(folder)
    try:
        with station.registry.reading() as connection:
            plans.require_session(connection, session)
            exams = plans.exams_of(connection, session)
            versions = [
                plans.scoring_versions(connection, exam.bank, exam.version) for exam in exams
            ]
        found = []
        for exam, rows in zip(exams, versions, strict=True):
            content = admitted_scoring(station, exam.bank, exam.version, exam.scoring_version)
            others = {row.scoring_version for row in rows} - {exam.scoring_version}
            found.append(
                Scored(
                    exam.exam,
                    exam.bank,
                    exam.version,
                    exam.scoring_version,
                    tuple(sorted(others)),
                    tuple(sorted(entry.source for entry in content.entries)),
                )
            )
        return tuple(found)
    finally:
        station.close()


def amended(
    folder: Path,
    session: str,
    item: str,
    how: How,
    answer: Sequence[str],
    why: Why,
    now: datetime,
    *,
    dry_run: bool,
) -> Rescoring:
    """`void_item`, on the station in `folder`."""
    station = Station.open(folder)
    try:
        return void_item(station, session, item, how, now, why, answer=answer, dry_run=dry_run)
    finally:
        station.close()


def rescored(
    folder: Path, session: str, exam: str, version: int, why: Why, now: datetime, *, dry_run: bool
) -> Rescoring:
    """`rescore` by a scoring version that was imported before.

    Raises:
        InputRefused: no such session, exam or version.
    """
    station = Station.open(folder)
    try:
        with station.registry.reading() as connection:
            plans.require_session(connection, session)
            rows = [
                row
                for one in plans.exams_of(connection, session)
                if one.exam == exam
                for row in plans.scoring_versions(connection, one.bank, one.version)
                if row.scoring_version == version
            ]
        if not rows:
            raise InputRefused(
                mark("exam {exam} has no scoring version {version}"),
                remedy=mark("Import the author's .scoring file first"),
                exam=exam,
                version=version,
            )
        path = station.folder / "scoring" / rows[0].file
        with storage(path):
            data = path.read_bytes()
        return rescore(station, session, data, now, why, dry_run=dry_run)
    finally:
        station.close()
