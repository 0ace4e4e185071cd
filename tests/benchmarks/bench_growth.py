"""How import and pages grow with what the registry holds already: rounds of 1x, 10x and 100x.

Before each part the registry is filled with copies of its first room: sessions, rosters, packages, results,
leaves and receipts by the thousand, as rows. Then a room of real packages is imported, receipts and all, and
pages are asked for. Flat lines say that a round's whole import grows linearly. The samples go to
`build/bench/growth.json`, from which `tests.benchmarks.plots` draws.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI

from kiosk.rehearsal.telling import Telling
from kiosk.station import users
from kiosk.station.home import Station
from kiosk.station.receiving import receive
from kiosk.station.registry import Connection
from kiosk.station.users import UserRole
from kiosk.station.web.app import create_app
from tests.benchmarks.exam_round import ROOM_SEATS, a_round
from tests.benchmarks.measure import Result, at_most, say
from tests.station.web.console import PASSWORD, Browser, Console, Here, _hasher

SIZES = (0, 1_391, 13_910, 139_100)
"""Packages that are there before a part; the first part only warms up."""
SAMPLES = Path(__file__).parents[2] / "build" / "bench" / "growth.json"
GOAL = 1.5
"""Most that a package or a page may cost at the largest size, against the smallest."""


def run(sizes: Sequence[int] = SIZES, room: int = ROOM_SEATS) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        made = a_round(Path(folder) / "round", room * len(sizes), Telling())
        station = Station.open(made.station)
        browser = _signed_in(station)
        samples = []
        for part, size in enumerate(sizes):
            _fill(station, size)
            files = made.packages[part * room : (part + 1) * room]
            begun = time.perf_counter()
            report = receive(station, files, datetime.now(UTC), workers=1)
            taken_ms = (time.perf_counter() - begun) * 1_000
            assert report.imported == len(files), report.refused[:1]
            sample = {"packages": size, "import_ms": taken_ms / len(files)}
            for name, path in (
                ("room", f"/sessions/R15-{part * room // ROOM_SEATS:02}"),
                ("sessions", "/sessions"),
            ):
                sample[f"{name}_ms"] = _page_ms(browser, path)
            say("  ".join(f"{name} {value:.4g}" for name, value in sample.items()))
            samples.append(sample)
        station.close()
    SAMPLES.parent.mkdir(parents=True, exist_ok=True)
    SAMPLES.write_text(json.dumps(samples[1:], indent=2), "utf-8")
    return [
        _result(samples, "import_ms", "import of a package, receipts included, with"),
        _result(samples, "room_ms", "page of a room with"),
    ]


def _result(samples: Sequence[dict[str, float]], of: str, told: str) -> Result:
    first, last = samples[min(1, len(samples) - 1)], samples[-1]
    ratio = last[of] / first[of]
    goal, holds = at_most(ratio, GOAL)
    return Result(
        name=f"{told} {last['packages']:,} packages there before",
        value=last[of],
        unit="ms",
        against=f"the same with {first['packages']:,}",
        ratio=ratio,
        goal=goal,
        holds=holds,
        runs=1,
    )


def _page_ms(browser: Browser, path: str) -> float:
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        assert browser.get(path).status_code == 200
        taken.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(taken[1:])


def _signed_in(station: Station) -> Browser:
    users._hasher = _hasher
    now = datetime.now(UTC)
    users.add_user(station, "admin", PASSWORD, [UserRole.ADMIN], now, by="bench")
    app: FastAPI = create_app(station, clock=lambda: now, executor=Here)
    browser = Console(None, app).browser()  # type: ignore[arg-type]
    assert browser.sign_in("admin").status_code == 200
    return browser


def _fill(station: Station, wanted: int) -> None:
    """Copies of the first room until there are `wanted` packages."""
    with station.registry.writing() as connection:
        count = "SELECT count(*) FROM packages"
        there = connection.exec_driver_sql(count).scalar_one()
        if not there or wanted <= there:
            return
        connection.exec_driver_sql(
            "CREATE TEMP TABLE IF NOT EXISTS first AS SELECT * FROM packages "
            "WHERE session = 'R15-00' AND state = 'recorded'"
        )
        rooms = -(
            -(wanted - there)
            // connection.exec_driver_sql("SELECT count(*) FROM first").scalar_one()
        )
        last = connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar_one()
        for number in range(last, last + rooms):
            _copy_room(connection, f"F-{number:05}")


def _copy_room(connection: Connection, name: str) -> None:
    for statement in _ROOM.split(";"):
        connection.exec_driver_sql(statement, {"name": name})


_ROOM = """
INSERT INTO sessions SELECT :name, round, room, opens_at, closes_at, randomblob(32), sealed_key,
    :name || '.session', :name || '.release', planned_at, published_at
    FROM sessions WHERE id = 'R15-00';
INSERT INTO exams SELECT :name, exam, level, bank, version, scoring_version, blueprint
    FROM exams WHERE session = 'R15-00';
INSERT INTO roster SELECT :name, candidate, name, exam, seat, unit FROM roster WHERE session = 'R15-00';
CREATE TEMP TABLE room AS SELECT *, randomblob(32) AS digest, row_number() OVER () - 1 AS nth,
    (SELECT max(position) + 1 FROM leaves) AS start FROM first;
INSERT INTO packages SELECT digest, terminal, start, :name, candidate, attempt, answers_sha256, state,
    reason, received_at FROM room;
INSERT INTO package_files SELECT digest, zeroblob(64) FROM room;
INSERT INTO results SELECT digest, bank, version, scoring_version, marking, pending, score, max_score,
    passed, zeroblob(64), scored_at FROM room JOIN results ON package = sha256;
INSERT INTO leaves SELECT start + nth, randomblob(32), digest, received_at FROM room ORDER BY nth;
INSERT INTO receipts SELECT start + nth, (SELECT max(size) FROM checkpoints), zeroblob(64) FROM room;
INSERT INTO package_numbers SELECT terminal, start, :name, digest FROM room;
INSERT INTO seen_files (sha256, name, verdict, reason, kept, seen_at)
    SELECT digest, :name, 'imported', '', '', received_at FROM room;
DROP TABLE room
"""
