"""What the desk has read and what a signature would do: plain values, before anything is signed."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kiosk.artefacts.challenge import Challenge, Phase
from kiosk.artefacts.release import DeskTerminal, ReleaseFile, SeatName
from kiosk.artefacts.session import ExamPlan
from kiosk.artefacts.tokens import Command, Reason

Purpose = Literal["start", "resume", "common"]
"""Of a room code; `common` is the spoken code of a common start, which no proctor need sign."""


class Seat(Struct, frozen=True):
    """The terminal a challenge came from, as the desk knows it.

    `proctors_needed` is how many must answer before the terminal is released.
    """

    session: str
    room: str
    terminal: DeskTerminal
    candidate: SeatName | None
    exam: ExamPlan | None
    challenge: Challenge
    proctors_needed: int = 1

    @property
    def label(self) -> str:
        """What people call it: the seat, or the label of a spare."""
        return self.terminal.seated.seat or self.terminal.seated.label


class Proposal(Struct, frozen=True):
    """What a signature for one seat will do."""

    seat: Seat
    command: Command
    minutes: int
    reason: Reason
    words: str = ""

    @property
    def remaining_after_s(self) -> int:
        return self.seat.challenge.remaining_s + 60 * self.minutes

    @property
    def granted_after_min(self) -> int:
        return self.seat.challenge.granted_min + self.minutes

    @property
    def most_min(self) -> int:
        """The session's bound on the minutes of this command."""
        return most_minutes(self.seat, self.command)


class RoomProposal(Struct, frozen=True):
    """What a room code will do: at every seat of the session, once.

    `first` is the name of the proctor whose part it holds already, empty when this is the first.
    """

    file: ReleaseFile
    purpose: Purpose
    minutes: int
    number: int
    first: str = ""

    @property
    def complete(self) -> bool:
        """Whether seats take the code once this proctor signed; else a second one must join."""
        alone = self.purpose == "common" or self.file.releasing_proctors == 1
        return bool(self.first) or alone


COMMANDS: dict[Phase, tuple[Command, ...]] = {
    Phase.LOCKED: (Command.RELEASE, Command.EXIT),
    Phase.INTERRUPTED: (Command.RELEASE, Command.EXIT),
    Phase.RUNNING: (
        Command.EXTEND,
        Command.PAUSE,
        Command.GO_OUT,
        Command.CAUTION,
        Command.TRANSFER,
        Command.ABORT,
        Command.EXIT,
    ),
    Phase.PAUSED: (
        Command.RESUME,
        Command.EXTEND,
        Command.TRANSFER,
        Command.ABORT,
        Command.EXIT,
    ),
    Phase.IDLE: (
        Command.TAKE_OVER,
        Command.ADMIT,
        Command.ADMIT_WITHOUT_ID,
        Command.ADMIT_RESERVE,
        Command.EXIT,
    ),
}
"""What may be signed for a terminal in each phase, the usual one first."""

NEEDS_REASON = frozenset({Command.EXTEND, Command.ABORT, Command.TRANSFER})
NEEDS_WORDS = frozenset({Command.CAUTION, Command.GO_OUT})
"""What must be said in words: what happened, or who escorts."""


def most_minutes(seat: Seat, command: Command) -> int:
    """The session's bound on the minutes of `command`; 0 where a command has none."""
    if seat.exam is None:
        return 0
    match command:
        case Command.RELEASE:
            return seat.exam.terms.most_given_back_ms // 60_000
        case Command.EXTEND:
            return seat.exam.terms.most_extension_ms // 60_000
        case _:
            return 0


def most_room_minutes(file: ReleaseFile) -> int:
    """The most minutes a room code may give back: what each of its exams allows."""
    return min((exam.terms.most_given_back_ms for exam in file.exams), default=0) // 60_000
