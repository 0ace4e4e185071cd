"""Sections with a time of their own, and sections without a way back: from a plan to the terms.

A section of a plan may have `minutes`. Those without, which stand side by side, share what is left of
the exam's time, so that the parts fill it and the clock of the exam never tells what cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from kiosk.assessment.sitting import Part, Terms
from kiosk.errors import InputRefused
from kiosk.words import mark

_MINUTE_MS = 60_000
_ENTRIES = ("minutes", "navigation")


def blueprint_sections(sections: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The plan's sections with what the blueprint has of them."""
    return [
        {name: value for name, value in section.items() if name not in _ENTRIES}
        for section in sections
    ]


def divided(
    terms: Terms, sections: Sequence[dict[str, Any]], names: Sequence[str], where: str
) -> Terms:
    """`terms` with the parts and the linear sections of a plan.

    Args:
        sections: the plan's tables.
        names: the sections' ids, in the same order.

    Raises:
        InputRefused: minutes that are none or do not fit the exam's time, or no such navigation.
    """
    for name, section in zip(names, sections, strict=True):
        _check(section, f"{where}, section {name}")
    linear = tuple(
        name
        for name, section in zip(names, sections, strict=True)
        if section.get("navigation") == "linear"
    )
    timed = {
        name: section["minutes"] * _MINUTE_MS
        for name, section in zip(names, sections, strict=True)
        if "minutes" in section
    }
    if not timed:
        return replace(terms, linear=linear)
    left = terms.duration_ms - sum(timed.values())
    groups = tuple(_groups(names, timed))
    untimed = [group for group in groups if group[0] not in timed]
    if len(untimed) > 1:
        raise InputRefused(
            mark("sections without minutes stand apart from each other"),
            where=where,
            remedy=mark("Give all but those that stand side by side their minutes"),
        )
    if left < 0 or (left == 0) != (not untimed):
        raise InputRefused(
            mark("the minutes of the sections are {minutes}, the exam has {whole}"),
            where=where,
            remedy=mark(
                "Let them add up to the minutes of the exam, or leave time for sections without minutes"
            ),
            minutes=sum(timed.values()) // _MINUTE_MS,
            whole=terms.duration_ms // _MINUTE_MS,
        )
    parts = tuple(Part(group, timed.get(group[0], left)) for group in groups)
    # One part alone is the exam.
    return replace(terms, parts=parts if len(parts) > 1 else (), linear=linear)


def lasting(terms: Terms, duration_ms: int) -> Terms:
    """`terms` for a candidate who has another time, shared out to the parts as theirs are, each rounded
    up to a second."""
    parts = tuple(
        replace(
            part, duration_ms=-(-part.duration_ms * duration_ms // terms.duration_ms // 1000) * 1000
        )
        for part in terms.parts
    )
    whole = sum(part.duration_ms for part in parts) if parts else duration_ms
    return replace(terms, duration_ms=whole, parts=parts)


def _groups(names: Sequence[str], timed: dict[str, int]) -> Iterator[tuple[str, ...]]:
    for has_time, group in groupby(names, key=timed.__contains__):
        if has_time:
            yield from ((name,) for name in group)
        else:
            yield tuple(group)


def _check(section: dict[str, Any], where: str) -> None:
    minutes = section.get("minutes", 1)
    if type(minutes) is not int or minutes < 1:
        raise InputRefused(
            mark("minutes is no whole number above zero"),
            where=where,
            remedy=mark("Write minutes = 30, or leave it out"),
        )
    if section.get("navigation", "free") not in ("free", "linear"):
        raise InputRefused(
            mark("there is no navigation '{navigation}'"),
            where=where,
            remedy=mark('Write "free" or "linear", or leave it out'),
            navigation=str(section["navigation"])[:40],
        )
