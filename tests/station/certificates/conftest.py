"""A round that ended: theory final, practice on a signed sheet, one person without what admits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.station import enrol
from kiosk.station.acts import Why
from kiosk.station.certificates.issuing import Issued, issue, note_evidence, session_cases
from kiosk.station.receiving import receive
from kiosk.station.registry import certificates
from kiosk.station.standings import Kind, move
from tests.station.builders import NOW, SESSION, Day, a_day
from tests.station.certificates.sheets import ASSESSOR, rows, signed

WHY = Why("张三", "round 15")
LATER = NOW + timedelta(days=8)


@dataclass
class Ended:
    """A day whose results are final: 1 and 2 passed all, 3 failed practice, 4 is not admitted."""

    day: Day
    now: datetime
    issued: tuple[Issued, ...] = ()


def an_ended_day(folder: Path) -> Ended:
    day = a_day(folder)
    end_the_day(day)
    return Ended(day, LATER)


def end_the_day(day: Day) -> None:
    """Four sit and are marked in practice; their results are final on `LATER`."""
    enrol.enrol(day.station, ASSESSOR.record, NOW)
    day.import_(*(day.sit(f"2026000{n}") for n in range(1, 5)))
    marks = rows(*((f"2026000{n}", f"考生{n}", "技能操作", 90 if n != 3 else 59, "2026-03-02")
                   for n in range(1, 5)))  # fmt: skip
    sheet = day.file("practice.scoresheet", signed(marks))
    move(day.station, Kind.PUBLISH, SESSION, (), WHY, NOW, days=7)
    move(day.station, Kind.FINALISE, SESSION, (), WHY, LATER)
    assert not receive(day.station, [sheet], LATER, workers=1).refused
    for n in range(1, 4):
        row = certificates.EvidenceRow(f"2026000{n}", "", "holds", "L5", "2020-01-01")
        note_evidence(day.station, row, WHY, LATER)


@pytest.fixture(scope="session")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """The day, its certificates issued; made once, for tests that only read."""
    made = an_ended_day(tmp_path_factory.mktemp("ended"))
    decided = session_cases(made.day.station, SESSION, made.now)
    made.issued = issue(made.day.station, decided, WHY, made.now)
    yield made
    made.day.station.close()
