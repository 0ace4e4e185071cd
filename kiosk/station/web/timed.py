"""HTTP/1.1 of uvicorn with what it leaves to others: no connection is held by being slow.

A request's head must come within `HEAD_S`, a body at `LEAST_BYTES_S` at least, and one address may have
only so many connections, this machine's own excepted, because a reverse proxy speaks from there.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_S = 10.0
BODY_S = 30.0
"""How often it is looked whether a body comes along."""
LEAST_BYTES_S = 256
MOST_OF_ONE_ADDRESS = 200
"""Connections; a school behind one address has as many terminals."""
_LOOPBACK = ("127.", "::1")


class TimedProtocol(H11Protocol):
    """One connection."""

    _open: ClassVar[Counter[str]] = Counter()
    _timer: asyncio.TimerHandle | None = None
    _address = ""
    _received = 0
    _received_before = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._open[self._address] += 1
        if self._open[self._address] > MOST_OF_ONE_ADDRESS and not self._address.startswith(
            _LOOPBACK
        ):
            transport.abort()
            return
        self._wait(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open[self._address] -= 1
        if not self._open[self._address]:
            del self._open[self._address]
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        busy = self._busy()
        super().data_received(data)
        if not busy and self._busy():
            # A head is whole; its body, if it has one, is to come along.
            self._stop()
            self._received_before = self._received
            self._wait(BODY_S)
        elif not self._busy() and self._timer is None:
            self._wait(HEAD_S)

    def _busy(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._look)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._busy():
            came = self._received - self._received_before
            if self.cycle.more_body and came < BODY_S * LEAST_BYTES_S:
                self.transport.abort()
                return
            self._received_before = self._received
            if self.cycle.more_body:
                self._wait(BODY_S)
        else:
            # No head, or a part of one; what is kept and silent uvicorn itself ends.
            self.transport.abort()
