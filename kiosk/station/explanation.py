"""The reasons of a score in the author's own names, for a person who asks why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.scoring.explanations import explain_reason
from kiosk.scoring.numbers import shown
from kiosk.scoring.result import Result


class Explained(Struct, frozen=True):
    """One item of a paper. `number` counts from 1 as the candidate saw it, `item` is the author's
    name of it, points are decimal text."""

    number: int
    item: str
    knowledge_point: str
    points: str
    max_points: str
    reasons: tuple[str, ...]


def explained(result: Result, entries: Iterable[ScoringEntry], lang: str) -> tuple[Explained, ...]:
    """The items of a result with their reasons in words, in the order of the paper."""
    known = {entry.item: entry for entry in entries}
    return tuple(
        Explained(
            number=item.position + 1,
            item=known[item.item].source,
            knowledge_point=known[item.item].knowledge_point,
            points=shown(item.points),
            max_points=shown(item.max_points),
            reasons=tuple(
                _named(sentence, known[item.item].names)
                for sentence in explain_reason(item.reason, lang)
            ),
        )
        for item in result.items
    )


def _named(sentence: str, names: Mapping[str, str]) -> str:
    """`sentence` with the identifiers a bank was sealed with as its author wrote them."""
    if not names:
        return sentence
    sealed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{sealed})(?!\w)", lambda found: names[found[0]], sentence)
