"""The way of a sitting through terminals: each journal of it, with the signature that carries it on.

A package whose sitting was begun elsewhere holds the journal from there, and that one the journal from
before. Every one of them must lead to the head that its own terminal signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.answer_package import PackageContent
from kiosk.artefacts.chain import Admitted, Record, TakenOver, records_of
from kiosk.artefacts.cose import read_frame
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.sittings import last_sitting
from kiosk.artefacts.transfer import vouched
from kiosk.assessment.sitting import State
from kiosk.errors import InputRefused, NotPermitted
from kiosk.words import mark, text

How = Literal["transfer", "mirror"]


class Leg(Struct, frozen=True):
    """One terminal's part of a sitting: its whole journal and what that records, which of the journal's
    sittings, and how the sitting left it: by `transfer` with a proctor's code, by the `mirror` of a
    terminal that died, not at all where it ended."""

    terminal: bytes
    journal: tuple[bytes, ...]
    records: tuple[Record, ...]
    sitting: int
    left: How | None = None


def legs_of(
    content: PackageContent, terminal: bytes, terminals: Mapping[bytes, KeyRecord]
) -> tuple[Leg, ...]:
    """The legs of a package's sitting, oldest first.

    Args:
        terminals: those of the session, by kid.

    Raises:
        InputRefused: a journal inside is not the one its terminal signed, or is of another session.
        NotPermitted: it is of a terminal that the session does not list.
        IllegalEvent: it holds an event that cannot follow.
    """
    legs = [Leg(terminal, content.journal, content.records, content.sitting)]
    while (taken := _beginning(legs[0])) is not None:
        kid = read_frame(taken.statement, "transfer").kid
        if kid not in terminals:
            raise NotPermitted(
                mark("taken over from {kid}, no terminal of this session"), kid=kid.hex()
            )
        statement = vouched(taken, terminals[kid])
        if statement.session != content.identity.session:
            raise InputRefused(mark("taken over from another session"))
        records = records_of(taken.entries)
        given = last_sitting(records).state is State.TRANSFERRED
        last = sum(map(_begins, records)) - 1
        left: How = "transfer" if given else "mirror"
        legs.insert(0, Leg(kid, taken.entries, records, last, left))
    return tuple(legs)


def went(how: str, at: str, there: str, lang: str = "en") -> str:
    """What happened to a sitting that left the terminal named `there` for the one named `at`."""
    if how == "transfer":
        return text("the sitting was transferred from {there} to {at}", lang, there=there, at=at)
    return text(
        "the sitting was taken over at {at} from the mirror of {there}", lang, there=there, at=at
    )


def _beginning(leg: Leg) -> TakenOver | None:
    """The record that begins a leg's sitting, where that is no admission."""
    index = -1
    for record in leg.records:
        index += _begins(record)
        if index == leg.sitting:
            return record if isinstance(record, TakenOver) else None
    return None


def _begins(record: Record) -> bool:
    return isinstance(record, Admitted | TakenOver)
