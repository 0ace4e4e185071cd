"""What a package tells of how its sitting went: a pure function, wherever it runs."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from kiosk.artefacts.answer_package import PackageContent
from kiosk.artefacts.chain import Admitted, Happened, TakenOver
from kiosk.artefacts.sittings import begun
from kiosk.assessment.responses import Response
from kiosk.station.batches import Batch, contents


class Seen(Struct, frozen=True):
    """Items by the bank's identifiers; `seconds` is empty where the sitting began at another terminal."""

    seat: str
    responses: dict[str, dict[str, Response]]
    seconds: dict[str, float]


def look_at(batch: Batch) -> tuple[Seen, ...]:
    """What each package of a batch tells.

    Raises:
        InputRefused: a package is not the one that was accepted.
    """
    return tuple(
        Seen(content.seat, content.responses, _seconds(content)) for content in contents(batch)
    )


def _seconds(content: PackageContent) -> dict[str, float]:
    """How long each item was on the screen while the clock ran; the journal, not replayed twice: the
    intake has checked it. Empty where the sitting began at another terminal."""
    spent: Counter[str] = Counter()
    sitting = None
    index = -1
    for record in content.records:
        if isinstance(record, Admitted | TakenOver):
            index += 1
            if index == content.sitting:
                if isinstance(record, TakenOver):
                    return {}
                sitting = begun(record)
        elif isinstance(record, Happened) and index == content.sitting and sitting is not None:
            after = sitting.apply(record.event)
            shown = sitting.paper.items[sitting.position].item
            spent[shown] += after.ran_ms - sitting.ran_ms
            sitting = after
    return {item: ms / 1000 for item, ms in spent.items()}
