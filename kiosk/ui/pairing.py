"""Pairs as they are made by pressing two things one after another. No Qt.

A pair that exists is taken back by pressing its ends again. An end that may be used only once moves
to its new partner; one that may be used several times refuses when it is used up.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.assessment.items import Associate, GapMatch, GraphicAssociate, GraphicGapMatch, Match
from kiosk.assessment.responses import MAX_POINTS, Response, limit_of, pair_ends
from kiosk.words import mark

Paired = Associate | Match | GapMatch | GraphicAssociate | GraphicGapMatch

USED_UP = mark("This can be used at most {n} times. Take a pair back first")
TOO_MANY = mark("At most {n} pairs can be made. Take one back first")


class Joined(Struct, frozen=True):
    """The response after two ends were pressed, or why it stays as it is (`refusal` with `n`)."""

    value: Response
    refusal: str = ""
    n: int = 0


def can_pair(interaction: Paired, one: str, other: str) -> bool:
    """Whether two different ends may make a pair, in either order."""
    first, second, _ = pair_ends(interaction)
    return one != other and (
        (one in first and other in second) or (other in first and one in second)
    )


def join(interaction: Paired, value: Response, one: str, other: str) -> Joined:
    """Pair `one` with `other`, which `can_pair`; or take the pair back."""
    first, second, directed = pair_ends(interaction)
    if directed:
        ends = (one, other) if one in first and other in second else (other, one)
    else:
        ends = (min(one, other), max(one, other))
    pair = " ".join(ends)
    if pair in value:
        return Joined(without(value, pair))
    single = {end for end in ends if limit_of(interaction, end) == 1}
    kept = [known for known in value if not single & set(known.split(" "))]
    for end in ends:
        limit = limit_of(interaction, end)
        if limit and uses(tuple(kept), end) >= limit:
            return Joined(value, USED_UP, limit)
    most = getattr(interaction, "max_associations", 0) or MAX_POINTS
    if len(kept) >= most:
        return Joined(value, TOO_MANY, most)
    return Joined(tuple(sorted([*kept, pair])))


def without(value: Response, pair: str) -> Response:
    """The response with `pair` taken back."""
    return tuple(known for known in value if known != pair)


def uses(value: Response, end: str) -> int:
    """How many pairs `end` stands in."""
    return sum(known.split(" ").count(end) for known in value)


def partners(value: Response, end: str) -> list[str]:
    """What `end` is paired with."""
    found = []
    for pair in value:
        one, other = pair.split(" ")
        if end in (one, other):
            found.append(other if end == one else one)
    return found
