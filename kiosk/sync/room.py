"""The server of a room's network: `POST /sync/1`, a signed request in, a signed reply out.

HTTP/1.1 of the standard library with what that leaves to others: a limit for the whole of a request
in bytes and in time, and for connections, in all and from one address. Whatever comes from outside the
room is refused after at most `MOST_MESSAGE_BYTES`, before anything is decrypted or written.
"""

from __future__ import annotations

import contextlib
import io
import socket
import socketserver
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler
from typing import Any

from kiosk.artefacts.exchange import MOST_MESSAGE_BYTES, PATH, PORT
from kiosk.errors import KioskError, StorageFault
from kiosk.sync.answering import RoomService, refuses
from kiosk.words import mark

TYPE = "application/cose"
REQUEST_S = 10.0
"""The whole of a request must be here by then, from its first byte or the end of the one before."""
IDLE_S = 60.0
MOST_CONNECTIONS = 120
MOST_OF_ONE_ADDRESS = 6


def addresses() -> tuple[str, ...]:
    """The addresses of this machine that terminals of its room may reach it at."""
    found: list[str] = []
    # Connecting a datagram socket sends nothing; it only asks the system which way it would go.
    for far in ("192.168.255.254", "10.255.255.254", "172.31.255.254", "169.254.255.254"):
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
        ):
            asked.connect((far, 9))
            found.append(asked.getsockname()[0])
    return tuple(dict.fromkeys(one for one in found if not one.startswith("127.")))


class RoomServer:
    """Serves a room until closed. In threads of its own."""

    def __init__(self, service: RoomService, host: str = "", port: int = PORT) -> None:
        """
        Args:
            port: 0 for any that is free; see `port`.

        Raises:
            StorageFault: the port is taken, or there is no such address here.
        """
        try:
            self._server = _Server((host, port), service)
        except OSError as fault:
            raise StorageFault(
                mark("the room's network cannot be served at port {port} ({fault})"),
                remedy=mark("End the other program that uses it, or name another port"),
                port=port,
                fault=str(fault.strerror or fault),
            ) from fault
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(0.2), name="room-server", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    def close(self) -> None:
        """Serve nobody any more, those who are connected included."""
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], service: RoomService) -> None:
        self.service = service
        self._lock = threading.Lock()
        self._open: dict[socket.socket, str] = {}
        super().__init__(address, _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        with self._lock:
            mine = Counter(self._open.values())[client_address[0]]
            if len(self._open) >= MOST_CONNECTIONS or mine >= MOST_OF_ONE_ADDRESS:
                return False
            self._open[request] = client_address[0]
            return True

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            connections = list(self._open)
        for one in connections:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it hung up first

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is no fault of ours, and its words are not for a log."""


class _Timed(io.RawIOBase):
    """A socket to read from until a moment. `deadline` is of `time.monotonic`."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline = time.monotonic() + REQUEST_S

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left_s = self.deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(left_s)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    rfile: io.BufferedReader

    def setup(self) -> None:
        super().setup()
        self._timed = _Timed(self.connection)
        self.rfile.close()
        self.rfile = io.BufferedReader(self._timed)

    def handle_one_request(self) -> None:
        # The first byte may take long on a connection that is kept; the rest may not.
        self._timed.deadline = time.monotonic() + IDLE_S
        try:
            if not self.rfile.peek(1):
                self.close_connection = True
                return
            self._timed.deadline = time.monotonic() + REQUEST_S
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != PATH:
            self._refuse(404)
        elif not (length.isascii() and length.isdecimal()) or self.headers["Transfer-Encoding"]:
            self._refuse(411)
        elif len(length) > 9 or int(length) > MOST_MESSAGE_BYTES:
            self._refuse(413)
        else:
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                self.close_connection = True
                return
            try:
                self._send(200, self.server.service.answer(body))
            except KioskError as fault:
                self._refuse(refuses(fault))

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self._send(status, b"")

    def _send(self, status: int, body: bytes) -> None:
        self.connection.settimeout(REQUEST_S)
        self.send_response_only(status)
        self.send_header("Content-Type", TYPE)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: Any) -> None:
        """Nothing of a room goes into a log by itself."""
