"""A console page of a session of 1,391 candidates and of 100,000: the server's whole time, against the bare
queries for the same page, its figures and its rows."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from kiosk.artefacts.codec import decode
from kiosk.scoring.result import Result as Scored
from kiosk.station.registry import packages, results
from kiosk.station.web.sessions import ON_A_PAGE
from tests.benchmarks.measure import Result, at_most, percentile
from tests.station.builders import SESSION
from tests.station.web.console import Console, a_console

CANDIDATES = (1_391, 100_000)
RUNS = 60
_FIGURES = """
SELECT state, count(*) FROM (
    SELECT (SELECT max(p.state) FROM packages p
            WHERE p.session = r.session AND p.candidate = r.candidate) AS state
    FROM roster r WHERE r.session = ?)
GROUP BY state
"""
_ROWS = """
SELECT r.candidate, r.name, r.exam, r.seat, p.sha256, p.number, p.state, p.reason, p.terminal,
       s.score, s.max_score, s.passed
FROM (SELECT * FROM roster WHERE session = ? ORDER BY candidate LIMIT ? OFFSET ?) r
LEFT JOIN packages p ON p.session = r.session AND p.candidate = r.candidate
LEFT JOIN results s ON s.package = p.sha256
ORDER BY r.candidate
"""


def run(candidates: tuple[int, ...] = CANDIDATES, runs: int = RUNS) -> Iterator[Result]:
    for count in candidates:
        with tempfile.TemporaryDirectory() as folder:
            console = a_console(Path(folder))
            _fill(console, count)
            last = -(-count // ON_A_PAGE)
            yield _measured(console, count, "first page", 1, runs)
            yield _measured(console, count, "last page", last, runs)
            console.station.close()


def _measured(console: Console, count: int, what: str, page_: int, runs: int) -> Result:
    server = _Timed(console.app)
    console.app = server  # type: ignore[assignment]
    browser = console.as_("admin")
    console.app = server.app
    path = f"/sessions/{SESSION}?page={page_}"
    first = (page_ - 1) * ON_A_PAGE
    shown = min(ON_A_PAGE, count - first)
    assert browser.get(path).text.count('<th scope="row">') == shown
    pages, queries = [], []
    for _ in range(runs):
        browser.get(path)
        pages.append(server.took_s * 1000)
        begun = time.perf_counter()
        _bare(console, first, shown)
        queries.append((time.perf_counter() - begun) * 1000)
    page, query = percentile(pages, 99), percentile(queries, 99)
    goal, holds = at_most(page / query, 3)
    return Result(
        f"console, {what} of {count} candidates, p99",
        page,
        "ms",
        "the bare queries of that page, p99",
        page / query,
        goal,
        holds,
        runs,
    )


class _Timed:
    """The server's own time, from a request to the last byte of its answer."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.took_s = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        await self.app(scope, receive, send)
        self.took_s = time.perf_counter() - begun


def _bare(console: Console, first: int, shown: int) -> None:
    with console.station.registry.reading() as connection:
        assert connection.exec_driver_sql(_FIGURES, (SESSION,)).fetchall()
        rows = connection.exec_driver_sql(_ROWS, (SESSION, ON_A_PAGE, first)).fetchall()
        assert len(rows) == shown


def _fill(console: Console, candidates: int) -> None:
    """A session as large as a round: one real result, told of everybody."""
    day = console.day
    day.import_(day.sit("20260001"))
    with console.station.registry.writing() as connection:
        (package,) = packages.of_session(connection, SESSION)
        (scored,) = results.of_session(connection, SESSION)
        assert decode(scored.detail, Scored, "result").passed
        connection.exec_driver_sql("DELETE FROM roster WHERE candidate <> '20260001'")
        numbers = range(2, candidates + 1)
        digest = {at: hashlib.sha256(b"%d" % at).digest() for at in numbers}
        connection.exec_driver_sql(
            "INSERT INTO roster (session, candidate, name, exam) VALUES (?, ?, ?, 'E1')",
            [(SESSION, f"2026{at:06}", f"考生{at}") for at in numbers],
        )
        connection.exec_driver_sql(
            "INSERT INTO packages VALUES (?, ?, ?, ?, ?, 1, ?, 'recorded', '', ?)",
            [
                (
                    digest[at],
                    package.terminal,
                    at,
                    SESSION,
                    f"2026{at:06}",
                    package.answers_sha256,
                    package.received_at,
                )
                for at in numbers
            ],
        )
        # The whole of a result is 2 KB; here it is told once, and the others' is short.
        connection.exec_driver_sql(
            "INSERT INTO results SELECT ?, bank, version, scoring_version, marking, pending, score, "
            "max_score, passed, substr(detail, 1, 200), scored_at FROM results WHERE package = ?",
            [(digest[at], package.sha256) for at in numbers],
        )
