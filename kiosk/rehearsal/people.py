"""The people of a rehearsal: who they are, and how well they answer."""

from __future__ import annotations

import random
from collections.abc import Mapping

from msgspec import Struct

from kiosk.artefacts.scoring_file import ScoringContent
from kiosk.assessment.items import (
    Associate,
    Choice,
    ExtendedText,
    GapMatch,
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    Hottext,
    InlineChoice,
    Interaction,
    Item,
    Match,
    Order,
    PositionObject,
    SelectPoint,
    Slider,
    TextEntry,
    identifiers,
)
from kiosk.assessment.responses import Response, pair_ends
from kiosk.scoring.areas import middle_of
from kiosk.scoring.rules import ItemRules

_NAMES = (
    "张海燕", "王建军", "李喆", "刘堃", "陈玥", "杨志强", "赵赟", "黄丽华", "周珺", "吴国庆",
    "徐春梅", "孙大伟", "胡晓东", "朱桂兰", "高永红", "林志远", "何秀英", "郭峰", "马晓芳", "罗文斌",
)  # fmt: skip
"""Made-up people; some have characters that common subsets of fonts lack."""


_UNITS = ("一厂", "二厂", "三厂", "四厂")


class Person(Struct, frozen=True):
    """`skill` is the chance to know an answer; `unit` is who sent them."""

    number: str
    name: str
    seat: str
    skill: float
    extra_percent: int = 0
    unit: str = ""


def people(count: int, source: random.Random) -> tuple[Person, ...]:
    """`count` candidates with seats from 01, one of them with an accommodation."""
    return tuple(
        Person(
            number=f"2611{index + 1:04d}",
            name=_NAMES[index % len(_NAMES)],
            seat=f"{index + 1:02d}",
            skill=source.uniform(0.4, 0.95),
            extra_percent=25 if index == 2 else 0,
            unit=_UNITS[index % len(_UNITS)],
        )
        for index in range(count)
    )


class Knowledge:
    """What a person who knows everything would answer. No seat has this; the rehearsal has it from
    the scoring file, because it plays the people as well."""

    def __init__(self, content: ScoringContent) -> None:
        self._rules: Mapping[str, ItemRules] = {
            entry.item: entry.rules for entry in content.entries
        }

    def respond(self, item: Item, person: Person, source: random.Random) -> dict[str, Response]:
        """An answer to each interaction: the right one, or a guess, and now and then none."""
        if source.random() < 0.02:
            return {}
        knows = source.random() < person.skill
        return {
            interaction.response: self._right(item, interaction.response)
            if knows
            else _guess(interaction, source)
            for interaction in item.interactions
        }

    def _right(self, item: Item, response: str) -> Response:
        declared = next(one for one in self._rules[item.id].responses if one.id == response)
        if declared.correct is not None:
            return declared.correct
        if declared.areas is not None:
            best_area = max(declared.areas.entries, key=lambda entry: float(entry.value))
            return (middle_of(best_area),)
        if declared.mapping is not None:
            best = max(declared.mapping.entries, key=lambda entry: float(entry.value))
            if declared.cardinality == "single":
                return (best.key,)
            return tuple(one.key for one in declared.mapping.entries if float(one.value) > 0)
        return ()


def _guess(interaction: Interaction, source: random.Random) -> Response:
    match interaction:
        case Choice(choices=choices, max_choices=1) | InlineChoice(choices=choices):
            return (source.choice(choices),)
        case Choice(choices=choices):
            return tuple(source.sample(choices, 2))
        case TextEntry(base_type="string") | ExtendedText():
            return (source.choice(("萃取", "洗涤", "反萃", "皂化")),)
        case TextEntry():
            return (str(source.randint(1, 40)),)
        case Slider(lower=lower, upper=upper):
            return (source.choice((lower, upper)),)
        case Order() | GraphicOrder():
            names = identifiers(interaction)
            return tuple(source.sample(names, interaction.max_choices or len(names)))
        case Hottext() | Hotspot():
            return (source.choice(identifiers(interaction)),)
        case SelectPoint(size=(width, height)) | PositionObject(size=(width, height)):
            return (f"{source.randint(0, width)} {source.randint(0, height)}",)
        case Associate() | GraphicAssociate() | Match() | GapMatch() | GraphicGapMatch():
            first, second, _ = pair_ends(interaction)
            ends = (source.choice(first), source.choice(second))
            return (" ".join(ends),) if ends[0] != ends[1] else ()
