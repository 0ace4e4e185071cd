"""A blueprint: what a paper is made of, what it is worth, and how that measures the standard.

Read from the plain values of a TOML file:

    [blueprint]   id, level = "L4", pass = 60, converts_to = 100, floor = "item"
                  difficulty = 0.4, spread = 0.2
    [blueprint.bands]      easy = 30, medium = 50, hard = 20        (percent of the points)
    [blueprint.rounding]   at = "total", places = 1, mode = "half_up"        (without it: none)
    [[section]]   kind = "single_choice", count = 60, points = 1
                  marking = {type = "all_or_nothing"}   title, rule = {zh-CN, en}   shuffle = true
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.items import Kind, Lang
from kiosk.errors import InputRefused
from kiosk.scoring.marking import (
    AllOrNothing,
    Blanks,
    Incomplete,
    Marking,
    People,
    PerOption,
    PerRight,
)
from kiosk.scoring.numbers import RoundingMode, number, written
from kiosk.scoring.plain import convert, placed, plain_numbers
from kiosk.scoring.standard import WHOLE, Level, Standard
from kiosk.scoring.wording import section_rule, section_title
from kiosk.words import mark

K = TypeVar("K")

Floor = Literal["item", "section", "paper"]
"""Where points stop at zero: an item never costs, a section never costs, or only the whole."""

Band = Literal["easy", "medium", "hard"]
"""Difficulty up to 0.4, up to 0.6, and above; an item of unknown difficulty counts as medium."""

EASY_TO, MEDIUM_TO = Fraction(2, 5), Fraction(3, 5)
MOST_SPREAD = Fraction(1, 2)
"""Half of the points at 0 and half at 1: no set of difficulties is spread more."""


class Rounding(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where points are rounded, and how; halves go up, or everything down."""

    at: Literal["item", "section", "total"]
    places: int = 0
    mode: RoundingMode = "half_up"


