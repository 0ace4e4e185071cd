"""The station's end of the exchange, without a network: a request's bytes in, a reply's bytes out.

Who is enrolled as a terminal or a proctor, and not revoked, is heard; the registry is asked each time,
so a revocation counts from the next request on. Between taking a request and replying to it the import
has its time: that is why they are two calls.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import assert_never

from kiosk.artefacts.exchange import (
    MOST_CHUNK_BYTES,
    MOST_PIECES,
    NO_SESSION,
    Answer,
    Ask,
    Held,
    Holds,
    Put,
    Puts,
    Receipts,
    Refused,
    Report,
    Request,
    Sent,
    claimed,
    read_request,
    sent,
)
from kiosk.artefacts.keys import KeyRecord, Party
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station.home import Station
from kiosk.station.registry import parties
from kiosk.station.web.uploads import Uploads
from kiosk.sync.listening import Listening

HEARD = (Role.TERMINAL, Role.PROCTOR)
ASK = "Ask the station to enrol this machine's key"
MOST_RECEIPT_BYTES = 256 * 1024
"""Receipts in one reply; the others are asked for again."""


@dataclass(frozen=True)
class Taken:
    """A request that was taken, and the answers to its pieces so far; `waits` are digests of files that
    the import has still to see."""

    data: bytes
    message: Sent
    client: KeyRecord
    answer: Answer | None
    pieces: tuple[Put, ...] = ()
    waits: tuple[bytes, ...] = ()


class StationLine:
    """Answers terminals and desks. May be called from any thread."""

    def __init__(self, station: Station, keys: Party, uploads: Uploads) -> None:
        """
        Args:
            keys: those of the line (`Station.line_keys`).
        """
        self._station = station
        self._listening = Listening(keys)
        self._uploads = uploads
        self._disk = threading.Lock()

    def take(self, data: bytes) -> Taken:
        """Take a request.

        Raises:
            InputRefused: no request, or not to the station.
            NotPermitted: not from a terminal or proctor that is enrolled.
            StorageFault: the registry cannot be read.
        """
        frame = read_request(data)
        client = self._client(frame.kid)
        if claimed(frame).session != NO_SESSION:
            raise InputRefused("a request to a room's desk, not to the station")
        message = sent(frame, client)
        request = self._listening.taken(message, client)
        if request is None:
            return Taken(data, message, client, None)
        pieces = _pieces(request)
        answer: Answer
        try:
            answer = self._answer(client, request)
        except KioskError as fault:
            return Taken(data, message, client, Refused(fault.summary))
        each = answer.each if isinstance(answer, Holds) else (answer,)
        waits = tuple(
            piece.sha256
            for piece, one in zip(pieces, each, strict=False)
            if isinstance(one, Held) and one.whole and not one.receipt
        )
        return Taken(data, message, client, answer, pieces, waits)

    def reply(self, taken: Taken) -> bytes:
        """The reply, with the receipts of what was imported meanwhile."""
        answer = taken.answer
        if taken.waits:
            each = answer.each if isinstance(answer, Holds) else (answer,)
            found = tuple(
                self._settled(piece, one)
                for piece, one in zip(taken.pieces, each, strict=True)
                if isinstance(one, Held | Refused)
            )
            answer = Holds(found) if isinstance(answer, Holds) else found[0]
        return self._listening.reply(taken.data, taken.message, taken.client, answer)

    # --- parts --------------------------------------------------------------------------------------

    def _client(self, kid: bytes) -> KeyRecord:
        with self._station.registry.reading() as connection:
            party = parties.find(connection, kid)
        if party is None or party.record.role not in HEARD:
            raise NotPermitted("nobody is enrolled with this key", remedy=ASK)
        if party.revoked_at is not None:
            raise NotPermitted(f"the key of {party.record.name} was revoked", remedy=ASK)
        return party.record

    def _answer(self, client: KeyRecord, request: Request) -> Answer:
        match request:
            case Put():
                return self._put(client, request)
            case Puts(pieces):
                data = sum(len(piece.data) for piece in pieces)
                if len(pieces) > MOST_PIECES or data > MOST_CHUNK_BYTES:
                    raise InputRefused("more pieces than one request may have")
                return Holds(tuple(self._put(client, piece) for piece in pieces))
            case Ask(leaves):
                return Receipts(_fitting(self._uploads.receipts(leaves[:MOST_PIECES])))
            case Report():
                raise InputRefused("a seat reports to the desk of its room")
            case _:
                assert_never(request)

    def _put(self, client: KeyRecord, piece: Put) -> Held | Refused:
        try:
            with self._disk:
                return self._uploads.put(client, piece)
        except KioskError as fault:
            return Refused(fault.summary)

    def _settled(self, piece: Put, answer: Held | Refused) -> Held | Refused:
        if isinstance(answer, Refused) or not answer.whole or answer.receipt:
            return answer
        return self._uploads.fate(piece) or answer


def _pieces(request: Request) -> tuple[Put, ...]:
    match request:
        case Put():
            return (request,)
        case Puts(pieces):
            return pieces
        case _:
            return ()


def _fitting(receipts: tuple[bytes, ...]) -> tuple[bytes, ...]:
    fitting: list[bytes] = []
    left = MOST_RECEIPT_BYTES
    for data in receipts:
        left -= len(data)
        if left < 0:
            break
        fitting.append(data)
    return tuple(fitting)
