"""A desk that serves two terminals over loopback, and lines that are worse than a cable."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from kiosk.artefacts import transfer
from kiosk.artefacts.answer_package import seal_package
from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.exchange import SeatStatus
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import SeatedTerminal
from kiosk.errors import NotPermitted
from kiosk.sync.answering import RoomService, Served
from kiosk.sync.client import Exchange, Line
from kiosk.sync.room import RoomServer
from kiosk.sync.store import Store
from tests.artefacts import samples

SESSION = samples.SESSION
TERMINAL, SPARE, PROCTOR = samples.TERMINAL, samples.SPARE, samples.PROCTOR
STATUS = SeatStatus(stage="exam", phase=Phase.RUNNING, count=12, head=b"h" * 16, remaining_s=3600)


def proctor_of(kid: bytes) -> KeyRecord:
    if kid != PROCTOR.record.kid:
        raise NotPermitted("not a proctor of this session")
    return PROCTOR.record


@dataclass
class Room:
    """`folder` is the desk's; `now_ms` its steady clock."""

    folder: Path
    now_ms: int = 1_000_000
    keys: PrivateKeys = PROCTOR
    host: str = "127.0.0.1"
    service: RoomService = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A desk that was killed and started again: only its folder stays."""
        seated = tuple(
            SeatedTerminal(keys.record.kid, keys.record.name, seat)
            for keys, seat in ((TERMINAL, "01"), (SPARE, None))
        )
        served = Served(SESSION, seated, (TERMINAL.record, SPARE.record))
        self.service = RoomService(self.keys, [served], Store(self.folder), lambda: self.now_ms)

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[RoomServer]:
        server = RoomServer(self.service, self.host, port)
        try:
            yield server
        finally:
            server.close()


class Direct(Line):
    """No network at all: bytes to the service. `change` may edit, lose or repeat them."""

    def __init__(self, room: Room) -> None:
        super().__init__("nowhere", 1)
        self.room = room
        self.change: Callable[[bytes, Callable[[bytes], bytes]], bytes] = lambda data, go: go(data)
        self.sent: list[bytes] = []

    def post(self, body: bytes) -> bytes:
        self.sent.append(body)
        return self.change(body, lambda data: self.room.service.answer(data))


def exchange(line: Line, keys: PrivateKeys = TERMINAL, session: str = SESSION) -> Exchange:
    return Exchange(line, session, keys, proctor_of)


def a_package(number: int = 1, keys: PrivateKeys = TERMINAL, session: str = SESSION) -> bytes:
    content = samples.a_content()
    content = replace(content, identity=replace(content.identity, session=session))
    return seal_package(
        content,
        number=number,
        head=b"h" * 32,
        recipients=(samples.OPENING.record, samples.RECOVERY.record),
        terminal=keys,
    )


def a_mirror(rows: int = 3, keys: PrivateKeys = TERMINAL, session: str = SESSION) -> bytes:
    return transfer.write_transfer(
        [bytes([n % 256]) * 100 for n in range(rows)],
        b"h" * 32,
        session=session,
        boot="b",
        at_ms=1,
        wall_s=1,
        terminal=keys,
    )


class Cutting:
    """A proxy that hangs up once so many bytes went to the server, or came back from it."""

    def __init__(self, port: int) -> None:
        self.cut_up: int | None = None
        self.cut_down: int | None = None
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listening.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self._to))
            for source, sink, most in (
                (here, there, self.cut_up),
                (there, here, self.cut_down),
            ):
                threading.Thread(target=self._pump, args=(source, sink, most), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, most: int | None) -> None:
        passed = 0
        try:
            while data := source.recv(65536):
                if most is not None and passed + len(data) >= most:
                    sink.sendall(data[: most - passed])
                    break
                sink.sendall(data)
                passed += len(data)
        except OSError:
            pass
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def another(role: Role, name: str = "stranger") -> PrivateKeys:
    return PrivateKeys.generate(role, name)
