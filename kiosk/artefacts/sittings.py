"""The sittings that a journal tells of: the same fold at the seat and at the station."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiosk.artefacts.chain import Admitted, Happened, Record, TakenOver, records_of
from kiosk.assessment.sitting import Sitting
from kiosk.errors import InputRefused
from kiosk.words import mark

MOST_MOVES = 8
"""How often one sitting may change terminals."""


def begun(record: Record, moves: int = 0) -> Sitting | None:
    """The sitting that `record` begins in its journal; None where it begins none.

    Args:
        moves: how often the sitting has changed terminals after that.

    Raises:
        InputRefused: a journal taken over tells of no sitting, or moved too often.
        IllegalEvent: it holds an event that cannot follow, or its sitting cannot go on.
    """
    match record:
        case Admitted(_, identity, terms, paper):
            return Sitting.admit(identity, terms, paper)
        case TakenOver(entries=entries):
            if moves >= MOST_MOVES:
                raise InputRefused(mark("the sitting changed terminals more often than possible"))
            return last_sitting(records_of(entries), moves + 1).taken_over()
        case _:
            return None


def admission_of(records: Iterable[Record], index: int) -> Admitted | None:
    """How the sitting at `index` of a journal was admitted, wherever that was; None where it tells of no
    such sitting."""
    at = -1
    for record in records:
        if isinstance(record, Admitted | TakenOver):
            at += 1
            if at < index:
                continue
            if isinstance(record, Admitted):
                return record
            return last_admission(records_of(record.entries))
    return None


def last_admission(records: Sequence[Record]) -> Admitted | None:
    """How the last sitting of a journal was admitted."""
    count = sum(isinstance(one, Admitted | TakenOver) for one in records)
    return admission_of(records, count - 1)


def last_sitting(records: Iterable[Record], moves: int = 0) -> Sitting:
    """The last sitting of a journal, after all that happened.

    Raises:
        As `begun`.
    """
    sitting: Sitting | None = None
    for record in records:
        if isinstance(record, Happened):
            sitting = sitting.apply(record.event) if sitting is not None else None
        else:
            sitting = begun(record, moves) or sitting
    if sitting is None:
        raise InputRefused(mark("nobody has sat an exam in this journal"))
    return sitting
