"""What the desk decides: whom a challenge belongs to, what may be signed for it, and the signing.

No Qt and no clock of its own. The order is fixed: `read` a challenge, choose a `Proposal` that says
what the signature will do, `sign` it; the act is on the disk before the token exists anywhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.challenge import Challenge, Phase, read_challenge
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import Act, ProctorLog, Remark, write_log
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.release import (
    DeskSecret,
    DeskTerminal,
    ReleaseFile,
    SeatName,
    open_release,
    read_release,
    release_file,
)
from kiosk.artefacts.session import ExamPlan
from kiosk.artefacts.tokens import (
    Command,
    Reason,
    RoomClaim,
    answer_text,
    read_code,
    read_token,
    room_text,
    sign_answer,
    sign_room,
    verified_room,
)
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused, NotPermitted
from kiosk.proctor.acts import ActsFile, Noted, PackageSeen, SignedAnswer, SignedRoom
from kiosk.words import mark

Purpose = Literal["start", "resume"]


class Seat(Struct, frozen=True):
    """The terminal a challenge came from, as the desk knows it."""

    session: str
    room: str
    terminal: DeskTerminal
    candidate: SeatName | None
    exam: ExamPlan | None
    challenge: Challenge

    @property
    def label(self) -> str:
        """What people call it: the seat, or the label of a spare."""
        return self.terminal.seated.seat or self.terminal.seated.label


class Proposal(Struct, frozen=True):
    """What a signature will do, before it exists."""

    seat: Seat
    command: Command
    minutes: int
    reason: Reason

    @property
    def remaining_after_s(self) -> int:
        return self.seat.challenge.remaining_s + 60 * self.minutes

    @property
    def granted_after_min(self) -> int:
        return self.seat.challenge.granted_min + self.minutes

    @property
    def most_min(self) -> int:
        """The session's bound on the minutes of this command."""
        if self.seat.exam is None:
            return 0
        terms = self.seat.exam.terms
        most = (
            terms.most_given_back_ms if self.command is Command.RELEASE else terms.most_extension_ms
        )
        return most // 60_000


COMMANDS: dict[Phase, tuple[Command, ...]] = {
    Phase.LOCKED: (Command.RELEASE, Command.EXIT),
    Phase.INTERRUPTED: (Command.RELEASE, Command.EXIT),
    Phase.RUNNING: (Command.EXTEND, Command.PAUSE, Command.ABORT, Command.EXIT),
    Phase.PAUSED: (Command.RESUME, Command.EXTEND, Command.ABORT, Command.EXIT),
    Phase.IDLE: (Command.EXIT,),
}
"""What may be signed for a terminal in each phase, the usual one first."""


