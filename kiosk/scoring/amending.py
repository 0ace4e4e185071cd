"""A bad item (废题) after the exam: what a result becomes when all get its points, when it is left out, or
when a further answer is right too. A pure function of the result that the rules gave.

No candidate loses points by an amendment of an item that is kept; what is left out leaves the total too,
and the rest is converted to the same maximum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiosk.assessment.responses import Response
from kiosk.scoring.amendments import Amendment, amended_item
from kiosk.scoring.blueprint import Blueprint
from kiosk.scoring.result import Result
from kiosk.scoring.sitting_score import summed, summed_section


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
                amended_item(item, wanted[item.item], responses.get(item.item, {}))
                if item.item in wanted
                else item
                for item in part.items
            ),
        )
        for part in result.sections
    )
    return summed(result.form, blueprint, sections)
