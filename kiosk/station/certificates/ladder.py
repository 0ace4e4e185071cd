"""The ladder as values: what each level asks for, from one TOML that an admin edits.

`ladder.toml` beside this module says what each field means; the station's own
`certificates/ladder.toml` takes its place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from kiosk.errors import InputRefused
from kiosk.scoring.standard import Level
from kiosk.station.certificates.numbering import require_template
from kiosk.trust.durable import storage
from kiosk.words import mark

Part = Literal["theory", "practice", "simulator", "review"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""From the lowest to the highest."""

FOLDER: Final = "certificates"
FILE: Final = "ladder.toml"
OURS: Final = Path(__file__).with_name(FILE)
_LONGEST: Final = 1_000_000

PART_WORDS: Final[Mapping[Part, str]] = {
    "theory": mark("Theory"),
    "practice": mark("Practice"),
    "simulator": mark("Simulator"),
    "review": mark("Comprehensive review"),
}

_Months = Annotated[int, Meta(ge=0, le=1200)]
_Years = Annotated[int, Meta(ge=0, le=60)]
_Marks = Annotated[int, Meta(ge=0, le=100)] | Annotated[float, Meta(ge=0, le=100)]


class PartRule(Struct, frozen=True, forbid_unknown_fields=True, rename={"least": "pass"}):
    """`least` are the marks of 100 that pass the part; `weight` its share of a weighed total."""

    least: _Marks
    weight: _Marks = 0


class Way(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to be admitted: all of it must be met. `holds` a level (or a higher one) for `years`, an
    apprenticeship ended, or `work_years` in the trade."""

    holds: Level | None = None
    years: _Years = 0
    apprenticeship: bool = False
    work_years: _Years = 0


class LevelRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What one level asks for; `total` is None where each part must be passed by itself."""

    level: Level
    keeps_months: _Months
    valid_months: _Months
    parts: dict[Part, PartRule] = {}
    total: _Marks | None = None
    ways: tuple[Way, ...] = ()
    disciplines: tuple[str, ...] = ()


class Activity(Struct, frozen=True, forbid_unknown_fields=True):
    """What a simulator's activity is a part of."""

    id: str
    discipline: str
    level: Level
    part: Part = "simulator"


class Ladder(Struct, frozen=True, forbid_unknown_fields=True, rename={"rules": "level"}):
    """The whole file."""

    zone: str
    issuer: dict[str, str]
    number: str
    rules: tuple[LevelRule, ...]
    counts: Literal["final", "published"] = "final"
    activity: tuple[Activity, ...] = ()

    def day(self, at: datetime) -> date:
        """The day that it is at the station."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def rule(self, level: str, discipline: str) -> LevelRule | None:
        """The rule for a level of a discipline: its own one before the one for all."""
        of_level = [one for one in self.rules if one.level == level]
        own = [one for one in of_level if discipline in one.disciplines]
        return next(iter([*own, *(one for one in of_level if not one.disciplines)]), None)


def exact(marks: int | float) -> Fraction:
    """Marks as TOML has them, as people wrote them: 59.5 is 119/2."""
    return Fraction(str(marks))


def read_ladder(folder: Path) -> Ladder:
    """The ladder of the station in `folder`: its own, else ours.

    Raises:
        InputRefused: it cannot be used, and why.
    """
    own = folder / FOLDER / FILE
    with storage(own):
        path = own if own.is_file() else OURS
        return parse_ladder(path.read_bytes()[:_LONGEST], str(path))


def parse_ladder(data: bytes, where: str) -> Ladder:
    """The ladder that a file's bytes say.

    Raises:
        InputRefused: not TOML, an unknown field, or rules that contradict themselves.
    """
    try:
        ladder = msgspec.convert(tomllib.loads(data.decode()), Ladder)
    except (ValueError, msgspec.ValidationError) as fault:
        raise _unusable(where, str(fault)) from fault
    try:
        ZoneInfo(ladder.zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise _unusable(where, f"zone: {ladder.zone}") from fault
    try:
        require_template(ladder.number)
    except InputRefused as fault:
        raise fault.at(where) from fault
    for rule in ladder.rules:
        _require_sound(rule, where)
    return ladder


def _require_sound(rule: LevelRule, where: str) -> None:
    weights = [exact(part.weight) for part in rule.parts.values()]
    if rule.total is not None and sum(weights) != 100:
        raise _unusable(where, f"{rule.level}: the weights of a level with total must sum to 100")
    if rule.total is None and any(weights):
        raise _unusable(where, f"{rule.level}: weights need total")
    if not rule.parts and not rule.ways:
        raise _unusable(where, f"{rule.level}: a level needs parts or ways")
    for way in rule.ways:
        if way.holds is None and not way.apprenticeship and not way.work_years:
            raise _unusable(where, f"{rule.level}: a way needs holds, apprenticeship or work_years")
        if way.holds == rule.level:
            raise _unusable(where, f"{rule.level}: a level cannot ask for itself")


def _unusable(where: str, fault: str) -> InputRefused:
    return InputRefused(
        mark("the ladder cannot be used: {fault}"),
        where=where,
        remedy=mark("Correct that line, or take the file away and ours is used"),
        fault=fault,
    )
