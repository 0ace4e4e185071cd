"""The desk on its room's network: what it serves, what it offers, what it shows.

Lives while the desk is unlocked, because its key signs the replies. Ending it, or never beginning,
costs the exam nothing: codes are scanned, packages go on a stick.
"""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.artefacts.kinds import Role
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.tokens import read_code, read_token, verified_answer, verified_room
from kiosk.errors import InputRefused
from kiosk.proctor.desk import Desk
from kiosk.sync.answering import RoomService, Served
from kiosk.sync.board import RoomBoard
from kiosk.sync.room import PORT, RoomServer, addresses
from kiosk.sync.store import Store
from kiosk.words import mark


class RoomNetwork:
    """Serves the terminals of every session that `desk` can release, until closed."""

    def __init__(self, desk: Desk, folder: Path, *, host: str = "", port: int = PORT) -> None:
        """
        Args:
            folder: where packages, mirrors and receipts are (`kiosk.sync.store`).

        Raises:
            StorageFault: the folder cannot be made, or the port is taken.
        """
        self._desk = desk
        served = [
            Served(
                file.session,
                tuple(known.seated for known in file.terminals),
                tuple(known.record for known in file.terminals),
            )
            for file in desk.sessions
        ]
        self._service = RoomService(desk.keys, served, Store(folder), _now_ms)
        self._server = RoomServer(self._service, host, port)

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def addresses(self) -> tuple[str, ...]:
        """What to type at a terminal, one for each network this machine is on."""
        return tuple(f"{one}:{self.port}" for one in addresses())

    def board(self, session: str) -> RoomBoard:
        """What the network tells of a session now."""
        return self._service.board(session)

    def offer(self, code: str) -> None:
        """Offer a proctor's signed code to the seats it is for: a room code to every locked seat, for
        ten minutes; an answer to the terminal whose challenge it answers.

        Raises:
            InputRefused, NotPermitted: not a proctor's code, not signed by one of the session, or a
                room code that waits for its second part.
        """
        prefix, parts = read_code(code)
        frames = [(read_token(part), part) for part in parts]
        signed = [(*one, self._desk.trust.signer(one[0].kid, Role.PROCTOR)) for one in frames]
        if prefix is Prefix.ANSWER:
            answer = verified_answer(*signed[0]).claim
            self._service.offer_answer(answer.session, answer.terminal, answer.nonce, code)
            return
        for session in {verified_room(*one).claim.session for one in signed}:
            if len(parts) < self._desk.release(session)[0].releasing_proctors:
                raise InputRefused(mark("this room code waits for the second proctor's part"))
            self._service.offer_room(session, code)

    def withdraw(self, session: str) -> None:
        """Offer nothing more in a session."""
        self._service.withdraw(session)

    def close(self) -> None:
        self._server.close()


def _now_ms() -> int:
    return int(time.monotonic() * 1000)
