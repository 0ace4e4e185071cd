"""Areas of a picture, and whether a point lies in one: exact, and the edge belongs to the area.

QTI 3 writes coordinates as HTML image maps do: `rect` left, top, right, bottom; `circle` centre and
radius; `ellipse` centre and two radii; `poly` its corners; `default` is the whole picture.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.rules import AreaEntry
from kiosk.scoring.values import point

Coords = tuple[Fraction, ...]
SHAPES: Final = ("default", "rect", "circle", "ellipse", "poly")
MAX_COORDS: Final = 1_000
_COUNTS: Final = {"default": 0, "rect": 4, "circle": 3, "ellipse": 4}


@lru_cache(maxsize=1024)
def coordinates(shape: str, coords: str) -> Coords:
    """The numbers of `coords`.

    Raises:
        InputRefused: an unknown shape, or coordinates that are none of it.
    """
    if shape not in SHAPES:
        raise InputRefused(f"there is no shape '{shape}'")
    if shape == "default":
        return ()
    found = tuple(number(text) for text in coords.replace(",", " ").split())
    if shape == "poly":
        # Image maps may close the polygon by giving the first corner again.
        fits = 6 <= len(found) <= MAX_COORDS and len(found) % 2 == 0
    else:
        fits = len(found) == _COUNTS[shape]
    if not fits or (shape in ("circle", "ellipse") and min(found[2:]) < 0):
        raise InputRefused(f"'{coords[:60]}' are no coordinates of a {shape}")
    return found


def within(spot: str, shape: str, coords: str) -> bool:
    """Whether the point `spot` (as QTI writes one) lies in the area or on its edge."""
    where = point(spot)
    if where is None:
        return False
    (x, y), given = where, coordinates(shape, coords)
    match shape:
        case "default":
            return True
        case "rect":
            left, top, right, bottom = given
            return min(left, right) <= x <= max(left, right) and (
                min(top, bottom) <= y <= max(top, bottom)
            )
        case "circle":
            across, down, radius = given
            return (x - across) ** 2 + (y - down) ** 2 <= radius**2
        case "ellipse":
            across, down, wide, high = given
            reach = (wide * high) ** 2
            inside = ((x - across) * high) ** 2 + ((y - down) * wide) ** 2 <= reach
            return inside and abs(x - across) <= wide and abs(y - down) <= high
        case _:
            return _in_polygon(x, y, given)


def middle_of(area: AreaEntry) -> str:
    """A point of whole px in the area, as QTI writes one: its middle, or a polygon's first corner."""
    given = coordinates(area.shape, area.coords)
    match area.shape:
        case "default":
            return "0 0"
        case "rect":
            x, y = (given[0] + given[2]) / 2, (given[1] + given[3]) / 2
        case _:
            x, y = given[0], given[1]
    return f"{int(x)} {int(y)}"


def _in_polygon(x: Fraction, y: Fraction, given: Coords) -> bool:
    """By counting the edges that a ray to the right crosses; a point on an edge is inside."""
    corners = list(zip(given[::2], given[1::2], strict=True))
    inside = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        side = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        on_line = side == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
        if on_line:
            return True
        if (y1 > y) != (y2 > y) and (side > 0) == (y2 > y1):
            inside = not inside
    return inside
