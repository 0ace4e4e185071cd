"""`kiosk proctor serve` as a process: shown, killed, started again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kiosk.artefacts.answer_package import read_package
from kiosk.artefacts.exchange import Orders, Report
from kiosk.artefacts.keys import PrivateKeys
from kiosk.sync.client import Exchange, Line, LineDown
from kiosk.trust.keystore import card_text
from tests.proctor.devices import PIN, Devices
from tests.proctor.room import SESSION
from tests.proctor.test_network import LOCKED
from tests.sync.rooms import a_package

WAIT_S = 60.0
QUICK_PIN = (
    "import kiosk.trust.proctor_keys as keys; from kiosk.cli import main; "
    "keys._PASSES, keys._MEMORY_KIB = 1, 32; main()"
)
"""The program as `conftest.quick_pin` has it in this process."""


class Served:
    """A running desk: what it prints, and its standard input."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.port: int = self._line()["port"]

    def _line(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def session_when(self, holds: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            (session,) = self._line()["sessions"]
            if holds(session):
                return session
        raise AssertionError("it was not shown")


@contextmanager
def serve(devices: Devices, port: int = 0) -> Iterator[Served]:
    folder = devices.folder
    (folder / "pin").write_text(PIN)
    (folder / "card").write_text(card_text(devices.cards[0]))
    arguments = ["--state", devices.state(0), "--card", folder / "card", "--port", port, "--json"]
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", QUICK_PIN, "proctor", "serve", "--pin-file", folder / "pin"),
            *map(str, arguments),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(process)
    finally:
        process.kill()
        process.communicate()


def exchange(devices: Devices, port: int, keys: PrivateKeys) -> Exchange:
    proctor = devices.device(0).record()
    return Exchange(Line("127.0.0.1", port), SESSION, keys, {proctor.kid: proctor}.__getitem__)


@pytest.mark.timeout(180)
def test_a_desk_is_shown_killed_and_started_again_and_nothing_is_lost(devices: Devices) -> None:
    devices.install(0)
    devices.install(1)
    terminal = devices.room.terminals[0]
    first = devices.open(0).rooms.sign(SESSION, "start")
    code = devices.open(1).rooms.join(first)
    package = a_package(1, terminal, SESSION)
    with serve(devices) as desk:
        port = desk.port
        asking = exchange(devices, port, terminal)
        asking.ask(Report(LOCKED))
        shown = desk.session_when(lambda now: now["seats"][0]["stage"] == "locked")
        assert (shown["seats"][0]["silent"], shown["seats"][1]["silent"]) == (False, True)
        assert desk.process.stdin is not None
        desk.process.stdin.write(f"no code\n{code}\n")
        desk.process.stdin.flush()
        deadline = time.monotonic() + WAIT_S
        while asking.ask(Report(LOCKED)) != Orders((code,)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        asking.put("package", package)
        desk.session_when(lambda now: now["collected"] == 1)
    with pytest.raises(LineDown):
        asking.ask(Report(LOCKED))
    with serve(devices, port) as desk:
        assert desk.session_when(lambda now: True)["collected"] == 1
        assert asking.ask(Report(LOCKED)) == Orders(()), "a proctor offers a code again"
        asking.put("package", package)
    (path,) = Path(devices.state(0), "room", "collected", SESSION).iterdir()
    assert path.read_bytes() == package
    assert read_package(package).kid == terminal.record.kid
