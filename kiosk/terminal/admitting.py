"""Admissions that a proctor vouches for: somebody without an ID, or somebody who is not on the list.

Both are asked for in the proctor's menu of a seat where nobody sits. Without an ID two proctors sign,
for a reserve number one; the journal keeps their codes before the admission, and the station withholds
the result until it has found out who sat there.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.chain import Commanded, Warrant
from kiosk.artefacts.session import Candidate
from kiosk.artefacts.tokens import Answer, Command
from kiosk.terminal import views
from kiosk.terminal.commands import commanded
from kiosk.terminal.release import CodeRefused
from kiosk.words import mark

MOST_NAME = 40
"""Characters of a name that is written down at the seat."""


class Admission(Struct, frozen=True):
    """Who is to be admitted, and the codes of the proctors who vouched so far. `candidate` has the name
    that was said."""

    candidate: Candidate
    answers: tuple[Answer, ...] = ()

    @property
    def warrant(self) -> Warrant:
        return "reserve" if self.candidate.reserve else "no_id"

    @property
    def needed(self) -> int:
        """How many proctors must vouch."""
        return 1 if self.candidate.reserve else 2

    @property
    def complete(self) -> bool:
        return len(self.answers) >= self.needed

    def vouched(self, answer: Answer) -> Admission:
        """The admission with one more proctor's code.

        Raises:
            CodeRefused: it is a code for the other kind of admission, or that proctor gave one already.
        """
        reserve = answer.claim.command is Command.ADMIT_RESERVE
        if reserve != self.candidate.reserve:
            raise CodeRefused(
                mark("A candidate of the list is to sit here; this code is for a reserve number")
                if reserve
                else mark(
                    "A reserve number is to be used; this code is for a candidate of the list"
                )
            )
        if any(one.proctor.kid == answer.proctor.kid for one in self.answers):
            raise CodeRefused(
                mark("{name} has given a code already. Another proctor is needed"),
                name=answer.proctor.name,
            )
        return replace(self, answers=(*self.answers, answer))

    def records(self, at_ms: int) -> tuple[Commanded, ...]:
        """What the journal keeps before the admission."""
        return tuple(commanded(answer, at_ms) for answer in self.answers)

    @property
    def view(self) -> views.Admitting:
        candidate = self.candidate
        return views.Admitting(
            candidate.number, candidate.name, candidate.reserve, len(self.answers), self.needed
        )


def named(candidate: Candidate, name: str) -> Candidate:
    """A reserve candidate with the name that somebody says; a candidate of the list as the list has it.

    Raises:
        CodeRefused: a reserve number without a name.
    """
    if not candidate.reserve:
        return candidate
    written = " ".join(name.split())[:MOST_NAME]
    if not written or not written.isprintable():
        raise CodeRefused(mark("Write down the name of the person who uses the reserve number"))
    return replace(candidate, name=written)
