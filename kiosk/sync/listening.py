"""The server's end of the exchange, whoever serves: numbers within its epoch.

The numbers are in RAM: after a restart there is a new epoch, and every client greets anew.
"""

from __future__ import annotations

import threading

from kiosk.artefacts.exchange import (
    Answer,
    Request,
    Sent,
    new_epoch,
    open_request,
    write_reply,
)
from kiosk.artefacts.keys import KeyRecord, Party


class Listening:
    """Takes each number of a client once, ascending. May be called from any thread."""

    def __init__(self, server: Party) -> None:
        self._server = server
        self._epoch = new_epoch()
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, bytes], int] = {}

    def taken(self, message: Sent, client: KeyRecord) -> Request | None:
        """What `client`, whose signature holds, asks; None where the request is not taken: a
        greeting, one heard before, late, or of another epoch.

        Raises:
            InputRefused: sealed for another server, or no request.
        """
        whose = (message.session, client.kid)
        with self._lock:
            seen = self._seen.get(whose, 0)
            if message.epoch != self._epoch or message.number <= seen or not message.box:
                return None
            request = open_request(message, client, self._server)
            self._seen[whose] = message.number
            return request

    def reply(self, data: bytes, message: Sent, client: KeyRecord, answer: Answer | None) -> bytes:
        """The reply to the request whose bytes are `data`; without an answer it was not taken."""
        if answer is None:
            with self._lock:
                seen = self._seen.get((message.session, client.kid), 0)
        else:
            seen = message.number
        return write_reply(data, answer, message.session, self._epoch, seen, self._server, client)
