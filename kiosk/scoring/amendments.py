"""What may be decided about a bad item (废题), and what an item is worth then: plain values, without a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.responses import Response
from kiosk.scoring.numbers import number
from kiosk.scoring.reasons import Reason
from kiosk.scoring.result import ItemResult, Result


class FullMarks(Struct, frozen=True, forbid_unknown_fields=True, tag="full_marks"):
    """Everybody who had the item gets its points."""

    item: str


class LeftOut(Struct, frozen=True, forbid_unknown_fields=True, tag="left_out"):
    """The item counts for nobody; the other points are converted to the whole."""

    item: str


class AlsoRight(Struct, frozen=True, forbid_unknown_fields=True, tag="also_right"):
    """`values` is a right answer to the item too, worth all of its points."""

    item: str
    response: str
    values: tuple[str, ...]


Amendment = FullMarks | LeftOut | AlsoRight


class Amended(Struct, frozen=True, forbid_unknown_fields=True):
    """What an amended scoring version's file says: all amendments on top of its author's version."""

    kind: str
    bank: str
    version: str
    scoring_version: int
    items: tuple[Amendment, ...]


def is_amended(
    result: Result,
    amendments: Iterable[Amendment],
    responses: Mapping[str, Mapping[str, Response]],
) -> bool:
    """Whether the items of `result` are worth what `amendments` say: another time they change nothing."""
    wanted = {one.item: one for one in amendments}
    return all(
        amended_item(item, wanted[item.item], responses.get(item.item, {})) == item
        for item in result.items
        if item.item in wanted
    )


def amended_item(item: ItemResult, how: Amendment, given: Mapping[str, Response]) -> ItemResult:
    """An item's result by an amendment of it; `given` are the responses to it."""
    match how:
        case FullMarks():
            return replace(item, points=item.max_points, reason=Reason("full_marks"))
        case LeftOut():
            return replace(item, points="0", reason=Reason("left_out"))
        case AlsoRight(response=response, values=values):
            same = sorted(given.get(response, ())) == sorted(values)
            if not same or number(item.points) >= number(item.max_points):
                return item
            return replace(
                item,
                points=item.max_points,
                reason=Reason("also_right", right=(" ".join(values),)),
            )
