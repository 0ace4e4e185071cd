"""Two packages of one sitting that say different things: a person decides which of them counts, or none.

A decision is an act with who, when and why, and a leaf in the log; it deletes nothing, and another decision
alone takes its place. Of two people who decide at once the first wins, and the other is told. A package that
comes later and says something new opens the question again.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from kiosk.errors import InputRefused, NotPermitted
from kiosk.station import acts
from kiosk.station.acts import Why
from kiosk.station.home import Station
from kiosk.station.registry import Connection, decisions, packages, plans
from kiosk.station.registry.decisions import DecisionRow
from kiosk.station.registry.packages import PackageRow
from kiosk.station.standings import announce_again
from kiosk.words import mark


class Question(Struct, frozen=True):
    """What is to decide about one candidate: packages of which at least one contradicts the others, and
    the decisions so far, oldest first."""

    session: str
    candidate: str
    packages: tuple[PackageRow, ...]
    decided: tuple[DecisionRow, ...]

    @property
    def open(self) -> bool:
        """Whether nobody has decided yet, or something new came since."""
        return any(package.state == "conflict" for package in self.packages)

    @property
    def sight(self) -> str:
        """What somebody who decides has seen: it changes with each decision and each package."""
        last = self.decided[-1].act if self.decided else 0
        return f"{last}-{len(self.packages)}"


def question(connection: Connection, session: str, candidate: str) -> Question:
    """What is to decide, or was decided, about a candidate.

    Raises:
        InputRefused: no such session, or no packages of this candidate contradict each other.
    """
    plans.require_session(connection, session)
    found = Question(
        session,
        candidate,
        packages.of_session(connection, session, candidate),
        decisions.of_sitting(connection, session, candidate),
    )
    if not (found.open or found.decided):
        raise InputRefused(
            mark("no packages of candidate {candidate} contradict each other in {session}"),
            remedy=mark("Look at the session's results for those in conflict"),
            candidate=candidate,
            session=session,
        )
    return found


def decide(
    station: Station,
    session: str,
    candidate: str,
    counts: bytes | None,
    why: Why,
    now: datetime,
    *,
    sight: str,
) -> Question:
    """Decides which package of a sitting counts. A result that was announced is provisional again.

    Args:
        counts: the package's digest, or None where none of them is to count.
        sight: `Question.sight` of what the person saw.

    Returns:
        How it stands now.

    Raises:
        InputRefused: nothing to decide, no such package, no name or no reason.
        NotPermitted: somebody decided meanwhile, or another package came.
    """
    with station.registry.writing() as connection:
        asked = question(connection, session, candidate)
        _require_unchanged(asked, sight)
        digests = [package.sha256 for package in asked.packages]
        if counts is not None and counts not in digests:
            raise InputRefused(
                mark("candidate {candidate} has no such package"),
                remedy=mark("Name one of those that are shown side by side"),
                candidate=candidate,
            )
        details = {
            "candidate": candidate,
            "counts": None if counts is None else counts.hex(),
            "packages": [digest.hex() for digest in digests],
            "instead_of": asked.decided[-1].act if asked.decided else None,
        }
        act = acts.act(connection, "decide", session, why, now, details)
        decisions.add(connection, act, session, candidate, counts)
        packages.set_decided(connection, session, candidate, counts)
        announce_again(connection, act, session, [candidate])
        return question(connection, session, candidate)


def _require_unchanged(asked: Question, sight: str) -> None:
    if asked.sight == sight:
        return
    if asked.decided and not sight.startswith(f"{asked.decided[-1].act}-"):
        last = asked.decided[-1]
        raise NotPermitted(
            mark("{name} decided about this meanwhile: {reason}. Nothing was changed"),
            remedy=mark("Look at it again, and decide again only if that was wrong"),
            name=last.made_by,
            reason=last.reason,
        )
    raise NotPermitted(
        mark("another package of this sitting came meanwhile. Nothing was changed"),
        remedy=mark("Look at all of them, then decide"),
    )
