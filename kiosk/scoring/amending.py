"""A bad item (废题) after the exam: what a result becomes when all get its points, when it is left out, or
when a further answer is right too. A pure function of the result that the rules gave.

No candidate loses points by an amendment of an item that is kept; what is left out leaves the total too,
and the rest is converted to the same maximum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.responses import Response
from kiosk.scoring.blueprint import Blueprint
from kiosk.scoring.marking import Reason
from kiosk.scoring.numbers import number
from kiosk.scoring.result import ItemResult, Result, summed, summed_section


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


def amended(
    result: Result,
    blueprint: Blueprint,
    amendments: Iterable[Amendment],
    responses: Mapping[str, Mapping[str, Response]],
) -> Result:
    """`result` with `amendments` of the items that are on its paper.

    Args:
        responses: as `Sitting.responses` holds them, by item and response.
    """
    wanted = {one.item: one for one in amendments}
    if not any(item.item in wanted for item in result.items):
        return result
    sections = tuple(
        summed_section(
            blueprint,
            part.id,
            tuple(
                _item(item, wanted[item.item], responses.get(item.item, {}))
                if item.item in wanted
                else item
                for item in part.items
            ),
        )
        for part in result.sections
    )
    return summed(result.form, blueprint, sections)


def is_amended(
    result: Result,
    amendments: Iterable[Amendment],
    responses: Mapping[str, Mapping[str, Response]],
) -> bool:
    """Whether the items of `result` are worth what `amendments` say: another time they change nothing."""
    wanted = {one.item: one for one in amendments}
    return all(
        _item(item, wanted[item.item], responses.get(item.item, {})) == item
        for item in result.items
        if item.item in wanted
    )


def _item(item: ItemResult, how: Amendment, given: Mapping[str, Response]) -> ItemResult:
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
