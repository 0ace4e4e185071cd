"""Why a bank cannot give the forms that were asked for, and what would let it: in an author's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from kiosk.assessment.items import Kind
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import band_of
from kiosk.scoring.numbers import number, written
from kiosk.scoring.standard import Standard
from kiosk.station.form_model import Candidate, Demand, Shortage

MOST_SAID = 12
ZERO = Fraction(0)


def cannot(
    demand: Demand,
    standard: Standard,
    lacking: Sequence[Shortage],
    forms: int,
    overlap: int | None,
    enough: int | None,
) -> InputRefused:
    """The refusal of a blueprint.

    Args:
        lacking: items to add; with none of them the blueprint contradicts itself.
        forms: how many were to be made together.
        enough: the overlap with which the bank would do, where the limit is in the way.
    """
    blueprint = demand.blueprint
    if not lacking:
        return InputRefused(
            "the points of the sections cannot be shared out over the work contents and bands asked for",
            where=blueprint.id,
            remedy="Change counts or points of the sections, or the bands",
        )
    needs = list(_unmet(demand)) if forms == 1 else []
    if forms > 1:
        shared = f"{forms} forms that share {overlap} items at most"
        needs = [f"{shared} need more items than the bank has at level {blueprint.level}"]
    if not needs:
        needs = [f"{_together(demand)} cannot be met together at level {blueprint.level}"]
    remedies = _additions(demand, standard, lacking)
    more = "" if len(remedies) <= MOST_SAID else f"; and {len(remedies) - MOST_SAID} more"
    remedy = "Add items to the bank: " + "; ".join(remedies[:MOST_SAID]) + more
    if enough is not None:
        remedy += f". Or allow an overlap of {enough}"
    else:
        remedy += ". Or ask for less in the blueprint"
    return InputRefused("; ".join(needs[:MOST_SAID]), where=blueprint.id, remedy=remedy)


def _unmet(demand: Demand) -> Iterator[str]:
    """The bounds that simple counting shows to be out of reach."""
    blueprint = demand.blueprint
    level = blueprint.level
    for section in blueprint.sections:
        asked = sum(other.count for other in blueprint.sections if other.kind == section.kind)
        has = _independent(item for item in demand.items if item.kind == section.kind)
        if has < asked:
            yield (
                f"section '{section.id}' needs {asked} items of kind {section.kind} "
                f"at level {level}, the bank has {has}"
            )
    points = {section.kind: number(section.points) for section in blueprint.sections}
    targets: list[tuple[str, Fraction, tuple[str, ...], str]] = [
        (f"work content {content}", target, (content,), "")
        for content, target in demand.contents.items()
    ]
    targets += [
        (
            f"function {function}",
            sum((demand.contents[one] for one in contents), ZERO),
            contents,
            "",
        )
        for function, contents in demand.functions.items()
        if len(contents) > 1
    ]
    targets += [
        (f"the band '{band}'", target, tuple(demand.contents), band)
        for band, target in demand.bands.items()
    ]
    for name, target, contents, band in targets:
        reach = (
            points[kind]
            * _independent(
                item
                for item in demand.items
                if item.kind == kind
                and item.content in contents
                and band in ("", band_of(item.difficulty))
            )
            for kind in points
        )
        filled = sum(reach, ZERO)
        least = target - blueprint.largest
        if filled < least:
            yield (
                f"{name} needs {written(least)} points or more at level {level}, "
                f"the bank has items for {written(filled)}"
            )


def _independent(items: Iterable[Candidate]) -> int:
    """How many of `items` may stand together, groups of enemies counted once."""
    return len({("group", item.group) if item.group else ("item", item.id) for item in items})


def _together(demand: Demand) -> str:
    apart = any(item.group or item.enemies for item in demand.items)
    asked = ["the sections", "the weights of the standard"]
    asked += ["the bands of difficulty"] if demand.bands else []
    asked += ["keeping enemies apart"] if apart else []
    return f"{', '.join(asked[:-1])} and {asked[-1]}"


def _additions(demand: Demand, standard: Standard, lacking: Sequence[Shortage]) -> list[str]:
    """`KP-07 needs 2 more multiple_choice items at L4`: on the knowledge points that have fewest."""
    level = demand.blueprint.level
    points = {
        content.id: [one.id for one in content.knowledge_points if level in one.levels]
        or [one.id for one in content.knowledge_points]
        or [content.id]
        for content in standard.contents()
    }
    has = Counter((item.kind, item.knowledge_point) for item in demand.items)
    wanted: Counter[tuple[str, Kind, str]] = Counter()
    for shortage in lacking:
        kind = demand.blueprint.section(shortage.section).kind
        for _ in range(shortage.count):
            poorest = min(points[shortage.content], key=lambda point: has[kind, point])
            has[kind, poorest] += 1
            wanted[poorest, kind, shortage.band] += 1
    return [
        f"{point} needs {count} more {kind} item{'' if count == 1 else 's'} at {level}"
        + (f" in the band '{band}'" if band else "")
        for (point, kind, band), count in sorted(wanted.items())
    ]
