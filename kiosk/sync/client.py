"""The terminal's side of a room's network: asks one server, one thing at a time, and trusts no answer
that a proctor of the session did not sign.

Every call may take as long as `TIMEOUT_S` or fail: it belongs on a thread beside the exam.
"""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Callable
from typing import Literal

from kiosk.artefacts.exchange import (
    MOST_CHUNK_BYTES,
    MOST_MESSAGE_BYTES,
    PATH,
    PORT,
    Answer,
    Held,
    Put,
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

    def __init__(self, host: str, port: int, timeout_s: float = TIMEOUT_S) -> None:
        self._host, self._port, self._timeout_s = host, port, timeout_s
        self._connection: http.client.HTTPConnection | None = None

    def post(self, body: bytes) -> bytes:
        """What the server returns.

        Raises:
            LineDown: no connection, or no proper answer.
        """
        connection = self._connection or http.client.HTTPConnection(
            self._host, self._port, timeout=self._timeout_s
        )
        self._connection = None
        try:
            connection.request("POST", PATH, body, {"Content-Type": "application/cose"})
            response = connection.getresponse()
            data = response.read(MOST_MESSAGE_BYTES + 1)
            if response.status != 200 or len(data) > MOST_MESSAGE_BYTES or not response.isclosed():
                raise http.client.HTTPException(f"status {response.status}")
        except (OSError, http.client.HTTPException, ValueError) as fault:
            connection.close()
            raise LineDown("the room's desk does not answer") from fault
        self._connection = connection
        return data

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


class Exchange:
    """Requests of one terminal in one session. May be called from any thread."""

    def __init__(
        self, line: Line, session: str, terminal: Party, server: Callable[[bytes], KeyRecord]
    ) -> None:
        """
        Args:
            server: the record of a proctor of the session by kid; raises NotPermitted for others.
        """
        self._line = line
        self._session = session
        self._terminal = terminal
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
                raise LineDown("the room's desk answers with what cannot be believed") from fault

    def put(self, kind: Literal["package", "mirror"], data: bytes) -> None:
        """Send a file; it is whole and on the server's disk when this returns. What is there of it
        is not sent again, and pieces get smaller when the line breaks.

        Raises:
            LineDown: not all of it arrived.
            InputRefused: the server does not want it.
        """
        digest = hashlib.sha256(data).digest()
        offset: int | None = 0
        sent = 0
        if len(data) > self._chunk:
            offset = self._held(Put(kind, digest, len(data), 0, b""))
        while offset is not None:
            piece = data[offset : offset + self._chunk]
            try:
                offset = self._held(Put(kind, digest, len(data), offset, piece))
            except LineDown:
                self._chunk = max(LEAST_CHUNK_BYTES, self._chunk // 2)
                raise
            self._chunk = min(MOST_CHUNK_BYTES, self._chunk * 2)
            sent += len(piece)
            if sent > 3 * len(data) + MOST_CHUNK_BYTES:
                raise LineDown("the room's desk does not keep what is sent")

    # --- parts --------------------------------------------------------------------------------------

    def _held(self, piece: Put) -> int | None:
        match self.ask(piece):
            case Held(whole=True):
                return None
            case Held(offset) if 0 <= offset <= piece.size:
                return offset
            case Refused(reason):
                raise InputRefused(reason)
            case _:
                raise LineDown("the room's desk answers something else")

    def _asked(self, request: Request) -> Answer:
        if self._server is None:
            self._greet()
        for _ in range(_TRIES):
            server = self._server
            assert server is not None  # set by the greeting
            self._number += 1
            data = write_request(
                request, self._session, self._epoch, self._number, self._terminal, server
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
                return open_answer(reply, self._session, self._terminal, server)
            self._server, self._epoch, self._number = server, reply.epoch, reply.seen
        raise LineDown("the room's desk takes no request")

    def _greet(self) -> None:
        data = write_greeting(self._session, self._terminal)
        frame = read_reply(self._line.post(data))
        server = self._record_of(frame.kid)
        reply = returned(frame, data, server)
        self._server, self._epoch, self._number = server, reply.epoch, reply.seen


_OF_HOSTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
