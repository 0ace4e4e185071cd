"""What is missing, in sentences: the command line and the import's page say the same."""

from __future__ import annotations

from typing import assert_never

from kiosk.station.reconcile import (
    Missing,
    MissingAct,
    MissingHandIn,
    MissingPackage,
    MissingSitting,
)
from kiosk.words import text


def missing_said(missing: Missing, language: str) -> str:
    """What is missing and who says so, in a sentence."""
    match missing:
        case MissingSitting():
            return _sitting_said(missing, language)
        case MissingPackage():
            return text(
                "Missing: package {number} of terminal {terminal}",
                language,
                number=missing.number,
                terminal=missing.terminal,
            )
        case MissingHandIn():
            return text(
                "Missing: handed in at terminal {terminal} by candidate {candidate}, code {code}, seen by "
                "{proctors}; the package is not here",
                language,
                terminal=missing.terminal,
                candidate=missing.candidate or "?",
                code=missing.code or "-",
                proctors=missing.seen_by,
            )
        case MissingAct():
            return text(
                "Not in the proctors' logs: candidate {candidate} was admitted on the word of {needed} at "
                "terminal {terminal}; logs of {proctors} tell of it",
                language,
                candidate=missing.candidate,
                needed=missing.needed,
                terminal=missing.terminal,
                proctors=missing.logged_by or "-",
            )
        case _:
            assert_never(missing)


def _sitting_said(missing: MissingSitting, language: str) -> str:
    number, name, by = missing.candidate, missing.name, missing.absent_by
    if missing.absent:
        return text(
            "Absent: candidate {candidate} {name}, signed by {proctors}",
            language,
            candidate=number,
            name=name,
            proctors=by,
        )
    if by:
        return text(
            "Missing: candidate {candidate} {name}, absent by the log of {proctors} alone",
            language,
            candidate=number,
            name=name,
            proctors=by,
        )
    return text("Missing: candidate {candidate} {name}", language, candidate=number, name=name)