class Desk:
    """One proctor at one device, unlocked.

    Args:
        keys: the proctor's keys, out of the key store.
        trust: the installed trust lists.
        folder: where acts are kept.
        now: UTC epoch seconds.
    """

    def __init__(
        self, keys: PrivateKeys, trust: Trust, folder: Path, now: Callable[[], int]
    ) -> None:
        self._keys = keys
        self._trust = trust
        self._folder = folder
        self._now = now
        self._releases: dict[str, tuple[ReleaseFile, DeskSecret]] = {}
        self._acts: dict[str, ActsFile] = {}

    @property
    def name(self) -> str:
        return self._keys.record.name

    @property
    def sessions(self) -> tuple[ReleaseFile, ...]:
        """The sessions this proctor can release, earliest first."""
        files = (file for file, _ in self._releases.values())
        return tuple(sorted(files, key=lambda file: (file.opens_at, file.session)))

    def add_release(self, data: bytes) -> ReleaseFile:
        """Takes a `.release` in.

        Raises:
            InputRefused, NotPermitted: damaged, not by the station, or not for this proctor.
        """
        frame = read_release(data)
        file = release_file(frame, self._trust.signer(frame.kid, Role.STATION))
        self._releases[file.session] = file, open_release(file, self._keys)
        return file

    # --- a terminal's challenge ---------------------------------------------------------------

    def read(self, text: str) -> Seat:
        """Whose challenge `text` is.

        Raises:
            InputRefused: not a challenge.
            NotPermitted: a session or terminal this desk does not know, or a journal that went
                backwards since the desk last saw it.
        """
        challenge = read_challenge(text)
        file, secret = self._release(challenge.session)
        terminal = next(
            (known for known in file.terminals if known.record.kid == challenge.terminal), None
        )
        if terminal is None:
            raise NotPermitted(
                mark("this terminal is not part of the session"),
                where=challenge.session,
                remedy=mark("Use a terminal of the session, or ask the station"),
            )
        self._check_head(challenge, terminal)
        seat = terminal.seated.seat
        candidate = next((name for name in secret.seats if seat and name.seat == seat), None)
        exams = {exam.id: exam for exam in file.exams}
        exam = exams.get(candidate.exam) if candidate else next(iter(exams.values()), None)
        return Seat(file.session, file.room, terminal, candidate, exam, challenge)

    def propose(
        self, seat: Seat, command: Command, *, minutes: int = 0, reason: Reason = Reason.NONE
    ) -> Proposal:
        """What signing `command` for this seat would do.

        Raises:
            NotPermitted: not possible in the terminal's phase, outside the session's bounds or its
                window, or without the reason that such a command needs.
        """
        phase = seat.challenge.phase
        if command not in COMMANDS[phase]:
            raise NotPermitted(mark("the terminal cannot do this now"), where=seat.label)
        proposal = Proposal(seat, command, minutes, reason)
        if command is Command.EXTEND:
            if minutes < 1:
                raise NotPermitted(mark("say how many minutes to add"), where=seat.label)
            if proposal.granted_after_min > proposal.most_min:
                raise NotPermitted(
                    mark("the session allows {most} minutes in all, {used} are used"),
                    where=seat.label,
                    most=proposal.most_min,
                    used=seat.challenge.granted_min,
                )
        if minutes < 0 or (command is Command.RELEASE and minutes > proposal.most_min):
            raise NotPermitted(
                mark("at most {most} minutes can be given back"),
                where=seat.label,
                most=proposal.most_min,
            )
        if minutes and command not in (Command.EXTEND, Command.RELEASE):
            raise NotPermitted(mark("this command adds no time"), where=seat.label)
        if command in (Command.EXTEND, Command.ABORT) and reason is Reason.NONE:
            raise NotPermitted(mark("say the reason"), where=seat.label)
        if command is Command.RELEASE and phase is Phase.LOCKED:
            self._check_window(seat.session)
        return proposal

    def sign(self, proposal: Proposal) -> str:
        """The text of the token's QR code; the act is on the disk first.

        Raises:
            StorageFault: the act could not be kept; there is no token then.
        """
        seat, command = proposal.seat, proposal.command
        releases = command is Command.RELEASE
        token = sign_answer(
            seat.challenge,
            command,
            self._keys,
            issued_at=self._now(),
            minutes=proposal.minutes,
            reason=proposal.reason,
            share=self._release(seat.session)[1].share if releases else None,
            terminal=seat.terminal.record if releases else None,
        )
        self.acts(seat.session).add(
            SignedAnswer(
                Act(
                    at=self._now(),
                    terminal=seat.challenge.terminal,
                    seat=seat.terminal.seated.seat,
                    command=command,
                    minutes=proposal.minutes,
                    reason=proposal.reason,
                    count=seat.challenge.count,
                    head=seat.challenge.head,
                    token_sha256=hashlib.sha256(token).digest(),
                )
            )
        )
        return answer_text(token)

    # --- the whole room -------------------------------------------------------------------------

    def sign_room(self, session: str, purpose: Purpose, *, minutes: int = 0) -> str:
        """This proctor's part of the next room token, as QR text. With the two-proctor policy the
        other proctor's desk adds its part with `join_room`.

        Raises:
            NotPermitted: outside the window (for a start), or an unknown session.
        """
        if purpose == "start":
            self._check_window(session)
        number = self.acts(session).last_room_number() + 1
        return room_text((self._room_part(session, number, purpose, minutes),))

    def join_room(self, text: str) -> str:
        """Adds this proctor's part to a room token that another proctor began.

        Raises:
            InputRefused, NotPermitted: not a room token, already joined, or by no proctor of it.
        """
        prefix, parts = read_code(text)
        if prefix is not Prefix.ROOM or len(parts) != 1:
            raise InputRefused(mark("this is not a room code waiting for a second proctor"))
        frame = read_token(parts[0])
        first = verified_room(frame, parts[0], self._trust.signer(frame.kid, Role.PROCTOR))
        if first.proctor.kid == self._keys.record.kid:
            raise NotPermitted(mark("the second part must be signed by another proctor"))
        claim = first.claim
        part = self._room_part(claim.session, claim.number, claim.purpose, claim.minutes)
        return room_text((parts[0], part))

    def _room_part(self, session: str, number: int, purpose: Purpose, minutes: int) -> bytes:
        _, secret = self._release(session)
        claim = RoomClaim(session, number, purpose, minutes, secret.share)
        at = self._now()
        token = sign_room(claim, self._keys, issued_at=at)
        self.acts(session).add(SignedRoom(at, number, purpose, minutes))
        return token

    # --- the log ----------------------------------------------------------------------------------

    def note(self, session: str, kind: str, words: str, *, candidate: str = "") -> None:
        """Keeps attendance or an incident in the proctor's words."""
        self.acts(session).add(Noted(Remark(self._now(), candidate, kind, words)))

    def saw_package(self, session: str, terminal: bytes, number: int) -> None:
        """Keeps the package number that a terminal showed when it was done."""
        self.acts(session).add(PackageSeen(self._now(), terminal, number))

    def acts(self, session: str) -> ActsFile:
        """What this device did in `session`."""
        if session not in self._acts:
            self._release(session)
            name = hashlib.sha256(session.encode()).hexdigest()[:16]
            kid = self._keys.record.kid.hex()
            self._acts[session] = ActsFile(self._folder / f"{name}-{kid}.acts")
        return self._acts[session]

    def write_log(self, session: str) -> bytes:
        """The signed `.proctorlog` of a session."""
        records = self.acts(session).records
        packages: dict[bytes, int] = {}
        for record in records:
            if isinstance(record, PackageSeen):
                packages[record.terminal] = max(record.number, packages.get(record.terminal, 0))
        log = ProctorLog(
            session=session,
            proctor=self._keys.record.kid,
            written_at=self._now(),
            acts=self.acts(session).answers,
            remarks=tuple(record.remark for record in records if isinstance(record, Noted)),
            packages=packages,
        )
        return write_log(log, self._keys)

    # --- checks -------------------------------------------------------------------------------

    def _release(self, session: str) -> tuple[ReleaseFile, DeskSecret]:
        if session not in self._releases:
            raise NotPermitted(
                mark("this desk has no release for session {session}"),
                remedy=mark("Copy the session's .release file to this device"),
                session=session,
            )
        return self._releases[session]

    def _check_window(self, session: str) -> None:
        file, _ = self._release(session)
        now = self._now()
        if not file.opens_at <= now <= file.closes_at:
            early = now < file.opens_at
            raise NotPermitted(
                mark("the session's window has not begun")
                if early
                else mark("the session's window is over"),
                where=session,
            )

    def _check_head(self, challenge: Challenge, terminal: DeskTerminal) -> None:
        """A journal only grows: a smaller count, or another head at the same count, is another
        journal than the one this desk saw."""
        label = terminal.seated.seat or terminal.seated.label
        seen = [
            act
            for act in self.acts(challenge.session).answers
            if act.terminal == challenge.terminal
        ]
        if not seen:
            return
        last = max(seen, key=lambda act: act.count)
        backwards = challenge.count < last.count
        forked = challenge.count == last.count and challenge.head != last.head
        if backwards or forked:
            raise NotPermitted(
                mark("this terminal's record went backwards since it was last seen here"),
                where=label,
                remedy=mark("Do not release it. Use a spare terminal and note the incident"),
            )
