"""Import of 1,391 packages, a commit each, against the sum of its parts, each alone on one core.

The parts, in the plainest form that does the work: *verify* the frame and the signature, *decrypt*
(HPKE, then the stream), *parse* (decompress, decode, every journal entry), *insert* (the bytes, a row
and a log leaf, one durable transaction each). The import does all that, and rebuilds and compares
papers, replays journals, scores, and writes receipts: a ratio of 1 says that this is for nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kiosk.artefacts.answer_package import (
    Package,
    PackageContent,
    content_key,
    package,
    read_package,
)
from kiosk.artefacts.chain import read_entry
from kiosk.artefacts.codec import decode
from kiosk.artefacts.keys import KeyRecord, Opener
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.sealing import context, stream_open
from kiosk.rehearsal.telling import Telling
from kiosk.station.home import Station
from kiosk.station.receiving import receive
from tests.benchmarks.exam_round import Round, a_round
from tests.benchmarks.measure import Result, at_least, say

PACKAGES = 1_391
RUNS = 3
GOALS = {1: 1.0, 2: 1.7}
"""By cores."""


def run(packages: int = PACKAGES, runs: int = RUNS) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        made = a_round(Path(folder) / "round", packages, Telling())
        whole: dict[int, list[float]] = {cores: [] for cores in GOALS if cores <= _cores()}
        sums: list[float] = []
        for turn in range(runs + 1):
            parts = _parts(made, Path(folder))
            told = "  ".join(f"{name} {taken:.2f}" for name, taken in parts.items())
            sums.append(sum(parts.values()))
            for cores, found in whole.items():
                found.append(_imported(made, Path(folder), cores))
                told += f"  import on {cores} {found[-1]:.2f}"
            say(f"{'warm-up' if turn == 0 else f'run {turn} of {runs}'}: {told} s")
        return [_result(packages, cores, whole.get(cores, []), sums) for cores in GOALS]


def _result(packages: int, cores: int, whole: Sequence[float], sums: Sequence[float]) -> Result:
    name = f"import of {packages} packages on {cores} core{'s' if cores > 1 else ''}"
    if not whole:
        return Result(name=name, skipped=f"this machine has {_cores()} core for us")
    # The first run of each only warms up.
    ratio = statistics.median(
        alone / taken for alone, taken in zip(sums[1:], whole[1:], strict=True)
    )
    goal, holds = at_least(ratio, GOALS[cores])
    return Result(
        name=name,
        value=packages / statistics.median(whole[1:]),
        unit="packages/s",
        against="sum of verify, decrypt, parse, insert, each alone on one core",
        ratio=ratio,
        goal=goal,
        holds=holds,
        runs=len(whole) - 1,
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))


@contextmanager
def _on_cores(count: int) -> Iterator[None]:
    """This process and its children on `count` cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _imported(made: Round, folder: Path, cores: int) -> float:
    """Seconds from a folder of files to the last receipt, at a station that knows none of them."""
    place = folder / "station"
    shutil.copytree(made.station, place)
    station = Station.open(place)
    os.sync()
    with _on_cores(cores):
        start = time.perf_counter()
        report = receive(station, [made.packages[0].parent], datetime.now(UTC), workers=cores)
        taken = time.perf_counter() - start
    station.close()
    shutil.rmtree(place)
    if report.imported != len(made.packages):
        raise AssertionError(f"{report.imported} imported: {report.refused[:1]}")
    return taken


def _parts(made: Round, folder: Path) -> dict[str, float]:
    """Seconds of each part alone."""
    station = Station.open(made.station)
    terminals = {record.kid: record for record in station.trust().records(Role.TERMINAL)}
    opening = station.keys(Role.OPENING)
    data = [path.read_bytes() for path in made.packages]
    taken: dict[str, float] = {}

    @contextmanager
    def timed(part: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        taken[part] = time.perf_counter() - start

    with _on_cores(1):
        with timed("verify"):
            opened = [_verified(one, terminals) for one in data]
        with timed("decrypt"):
            plain = [_decrypted(one, opening) for one in opened]
        with timed("parse"):
            for one in plain:
                _parse(one)
        os.sync()
        with timed("insert"):
            _insert(data, folder / "floor.db")
    station.close()
    return taken


def _verified(data: bytes, terminals: dict[bytes, KeyRecord]) -> Package:
    frame = read_package(data)
    return package(frame, terminals[frame.kid])


def _decrypted(value: Package, opening: Opener) -> memoryview:
    place = context(Kind.PACKAGE, value.session, value.terminal, value.number)
    return stream_open(content_key(value, opening), value.box, place)


def _parse(plain: memoryview) -> None:
    content = decode(zlib.decompress(plain), PackageContent, "content")
    for entry in content.journal:
        read_entry(entry)


def _insert(data: Sequence[bytes], path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE package (sha256 BLOB PRIMARY KEY, content BLOB NOT NULL)",
        "CREATE TABLE leaf (position INTEGER PRIMARY KEY, leaf BLOB NOT NULL)",
    ):
        connection.execute(statement)
    for one in data:
        connection.execute("BEGIN IMMEDIATE")
        digest = hashlib.sha256(one).digest()
        connection.execute("INSERT INTO package VALUES (?, ?)", (digest, one))
        connection.execute("INSERT INTO leaf (leaf) VALUES (?)", (digest,))
        connection.execute("COMMIT")
    connection.close()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
