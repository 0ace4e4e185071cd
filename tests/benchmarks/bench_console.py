"""A console page of 1,391 candidates: the server's whole time, against the bare query for the same rows."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.artefacts.codec import decode
from kiosk.scoring.result import Result as Scored
from kiosk.station.registry import packages, plans, results
from tests.benchmarks.measure import Result, at_most, percentile
from tests.station.builders import SESSION
from tests.station.web.console import Console, a_console

CANDIDATES = 1_391
RUNS = 60
_QUERY = """
SELECT r.candidate, r.name, r.exam, r.seat, p.sha256, p.number, p.state, p.reason, p.terminal,
       s.score, s.max_score, s.passed, s.detail
FROM roster r
LEFT JOIN packages p ON p.session = r.session AND p.candidate = r.candidate
LEFT JOIN results s ON s.package = p.sha256
WHERE r.session = ? ORDER BY r.candidate
"""


def run(candidates: int = CANDIDATES, runs: int = RUNS) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        console = a_console(Path(folder))
        _fill(console, candidates)
        browser = console.as_("admin")
        path = f"/sessions/{SESSION}"
        assert browser.get(path).text.count('<th scope="row">') == candidates
        pages, queries = [], []
        for _ in range(runs):
            begun = time.perf_counter()
            browser.get(path)
            pages.append((time.perf_counter() - begun) * 1000)
            begun = time.perf_counter()
            _bare(console, candidates)
            queries.append((time.perf_counter() - begun) * 1000)
        page, query = percentile(pages, 99), percentile(queries, 99)
        goal, holds = at_most(page / query, 3)
        yield Result(
            f"console page of {candidates} candidates, p99",
            page,
            "ms",
            "the bare query, p99",
            page / query,
            goal,
            holds,
            runs,
        )
        console.station.close()


def _bare(console: Console, candidates: int) -> None:
    with console.station.registry.reading() as connection:
        assert len(connection.exec_driver_sql(_QUERY, (SESSION,)).fetchall()) == candidates


def _fill(console: Console, candidates: int) -> None:
    """A session as large as a round: one real result, told of everybody."""
    day = console.day
    day.import_(day.sit("20260001"))
    with console.station.registry.writing() as connection:
        (package,) = packages.of_session(connection, SESSION)
        (scored,) = results.of_session(connection, SESSION)
        assert decode(scored.detail, Scored, "result").passed
        connection.exec_driver_sql("DELETE FROM roster WHERE candidate <> '20260001'")
        for at in range(2, candidates + 1):
            row = plans.RosterRow(SESSION, f"2026{at:04}", f"考生{at}", "E1", None)
            connection.exec_driver_sql(
                "INSERT INTO roster (session, candidate, name, exam) VALUES (?, ?, ?, ?)",
                (row.session, row.candidate, row.name, row.exam),
            )
            sha256 = hashlib.sha256(b"%d" % at).digest()
            copy = packages.PackageRow(
                sha256,
                package.terminal,
                at,
                SESSION,
                row.candidate,
                1,
                package.answers_sha256,
                "recorded",
                "",
                package.received_at,
            )
            packages.add(connection, copy, b"")
            results.add(
                connection,
                results.ResultRow(
                    sha256,
                    scored.bank,
                    scored.version,
                    scored.scoring_version,
                    scored.score,
                    scored.max_score,
                    scored.passed,
                    scored.detail,
                    scored.scored_at,
                ),
            )
