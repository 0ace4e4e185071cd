"""The asking side of the exchange: asks one server, one thing at a time, and trusts no answer that is
not signed by whom it was told to trust: a proctor of the session in a room, the station's line outside
(`kiosk.sync.station_line`).

Every call may take as long as `TIMEOUT_S` or fail: it belongs on a thread beside the exam.
"""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from kiosk.artefacts.exchange import (
    MOST_CHUNK_BYTES,
    MOST_MESSAGE_BYTES,
    MOST_PIECES,
    PATH,
    PORT,
    Answer,
    FileKind,
    Held,
    Holds,
    Put,
    Puts,
    Refused,
    Request,
    open_answer,
    read_reply,
    returned,
    write_greeting,
    write_request,
)
from kiosk.artefacts.keys import KeyRecord, Party
from kiosk.errors import InputRefused, KioskError
from kiosk.words import mark

TIMEOUT_S = 5.0
LEAST_CHUNK_BYTES = 1024
_TRIES = 3


class LineDown(KioskError):
    """Nobody answers, or not as it should be. Try again later."""


class Unwelcome(LineDown):
    """The server answers that it does not serve this client: its key was revoked, or never listed."""


def parse_address(address: str) -> tuple[str, int]:
    """Host and port of an address as people write it: `192.168.1.10` or `desk.local:8470`.

    Raises:
        InputRefused: neither.
    """
    host, colon, port = address.strip().rpartition(":")
    if not colon:
        host, port = address.strip(), str(PORT)
    if (
        not host
        or not set(host) <= _OF_HOSTS
        or not (port.isascii() and port.isdecimal())
        or not 0 < int(port) < 65536
    ):
        raise InputRefused(
            mark("not the address of a room's desk: {address}"),
            remedy=mark("Write it as the desk shows it, such as 192.168.1.10:8470"),
            address=address,
        )
    return host, int(port)


