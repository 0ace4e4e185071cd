"""Room codes: one code that starts or resumes every seat of a session, each seat once.

With the two-proctor policy the first desk signs a part, the second reads it and adds its own; only
both together open a seat.
"""

from __future__ import annotations

import msgspec

from kiosk.artefacts.common_start import StartCodes
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import Remark
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.tokens import (
    RoomClaim,
    read_code,
    read_token,
    room_text,
    sign_room,
    verified_room,
)
from kiosk.errors import InputRefused, NotPermitted
from kiosk.proctor.acts import Noted, SignedRoom
from kiosk.proctor.book import Book
from kiosk.proctor.proposals import Purpose, RoomProposal, most_room_minutes
from kiosk.words import mark

MINUTE_S = 60
STARTED = "start"
"""The kind of the remark that a common start was given; its words are the code."""


class RoomCodes:
    """Signs room codes with the keys and releases of `book`."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def propose(self, session: str, purpose: Purpose, *, minutes: int = 0) -> RoomProposal:
        """What a room code would do.

        Raises:
            NotPermitted: outside the window (for a start), more minutes than the session gives
                back, or an unknown session.
        """
        return self._checked(session, purpose, minutes, self._next_number(session))

    def read(self, text: str) -> RoomProposal:
        """What joining a room code that another proctor began would do.

        Raises:
            InputRefused: not a room code that waits for a second proctor.
            NotPermitted: begun by this proctor or by none of the session, older than one signed
                here, or as `propose`.
        """
        return self._read(text)[0]

    def sign(self, session: str, purpose: Purpose, *, minutes: int = 0) -> str:
        """This proctor's part of the next room code, as QR text. With the two-proctor policy the
        other proctor's desk adds its part with `join`. Of a common start the six digits to say: those
        of this minute, and ever after the same.

        Raises:
            NotPermitted: as `propose`.
            StorageFault: the act could not be kept; there is no code then.
        """
        proposal = self.propose(session, purpose, minutes=minutes)
        if purpose == "common":
            return self._start_code(proposal)
        return room_text((self._part(proposal),))

    def join(self, text: str) -> str:
        """Adds this proctor's part to a room code that another proctor began.

        Raises:
            InputRefused, NotPermitted: as `read`.
            StorageFault: the act could not be kept; there is no code then.
        """
        proposal, first = self._read(text)
        return room_text((first, self._part(proposal)))

    def _read(self, text: str) -> tuple[RoomProposal, bytes]:
        prefix, parts = read_code(text)
        if prefix is not Prefix.ROOM or len(parts) != 1:
            raise InputRefused(mark("this is not a room code waiting for a second proctor"))
        frame = read_token(parts[0])
        first = verified_room(frame, parts[0], self._book.trust.signer(frame.kid, Role.PROCTOR))
        claim = first.claim
        file, _ = self._book.release(claim.session)
        if first.proctor.kid == self._book.keys.record.kid:
            raise NotPermitted(mark("the second part must be signed by another proctor"))
        self._book.require_proctor(claim.session, first.proctor)
        if file.releasing_proctors == 1:
            raise NotPermitted(
                mark("one proctor releases this session, no second part is needed"),
                where=claim.session,
            )
        if claim.number < self._book.acts(claim.session).last_room_number():
            raise NotPermitted(
                mark("a newer room code was signed here since"),
                where=claim.session,
                remedy=mark("Let the other proctor begin a new room code"),
            )
        proposal = self._checked(claim.session, claim.purpose, claim.minutes, claim.number)
        return msgspec.structs.replace(proposal, first=first.proctor.name), parts[0]

    def _checked(self, session: str, purpose: Purpose, minutes: int, number: int) -> RoomProposal:
        file, _ = self._book.release(session)
        most = most_room_minutes(file)
        if not 0 <= minutes <= most:
            raise NotPermitted(
                mark("at most {most} minutes can be given back"), where=session, most=most
            )
        if purpose == "common" and not self._book.release(session)[1].start:
            raise NotPermitted(mark("in this session everybody begins alone"), where=session)
        if purpose != "resume":
            self._book.check_window(session)
        return RoomProposal(file, purpose, minutes, number)

    def _next_number(self, session: str) -> int:
        """Ascends over all desks of the session without their talking to each other: a later code,
        by whichever proctor, has a higher number because it is signed in a later minute."""
        file, _ = self._book.release(session)
        since_opening = (self._book.now() - file.opens_at) // MINUTE_S + 1
        return max(self._book.acts(session).last_room_number() + 1, since_opening)

    def _start_code(self, proposal: RoomProposal) -> str:
        """Kept as a remark, so that it stands in the signed log with its time."""
        file = proposal.file
        if said := self.started(file.session):
            return said.words
        code, _ = self._start_codes(file.session).at(self._book.now())
        self._book.note(file.session, STARTED, code)
        return code

    def _start_codes(self, session: str) -> StartCodes:
        file, secret = self._book.release(session)
        return StartCodes(secret.start, file.opens_at, file.closes_at)

    def session_started_by(self, code: str) -> str:
        """The session whose common start the six digits tell of, whichever desk gave them. Should two
        have the same, it is that whose start is nearest to now.

        Raises:
            InputRefused: no session's.
        """
        found = {}
        for file in self._book.sessions:
            if self._book.release(file.session)[1].start:
                began_s = self._start_codes(file.session).began(code)
                if began_s is not None:
                    found[abs(self._book.now() - began_s)] = file.session
        if not found:
            raise InputRefused(mark("this is not the code of a common start"))
        return found[min(found)]

    def started(self, session: str) -> Remark | None:
        """When this desk gave the common start, and its code."""
        for record in self._book.acts(session).records:
            if isinstance(record, Noted) and record.remark.kind == STARTED:
                return record.remark
        return None

    def _part(self, proposal: RoomProposal) -> bytes:
        session, at = proposal.file.session, self._book.now()
        _, secret = self._book.release(session)
        if proposal.purpose == "common":
            raise ValueError("the code of a common start is said, not signed")
        claim = RoomClaim(
            session, proposal.number, proposal.purpose, proposal.minutes, secret.share
        )
        token = sign_room(claim, self._book.keys, issued_at=at)
        self._book.acts(session).add(
            SignedRoom(at, proposal.number, proposal.purpose, proposal.minutes)
        )
        return token
