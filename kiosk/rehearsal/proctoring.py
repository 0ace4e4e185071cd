"""What the two proctors of a rehearsal do: answer challenges, alone or together."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.artefacts.tokens import Command, Reason
from kiosk.proctor.desk import Desk


class Proctoring:
    """Two desks, and who of them does what."""

    def __init__(self, desks: list[Desk]) -> None:
        self.desks = desks

    def release(self, challenge: Callable[[], str], scan: Callable[[str], None]) -> None:
        """Both proctors answer the terminal's challenge.

        Args:
            challenge: the code the terminal shows now; each proctor reads it afresh.
            scan: shows the terminal a proctor's answer.
        """
        for desk in self.desks[: self.desks[0].sessions[0].releasing_proctors]:
            scan(self.answer(desk, challenge(), Command.RELEASE))

    def command(
        self,
        challenge: str,
        command: Command,
        *,
        minutes: int = 0,
        reason: Reason = Reason.NONE,
    ) -> str:
        """One proctor's answer that commands something."""
        return self.answer(self.desks[0], challenge, command, minutes=minutes, reason=reason)

    def answer(
        self,
        desk: Desk,
        challenge: str,
        command: Command,
        *,
        minutes: int = 0,
        reason: Reason = Reason.NONE,
    ) -> str:
        """The token's text, as the desk would show it."""
        seat = desk.read(challenge)
        return desk.sign(desk.propose(seat, command, minutes=minutes, reason=reason))
