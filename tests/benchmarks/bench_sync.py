"""1,000 packages handed in to a station over a line that drops 5 % of its pieces, receipts and all.

Against the bytes' own time: packages up and receipts down, as bare bytes over the same line while it drops
nothing. The line is a proxy on loopback that lets `LINE_BYTES_S` through each way, `PIECE_BYTES` at a time, and
hangs up instead of one piece in twenty.
"""

from __future__ import annotations

import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.rehearsal.telling import Telling
from kiosk.station.enrol import enrol
from kiosk.station.home import Station
from kiosk.station.web.processes import one_process
from kiosk.sync.sending import Outgoing, keep_visiting, to_station, visit
from kiosk.sync.station_line import StationLine
from tests.benchmarks.exam_round import a_round
from tests.benchmarks.measure import Result, say
from tests.station.lines import served

PACKAGES = 1_000
LINE_BYTES_S = 1_250_000
"""Ten megabits a second."""
PIECE_BYTES = 16 * 1024
DROPS = 0.05


def run(packages: int = PACKAGES) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        made = a_round(Path(folder) / "round", packages, Telling())
        desk = PrivateKeys.generate(Role.PROCTOR, "relay")
        station = Station.open(made.station)
        enrol(station, desk.record, datetime.now(UTC))
        files = [
            Outgoing("package", path.name, path.stat().st_size, path.read_bytes, (leaf,))
            for path in made.packages
            for leaf in (leaf_hash(path.read_bytes()),)
        ]
        receipts: dict[bytes, bytes] = {}
        with served(station, one_process) as port, dropping(port, DROPS) as (far, drops):
            line = StationLine(f"http://127.0.0.1:{far}")
            asking = to_station(line, desk, station.trust)
            log_key = station.record(Role.LOG)

            def go() -> bool:
                left = [file for file in files if file.leaves[0] not in receipts]
                return visit(
                    asking, left, log_key, lambda got, data: receipts.update({got.leaf: data})
                ).done

            began = time.perf_counter()
            keep_visiting(go, partial(_waited, line), answered=lambda: line.answered)
            taken_s = time.perf_counter() - began
            line.close()
        station.close()
        up, down = sum(file.size for file in files), sum(map(len, receipts.values()))
        bare_s = _bare(up, down)
    say(f"{packages} packages, {drops[0]} drops: {taken_s:.1f} s; bare bytes {bare_s:.1f} s")
    return [
        Result(
            name=f"{packages} packages over a line of 10 Mbit/s that drops 5 %, receipts included",
            value=taken_s,
            unit="s",
            against="the same bytes bare, over the line without a drop",
            ratio=taken_s / bare_s,
            runs=1,
        )
    ]


def _waited(line: StationLine, seconds: float) -> bool:
    line.close()
    time.sleep(seconds)
    return False


def _bare(up: int, down: int) -> float:
    """Seconds for so many bytes up, then so many down."""
    with closing(socket.create_server(("127.0.0.1", 0))) as sink:

        def answer() -> None:
            connection, _ = sink.accept()
            with connection:
                left = up
                while left and (data := connection.recv(65536)):
                    left -= len(data)
                connection.sendall(bytes(down))

        threading.Thread(target=answer, daemon=True).start()
        with dropping(sink.getsockname()[1], 0) as (far, _):
            began = time.perf_counter()
            with closing(socket.create_connection(("127.0.0.1", far))) as connection:
                connection.sendall(bytes(up))
                left = down
                while left and (data := connection.recv(65536)):
                    left -= len(data)
            return time.perf_counter() - began


@contextmanager
def dropping(to: int, share: float) -> Iterator[tuple[int, list[int]]]:
    """A line to a port of this machine: its own port, and how often it dropped so far."""
    drops = [0]
    draw = random.Random(1)
    listening = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE_BYTES):
                time.sleep(len(data) / LINE_BYTES_S)
                if draw.random() < share:
                    drops[0] += 1
                    break
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        while True:
            try:
                here, _ = listening.accept()
                there = socket.create_connection(("127.0.0.1", to))
            except OSError:
                return
            for source, sink in ((here, there), (there, here)):
                threading.Thread(target=pump, args=(source, sink), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1], drops
    finally:
        listening.close()