class Line:
    """One connection to a server, made anew whenever it broke."""

    path = PATH
    silent = mark("the room's desk does not answer")

    def __init__(self, host: str, port: int, timeout_s: float = TIMEOUT_S) -> None:
        self._host, self._port, self._timeout_s = host, port, timeout_s
        self._connection: http.client.HTTPConnection | None = None
        self.answered = 0
        """How many requests were answered so far."""

    def connect(self) -> http.client.HTTPConnection:
        """A connection, which may still have to be made."""
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)

    def refused(self, status: int, data: bytes) -> LineDown:
        """What an answer that is no reply means."""
        return LineDown(self.silent)

    def post(self, body: bytes) -> bytes:
        """What the server returns.

        Raises:
            LineDown: no connection, or no proper answer.
        """
        connection = self._connection or self.connect()
        self._connection = None
        try:
            connection.request("POST", self.path, body, {"Content-Type": "application/cose"})
            response = connection.getresponse()
            data = response.read(MOST_MESSAGE_BYTES + 1)
            if len(data) > MOST_MESSAGE_BYTES or not response.isclosed():
                raise http.client.HTTPException("longer than a reply can be")
        except (OSError, http.client.HTTPException, ValueError) as fault:
            connection.close()
            raise self.down(fault) from fault
        if response.status != 200:
            connection.close()
            raise self.refused(response.status, data)
        self._connection = connection
        self.answered += 1
        return data

    def down(self, fault: Exception) -> LineDown:
        """What a connection that failed so means."""
        return LineDown(self.silent)

    def close(self) -> None:
        """Hang up; the next request makes a connection anew."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Exchange:
    """Requests of one client in one session, or to the station. May be called from any thread."""

    def __init__(
        self, line: Line, session: str, client: Party, server: Callable[[bytes], KeyRecord]
    ) -> None:
        """
        Args:
            server: the record of whom to believe by kid; raises NotPermitted for others.
        """
        self._line = line
        self._session = session
        self._client = client
        self._record_of = server
        self._lock = threading.Lock()
        self._server: KeyRecord | None = None
        self._epoch, self._number = b"", 0
        self._chunk = MOST_CHUNK_BYTES

    def ask(self, request: Request) -> Answer:
        """What the server answers.

        Raises:
            LineDown: no answer that can be believed.
        """
        with self._lock:
            try:
                return self._asked(request)
            except LineDown:
                raise
            except KioskError as fault:
                raise LineDown(mark("what answers there cannot be believed")) from fault

    def put(self, kind: FileKind, data: bytes) -> Held:
        """Send a file; it is whole and on the server's disk when this returns. What is there of it
        is not sent again, and pieces get smaller when the line breaks.

        Raises:
            LineDown: not all of it arrived.
            InputRefused: the server does not want it.
        """
        digest = hashlib.sha256(data).digest()
        held = Held(0, False)
        sent = 0
        if len(data) > self._chunk:
            held = self._held(Put(kind, digest, len(data), 0, b""))
        while not held.whole:
            piece = data[held.offset : held.offset + self._chunk]
            with self._measured():
                held = self._held(Put(kind, digest, len(data), held.offset, piece))
            sent += len(piece)
            if sent > 3 * len(data) + MOST_CHUNK_BYTES:
                raise LineDown(mark("what is sent is not kept there"))
        return held

    def puts(self, files: Sequence[tuple[FileKind, bytes]]) -> Iterator[tuple[int, Held | Refused]]:
        """Send small files, as many in one request as the line may take; what became of each, by its
        place in `files`. One that is not whole then goes on with `put`.

        Raises:
            LineDown: the others did not arrive.
        """
        at = 0
        while at < len(files):
            pieces: list[Put] = []
            room = self._chunk
            for kind, data in files[at : at + MOST_PIECES]:
                if pieces and len(data) > room:
                    break
                piece = data[: self._chunk]
                room -= len(piece)
                pieces.append(Put(kind, hashlib.sha256(data).digest(), len(data), 0, piece))
            with self._measured():
                answer = self.ask(Puts(tuple(pieces)))
            if not isinstance(answer, Holds) or len(answer.each) != len(pieces):
                raise LineDown(mark("what answers there cannot be believed"))
            yield from enumerate(answer.each, start=at)
            at += len(pieces)

    # --- parts --------------------------------------------------------------------------------------

    @contextmanager
    def _measured(self) -> Iterator[None]:
        """Pieces grow while they arrive, and get smaller when the line breaks."""
        try:
            yield
        except LineDown:
            self._chunk = max(LEAST_CHUNK_BYTES, self._chunk // 2)
            raise
        self._chunk = min(MOST_CHUNK_BYTES, self._chunk * 2)

    def _held(self, piece: Put) -> Held:
        match self.ask(piece):
            case Held(offset) as held if 0 <= offset <= piece.size:
                return held
            case Refused(reason):
                raise InputRefused(reason)
            case _:
                raise LineDown(mark("what answers there cannot be believed"))

    def _asked(self, request: Request) -> Answer:
        if self._server is None:
            self._greet()
        for _ in range(_TRIES):
            server = self._server
            assert server is not None  # set by the greeting
            self._number += 1
            data = write_request(
                request, self._session, self._epoch, self._number, self._client, server
            )
            try:
                frame = read_reply(self._line.post(data))
                if frame.kid != server.kid:
                    server = self._record_of(frame.kid)  # another proctor's desk by now
                reply = returned(frame, data, server)
            except KioskError:
                self._server = None  # greeted anew: it may be another by then
                raise
            if reply.box:
                return open_answer(reply, self._session, self._client, server)
            self._server, self._epoch, self._number = server, reply.epoch, reply.seen
        raise LineDown(mark("no request is taken there"))

    def _greet(self) -> None:
        data = write_greeting(self._session, self._client)
        frame = read_reply(self._line.post(data))
        server = self._record_of(frame.kid)
        reply = returned(frame, data, server)
        self._server, self._epoch, self._number = server, reply.epoch, reply.seen


_OF_HOSTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
