"""The desk on its room's network: what it serves, what it offers, what it shows.

Lives while the desk is unlocked, because its key signs the replies. Ending it, or never beginning,
costs the exam nothing: codes are scanned, packages go on a stick.
"""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.artefacts.exchange import PORT
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.tokens import read_code, read_token, verified_answer, verified_room
from kiosk.errors import InputRefused, NotPermitted
from kiosk.proctor.desk import Desk
from kiosk.proctor.live import whole
from kiosk.sync.answering import RoomService, Served
from kiosk.sync.board import RoomBoard
from kiosk.sync.room import RoomServer, addresses
from kiosk.sync.store import Store
from kiosk.words import mark


class RoomNetwork:
    """Serves the terminals of every session that `desk` can release, until closed. One that the trust
    list does not vouch for is on the board and never heard."""

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
                tuple(known.record for known in file.terminals if self._believed(known.record)),
            )
            for file in desk.sessions
        ]
        self._service = RoomService(desk.keys, served, Store(folder), _now_ms)
        self._server = RoomServer(self._service, host, port)

    def goes_on_for(self, desk: Desk) -> bool:
        """Whether all that `desk` may release is served already. From then on it is that desk's."""
        if desk.sessions != self._desk.sessions:
            return False
        self._desk = desk
        return True

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

    def keep_collected(self) -> None:
        """Keeps with the desk's acts which packages came in since, so that its log names them.

        Raises:
            StorageFault: the desk's disk refuses.
        """
        for file in self._desk.sessions:
            known = {line.terminal: line.package for line in self._desk.seats(file.session)}
            for seat in self.board(file.session).seats:
                if (number := whole(seat)) > known[seat.terminal]:
                    self._desk.saw_package(file.session, seat.terminal, number)

    def offer(self, code: str) -> None:
        """Offer a proctor's code to the seats it is for: a room code to every locked seat, and the six
        digits of a common start to every seat that waits for it, for ten minutes; an answer to the
        terminal whose challenge it answers.

        Raises:
            InputRefused, NotPermitted: not a proctor's code, not signed by one of the session, or a
                room code that waits for its second part.
        """
        if code.isdecimal():
            # Checked here, because each wrong one that a seat is given costs it a try.
            self._service.offer_room(self._desk.rooms.session_started_by(code), code)
            return
        prefix, parts = read_code(code)
        frames = [(read_token(part), part) for part in parts]
        signed = [(*one, self._desk.trust.signer(one[0].kid, Role.PROCTOR)) for one in frames]
        if prefix is Prefix.ANSWER:
            answer = verified_answer(*signed[0])
            claim = answer.claim
            self._desk.require_proctor(claim.session, answer.proctor)
            self._service.offer_answer(claim.session, claim.terminal, claim.nonce, code)
            return
        tokens = [verified_room(*one) for one in signed]
        session = tokens[0].claim.session
        for token in tokens:
            self._desk.require_proctor(session, token.proctor)
        agreed = {token.proctor.kid for token in tokens if token.claim.session == session}
        if len(agreed) < self._desk.release(session)[0].releasing_proctors:
            raise InputRefused(mark("this room code waits for the second proctor's part"))
        self._service.offer_room(session, code)

    def withdraw(self, session: str) -> None:
        """Offer nothing more in a session."""
        self._service.withdraw(session)

    def close(self) -> None:
        self._server.close()

    def _believed(self, terminal: KeyRecord) -> bool:
        try:
            return self._desk.trust.signer(terminal.kid, Role.TERMINAL) == terminal
        except NotPermitted:
            return False


def _now_ms() -> int:
    return int(time.monotonic() * 1000)