class Section(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Items of one kind; `points` (decimal text) an item. Words it does not bring are the default."""

    kind: Kind
    count: int
    points: str
    id: str = ""
    marking: Marking = AllOrNothing()
    title: dict[Lang, str] = {}
    rule: dict[Lang, str] = {}
    shuffle: bool = True


class Blueprint(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`pass_points` and the score are on the scale of `converts_to`, or of `total` without it.

    `difficulty` is the mean a form's points should have, 0 (everyone right) to 1, and `spread` their
    standard deviation; without them forms are as the bank is. `bands` is the share of the points of
    each band, in percent.
    """

    id: str
    level: Level
    pass_points: str
    sections: tuple[Section, ...]
    converts_to: str | None = None
    floor: Floor = "item"
    rounding: Rounding | None = None
    difficulty: str | None = None
    spread: str | None = None
    bands: dict[Band, str] = {}

    @property
    def total(self) -> Fraction:
        """Points of the paper before conversion."""
        return sum((number(part.points) * part.count for part in self.sections), Fraction(0))

    @property
    def max_score(self) -> Fraction:
        return self.total if self.converts_to is None else number(self.converts_to)

    @property
    def item_count(self) -> int:
        return sum(section.count for section in self.sections)

    @property
    def step(self) -> Fraction:
        """The points that every item is a whole multiple of: no target can be finer."""
        points = [number(section.points) for section in self.sections]
        common = math.lcm(*(one.denominator for one in points))
        return Fraction(math.gcd(*(int(one * common) for one in points)), common)

    @property
    def largest(self) -> Fraction:
        """The points of the item that is worth most."""
        return max(number(section.points) for section in self.sections)

    def section(self, identifier: str) -> Section:
        """Raises KeyError when there is no such section."""
        for section in self.sections:
            if section.id == identifier:
                return section
        raise KeyError(identifier)


def content_targets(blueprint: Blueprint, standard: Standard) -> dict[str, Fraction]:
    """The points of each work content on a paper, from the weights of its level.

    Largest remainder, in steps of `Blueprint.step` (so in whole items, where all are worth the same):
    each content gets the whole part of its share, and the steps left go to the largest fractions, the
    earlier content of the standard first where they are equal.
    """
    return _shared_out(blueprint, standard.weights_of(blueprint.level))


def band_targets(blueprint: Blueprint) -> dict[Band, Fraction]:
    """The points of each band of difficulty, shared out likewise; empty where none is asked for."""
    return _shared_out(
        blueprint,
        {band: number(blueprint.bands[band]) for band in get_args(Band) if band in blueprint.bands},
    )


def band_of(difficulty: Fraction | None) -> Band:
    """Where an item of that difficulty counts."""
    if difficulty is None or EASY_TO < difficulty <= MEDIUM_TO:
        return "medium"
    return "easy" if difficulty <= EASY_TO else "hard"


def _shared_out(blueprint: Blueprint, weights: Mapping[K, Fraction]) -> dict[K, Fraction]:
    whole = sum(weights.values(), Fraction(0))
    step = blueprint.step
    steps = blueprint.total / step
    exact = {name: weight * steps / whole for name, weight in weights.items()}
    targets = {name: int(share) for name, share in exact.items()}
    left = int(steps) - sum(targets.values())
    by_rest = sorted(exact, key=lambda name: targets[name] - exact[name])
    for name in by_rest[:left] if exact else ():
        targets[name] += 1
    return {name: count * step for name, count in targets.items()}


def read_blueprint(plain: Mapping[str, Any], where: str = "blueprint.toml") -> Blueprint:
    """The blueprint in a file's plain values, its words filled in.

    Raises:
        InputRefused: a missing, unknown or wrong entry; `where` names the place.
    """
    head = plain.get("blueprint")
    if not isinstance(head, Mapping):
        raise InputRefused(mark("there is no table [blueprint]"), where=where)
    tables = [_texts(section, ("points", "marking")) for section in plain.get("section", [])]
    shape: dict[str, Any] = {
        "pass_points" if name == "pass" else name: value
        for name, value in _texts(
            head, ("pass", "converts_to", "difficulty", "spread", "bands")
        ).items()
    }
    found = convert({**shape, "sections": tables}, Blueprint, where)
    with placed(where):
        sections = tuple(
            _complete(section, index) for index, section in enumerate(found.sections, start=1)
        )
        complete = replace(found, sections=sections)
        check_blueprint(complete, where)
    return complete


def check_blueprint(blueprint: Blueprint, where: str) -> None:
    """Raises InputRefused when the numbers of a blueprint do not fit each other."""
    if not blueprint.sections:
        raise InputRefused(mark("there is no section"), where=where)
    identifiers = [section.id for section in blueprint.sections]
    for section in blueprint.sections:
        here = f"{where}, section '{section.id}'"
        with placed(here):
            _check_section(section, here)
        if identifiers.count(section.id) > 1:
            raise InputRefused(
                mark("two sections are called '{section}'"), where=where, section=section.id
            )
    if blueprint.max_score <= 0:
        raise InputRefused(mark("converts_to must be above zero"), where=where)
    if not 0 <= number(blueprint.pass_points) <= blueprint.max_score:
        raise InputRefused(
            mark("the pass mark {points} is not within 0 and {most}"),
            where=where,
            points=blueprint.pass_points,
            most=written(blueprint.max_score),
        )
    if blueprint.difficulty is not None and not 0 <= number(blueprint.difficulty) <= 1:
        raise InputRefused(mark("difficulty must lie between 0 and 1"), where=where)
    if blueprint.spread is not None and not 0 <= number(blueprint.spread) <= MOST_SPREAD:
        raise InputRefused(mark("spread must lie between 0 and 0.5"), where=where)
    _check_bands(blueprint, where)
    if blueprint.rounding is not None and not 0 <= blueprint.rounding.places <= 6:
        raise InputRefused(mark("rounding goes to 0 to 6 places"), where=where)


def _check_bands(blueprint: Blueprint, where: str) -> None:
    shares = [number(share) for share in blueprint.bands.values()]
    if any(share < 0 for share in shares):
        raise InputRefused(mark("the share of a band is below zero"), where=where)
    if shares and sum(shares) != WHOLE:
        raise InputRefused(
            mark("the bands sum to {sum}, not to 100"),
            where=where,
            remedy=mark("Write what percent of the points are easy, medium and hard"),
            sum=written(sum(shares, Fraction(0))),
        )


def _check_section(section: Section, where: str) -> None:
    points = number(section.points)
    if section.count < 1:
        raise InputRefused(mark("a section has one item at least"), where=where)
    if points <= 0:
        raise InputRefused(mark("points must be above zero"), where=where)
    costs, gains = _amounts(section.marking)
    for text in costs:
        if number(text) < 0:
            raise InputRefused(
                mark("what a wrong answer costs is {points}"),
                where=where,
                remedy=mark("Write it as 1"),
                points=text,
            )
    for gain in gains:
        if gain is not None and not 0 < number(gain) <= points:
            raise InputRefused(
                mark("{points} points for a part are not within 0 and the {whole} of the whole"),
                where=where,
                points=gain,
                whole=section.points,
            )


def _amounts(marking: Marking) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
    """What a wrong answer costs by `marking`, and what a part of a right one gains."""
    match marking:
        case AllOrNothing(deduction):
            return (deduction,), ()
        case Incomplete(fixed, deduction):
            return (deduction,), (fixed,)
        case PerRight(each, most):
            return (), (each, most)
        case PerOption(wrong, right):
            return (wrong,), (right,)
        case Blanks() | People():
            return (), ()


def _texts(entry: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """`entry` with the numbers under `names` as text."""
    if not isinstance(entry, Mapping):
        return {}
    return {name: plain_numbers(value) if name in names else value for name, value in entry.items()}


def _complete(section: Section, position: int) -> Section:
    return replace(
        section,
        id=section.id or f"S{position}",
        title=section_title(section.kind) | section.title,
        rule=section_rule(section.kind, section.marking) | section.rule,
    )
