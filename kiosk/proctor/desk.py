"""What the desk decides: whom a challenge belongs to, what may be signed for it, and the signing.

No Qt and no clock of its own. The order is fixed: `read` a challenge, choose a `Proposal` that says
what the signature will do, `sign` it; the act is on the disk before the token exists anywhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from kiosk.artefacts.challenge import Challenge, Phase, read_challenge
from kiosk.artefacts.keys import Party
from kiosk.artefacts.proctor_log import Act
from kiosk.artefacts.release import DeskTerminal
from kiosk.artefacts.tokens import MOST_WORDS, Command, Reason, answer_text, sign_answer
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import NotPermitted
from kiosk.proctor.acts import Seen, SignedAnswer
from kiosk.proctor.book import Book
from kiosk.proctor.proposals import COMMANDS, NEEDS_REASON, NEEDS_WORDS, Proposal, Seat
from kiosk.proctor.rooms import RoomCodes
from kiosk.words import mark


class Desk(Book):
    """One proctor at one device, unlocked. `rooms` signs codes for all seats at once."""

    def __init__(self, keys: Party, trust: Trust, folder: Path, now: Callable[[], int]) -> None:
        super().__init__(keys, trust, folder, now)
        self.rooms = RoomCodes(self)

    # --- a terminal's challenge ---------------------------------------------------------------

    def read(self, text: str) -> Seat:
        """Whose challenge `text` is; that it was seen is kept.

        Raises:
            InputRefused: not a challenge.
            StorageFault: it could not be kept.
            NotPermitted: a session or terminal this desk does not know, or a journal that went
                backwards since the desk last saw it.
        """
        challenge = read_challenge(text)
        file, secret = self.release(challenge.session)
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
        self.acts(file.session).add(
            Seen(
                self.now(),
                challenge.terminal,
                challenge.count,
                challenge.head,
                challenge.phase,
                challenge.remaining_s,
                challenge.granted_min,
            )
        )
        seat = terminal.seated.seat
        candidate = next((name for name in secret.seats if seat and name.seat == seat), None)
        exams = {exam.id: exam for exam in file.exams}
        exam = exams.get(candidate.exam) if candidate else next(iter(exams.values()), None)
        needed = file.releasing_proctors
        return Seat(file.session, file.room, terminal, candidate, exam, challenge, needed)

    def propose(
        self,
        seat: Seat,
        command: Command,
        *,
        minutes: int = 0,
        reason: Reason = Reason.NONE,
        words: str = "",
    ) -> Proposal:
        """What signing `command` for this seat would do.

        Raises:
            NotPermitted: not possible in the terminal's phase, outside the session's bounds or its
                window, or without the reason or words that such a command needs.
        """
        phase = seat.challenge.phase
        if command not in COMMANDS[phase]:
            raise NotPermitted(mark("the terminal cannot do this now"), where=seat.label)
        words = words.strip() if command in NEEDS_WORDS else ""
        proposal = Proposal(seat, command, minutes, reason, words)
        if command is Command.EXTEND:
            nothing_left = seat.challenge.granted_min >= proposal.most_min
            if minutes < 1 and not nothing_left:
                raise NotPermitted(mark("say how many minutes to add"), where=seat.label)
            if nothing_left or proposal.granted_after_min > proposal.most_min:
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
        if command in NEEDS_REASON and reason is Reason.NONE:
            raise NotPermitted(mark("say the reason"), where=seat.label)
        if command in NEEDS_WORDS and not words:
            raise NotPermitted(mark("say it in a few words"), where=seat.label)
        if len(words) > MOST_WORDS:
            raise NotPermitted(mark("at most {most} characters"), where=seat.label, most=MOST_WORDS)
        if command is Command.RELEASE and phase is Phase.LOCKED:
            self.check_window(seat.session)
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
            self.keys,
            issued_at=self.now(),
            minutes=proposal.minutes,
            reason=proposal.reason,
            share=self.release(seat.session)[1].share if releases else None,
            terminal=seat.terminal.record if releases else None,
            words=proposal.words,
        )
        if command in NEEDS_WORDS:
            kind = "misconduct" if command is Command.CAUTION else "break"
            who = seat.candidate.number if seat.candidate else ""
            self.note(seat.session, kind, proposal.words, candidate=who)
        self.acts(seat.session).add(
            SignedAnswer(
                Act(
                    at=self.now(),
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
