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
from kiosk.scoring.wording import section_title
from kiosk.station.form_model import Candidate, Demand, Shortage
from kiosk.words import mark

MOST_SAID = 12
ZERO = Fraction(0)

_NEEDS = {
    "content": mark(
        "work content {name} needs {least} points or more at level {level}, the bank has items for {has}"
    ),
    "function": mark(
        "function {name} needs {least} points or more at level {level}, the bank has items for {has}"
    ),
    "band": mark(
        "the band '{name}' needs {least} points or more at level {level}, the bank has items for {has}"
    ),
}
_TOGETHER = {
    (False, False): mark(
        "the sections and the weights of the standard cannot be met together at level {level}"
    ),
    (True, False): mark(
        "the sections, the weights of the standard and the bands of difficulty cannot be met together at level {level}"
    ),
    (False, True): mark(
        "the sections, the weights of the standard and keeping enemies apart cannot be met together at level {level}"
    ),
    (True, True): mark(
        "the sections, the weights of the standard, the bands of difficulty and keeping enemies apart cannot be met together at level {level}"
    ),
}
"""By whether bands are asked for, and whether items have enemies."""
_MORE = {
    (False, False): mark("{point} needs 1 more item at {level}: {kind}"),
    (False, True): mark("{point} needs {n} more items at {level}: {kind}"),
    (True, False): mark("{point} needs 1 more item at {level} in the band '{band}': {kind}"),
    (True, True): mark("{point} needs {n} more items at {level} in the band '{band}': {kind}"),
}
"""By whether a band is asked for, and whether it is more than one. A person reads several together, joined
by `; `: `words.again` finds each."""


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
            mark(
                "the points of the sections cannot be shared out over the work contents and bands asked for"
            ),
            where=blueprint.id,
            remedy=mark("Change counts or points of the sections, or the bands"),
        )
    needs = list(_unmet(demand)) if forms == 1 else []
    if forms > 1:
        shared = mark(
            "{forms} forms that share {overlap} items at most need more items than the bank has at level {level}"
        )
        needs = [shared.format(forms=forms, overlap=overlap, level=blueprint.level)]
    if not needs:
        apart = any(item.group or item.enemies for item in demand.items)
        needs = [_TOGETHER[bool(demand.bands), apart].format(level=blueprint.level)]
    remedies = [
        mark("Add items to the bank, or ask for less in the blueprint")
        if enough is None
        else mark("Add items to the bank, or allow an overlap of {n}").format(n=enough)
    ]
    added = _additions(demand, standard, lacking)
    remedies += added[:MOST_SAID]
    if len(added) > MOST_SAID:
        remedies.append(mark("{n} more shortages like these").format(n=len(added) - MOST_SAID))
    return InputRefused(
        "; ".join(needs[:MOST_SAID]), where=blueprint.id, remedy="; ".join(remedies)
    )


def _unmet(demand: Demand) -> Iterator[str]:
    """The bounds that simple counting shows to be out of reach."""
    blueprint = demand.blueprint
    level = blueprint.level
    for section in blueprint.sections:
        asked = sum(other.count for other in blueprint.sections if other.kind == section.kind)
        has = _independent(item for item in demand.items if item.kind == section.kind)
        if has < asked:
            yield mark(
                "section '{section}' needs {asked} items '{kind}' at level {level}, the bank has {has}"
            ).format(
                section=section.id, asked=asked, kind=_said(section.kind), level=level, has=has
            )
    points = {section.kind: number(section.points) for section in blueprint.sections}
    targets: list[tuple[str, str, Fraction, tuple[str, ...], str]] = [
        (_NEEDS["content"], content, target, (content,), "")
        for content, target in demand.contents.items()
    ]
    targets += [
        (
            _NEEDS["function"],
            function,
            sum((demand.contents[one] for one in contents), ZERO),
            contents,
            "",
        )
        for function, contents in demand.functions.items()
        if len(contents) > 1
    ]
    targets += [
        (_NEEDS["band"], band, target, tuple(demand.contents), band)
        for band, target in demand.bands.items()
    ]
    for needs, name, target, contents, band in targets:
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
            yield needs.format(name=name, least=written(least), level=level, has=written(filled))


def _said(kind: Kind) -> str:
    """In English; `words.again` finds it, as all of it."""
    return section_title(kind)["en"]


def _independent(items: Iterable[Candidate]) -> int:
    """How many of `items` may stand together, groups of enemies counted once."""
    return len({("group", item.group) if item.group else ("item", item.id) for item in items})


def _additions(demand: Demand, standard: Standard, lacking: Sequence[Shortage]) -> list[str]:
    """`KP-07 needs 2 more items at L4: Multiple choice`: on the knowledge points that have fewest."""
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
        _MORE[bool(band), count > 1].format(
            point=point, n=count, kind=_said(kind), level=level, band=band
        )
        for (point, kind, band), count in sorted(wanted.items())
    ]
