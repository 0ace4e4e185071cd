"""The desk's side of the room's network, without a network: a request's bytes in, a reply's bytes out.

It holds nothing that the exam needs. Numbers, reports and offered codes are in RAM, and gone with a
restart: terminals greet anew, report again, and a proctor offers a code again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from kiosk.artefacts.challenge import read_challenge
from kiosk.artefacts.exchange import (
    Answer,
    Ask,
    Held,
    Holds,
    Orders,
    Put,
    Puts,
    Receipts,
    Refused,
    Report,
    Request,
    SeatStatus,
    claimed,
    read_request,
    sent,
)
from kiosk.artefacts.keys import KeyRecord, Party
from kiosk.artefacts.session import SeatedTerminal
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.sync.board import Heard, RoomBoard, board
from kiosk.sync.listening import Listening
from kiosk.sync.store import Store

OFFER_MS = 600_000
"""How long a code of the whole room is offered: as long as somebody would walk it round. A seat that
asks for its release later needs a proctor again."""
ANSWER_MS = 120_000
"""How long an answer to one challenge is: as long as the challenge lives."""


@dataclass(frozen=True)
class Served:
    """A session whose terminals the desk serves, and the records of their keys."""

    session: str
    terminals: tuple[SeatedTerminal, ...]
    records: tuple[KeyRecord, ...]

    def record(self, kid: bytes) -> KeyRecord:
        """
        Raises:
            NotPermitted: no terminal of this session.
        """
        for record in self.records:
            if record.kid == kid:
                return record
        raise NotPermitted("no terminal of this session")


@dataclass(frozen=True)
class _Offer:
    code: str
    terminal: bytes | None
    """Whose it is; None: every terminal's."""
    nonce: bytes
    """Of the challenge it answers; empty for a code of the room."""
    until_ms: int

    def is_for(self, terminal: KeyRecord, status: SeatStatus) -> bool:
        """Whether a terminal that stands so can do something with it."""
        if self.terminal is None:
            return True
        if self.terminal != terminal.kid or not status.challenge:
            return False
        try:
            return read_challenge(status.challenge).nonce == self.nonce
        except InputRefused:
            return False


class RoomService:
    """Answers the terminals of the sessions it serves. May be called from any thread."""

    def __init__(
        self, desk: Party, served: Sequence[Served], store: Store, now_ms: Callable[[], int]
    ) -> None:
        """
        Args:
            now_ms: a steady clock, milliseconds.
        """
        self._listening = Listening(desk)
        self._served = {one.session: one for one in served}
        self._store = store
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._disk = threading.Lock()
        self._heard: dict[str, dict[bytes, Heard]] = {one.session: {} for one in served}
        self._offers: dict[str, tuple[_Offer, ...]] = {}

    def answer(self, data: bytes) -> bytes:
        """The reply to a request.

        Raises:
            InputRefused, NotPermitted: not from a terminal of a session served here.
            StorageFault: the desk's disk refuses.
        """
        frame = read_request(data)
        served = self._session(claimed(frame).session)
        terminal = served.record(frame.kid)
        message = sent(frame, terminal)
        answer: Answer | None = None
        if (request := self._listening.taken(message, terminal)) is not None:
            try:
                answer = self._answered(message.session, terminal, request)
            except KioskError as fault:
                answer = Refused(fault.summary)
        return self._listening.reply(data, message, terminal, answer)

    def board(self, session: str) -> RoomBoard:
        """What is known of a session now.

        Raises:
            NotPermitted: it is not served here.
            StorageFault: the desk's disk refuses.
        """
        served = self._session(session)
        with self._lock:
            heard = dict(self._heard[session])
        collected = self._store.collected(session)
        return board(session, served.terminals, heard, collected, self._now_ms())

    def offer_room(self, session: str, code: str) -> None:
        """Offer a room code, or the spoken code of the common start, to every seat of a session, in
        place of the one of its kind before, for `OFFER_MS`."""
        self._session(session)
        with self._lock:
            others = [
                one
                for one in self._live(session)
                if one.terminal is not None or one.code.isdecimal() != code.isdecimal()
            ]
            offer = _Offer(code, None, b"", self._now_ms() + OFFER_MS)
            self._offers[session] = (*others, offer)

    def offer_answer(self, session: str, terminal: bytes, nonce: bytes, code: str) -> None:
        """Offer the answer to a challenge (its `nonce`) to a terminal, while it shows the challenge.

        Raises:
            NotPermitted: a terminal that is not served here.
        """
        self._session(session).record(terminal)
        with self._lock:
            offer = _Offer(code, terminal, nonce, self._now_ms() + ANSWER_MS)
            self._offers[session] = (*self._live(session), offer)

    def withdraw(self, session: str) -> None:
        """Offer nothing more in a session."""
        with self._lock:
            self._offers.pop(session, None)

    # --- parts --------------------------------------------------------------------------------------

    def _session(self, session: str) -> Served:
        if session not in self._served:
            raise NotPermitted("a session that is not served here")
        return self._served[session]

    def _live(self, session: str) -> list[_Offer]:
        return [one for one in self._offers.get(session, ()) if one.until_ms > self._now_ms()]

    def _answered(self, session: str, terminal: KeyRecord, request: Request) -> Answer:
        match request:
            case Report(status):
                with self._lock:
                    self._heard[session][terminal.kid] = Heard(status, self._now_ms())
                    offers = self._live(session)
                return Orders(tuple(one.code for one in offers if one.is_for(terminal, status)))
            case Put():
                return self._put(session, terminal, request)
            case Puts(pieces):
                return Holds(tuple(self._put(session, terminal, piece) for piece in pieces))
            case Ask(leaves):
                with self._disk:
                    return Receipts(self._store.receipts(leaves))
            case _:
                assert_never(request)

    def _put(self, session: str, terminal: KeyRecord, piece: Put) -> Held | Refused:
        try:
            with self._disk:
                return self._store.put(session, terminal, piece)
        except KioskError as fault:
            return Refused(fault.summary)


def refuses(fault: KioskError) -> int:
    """The HTTP status of a request that gets no reply: nobody of the room, or a fault of the desk."""
    return 403 if isinstance(fault, InputRefused | NotPermitted) else 503
