"""What an item's rules can give: the best score, and what the key itself and silence score.

Tries responses that a candidate can give through the real scoring. With few choices it tries all
there are, and then `complete` says that the best found is the best there is.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec import Struct

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
from kiosk.assessment.responses import Response, checked, limit_of, pair_ends
from kiosk.errors import InputRefused
from kiosk.scoring.areas import middle_of
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.rules import (
    Condition,
    ExitResponse,
    Expression,
    ItemRules,
    ResponseDeclaration,
    Rule,
)

MAX_TRIED: Final = 3_000
_MAX_SUBSETS_OF: Final = 8
_MAX_ORDERED: Final = 6
_MAX_PAIRS: Final = 1_000
_MAX_STEPS: Final = 500

Paired = Associate | GraphicAssociate | Match | GapMatch | GraphicGapMatch


class Reach(Struct, frozen=True):
    """`key` is the score of the declared correct responses, None where one is not declared."""

    best: Fraction
    complete: bool
    key: Fraction | None
    silence: Fraction
    everything: Fraction | None
    """What choosing every option scores, where several may be chosen."""
    as_good: dict[str, tuple[str, ...]]
    """By response that takes one choice: others that earn as much as the key does."""


def reach_of(item: Item, rules: ItemRules) -> Reach:
    """Tries out `item`, whose rules were checked."""
    declared = {response.id: response for response in rules.responses}
    tries: dict[str, list[Response]] = {}
    complete = True
    for interaction in item.interactions:
        name = interaction.response
        tried, all_there_are = _tried(interaction, declared[name], rules)
        tries[name] = [response for response in tried if _can_be_given(item, name, response)]
        complete = complete and all_there_are
    key = {response.id: response.correct or () for response in rules.responses}
    if math.prod(len(responses) for responses in tries.values()) <= MAX_TRIED:
        combinations = list(itertools.product(*tries.values()))
    else:
        complete = False
        combinations = list(_one_changed(tries, key))
    scores = [
        score_item(rules, dict(zip(tries, combination, strict=True))).score
        for combination in combinations
    ]
    whole = all(key[name] for name in tries)
    earned = score_item(rules, key).score if whole else None
    return Reach(
        best=max(scores),
        complete=complete,
        key=earned,
        silence=score_item(rules, {}).score,
        everything=_everything(item, rules),
        as_good=dict(_as_good(item, rules, key, earned)) if earned else {},
    )


def _tried(
    interaction: Interaction, declared: ResponseDeclaration, rules: ItemRules
) -> tuple[Iterable[Response], bool]:
    """Responses worth trying, and whether these are all there are."""
    key = declared.correct or ()
    match interaction:
        case TextEntry() | ExtendedText():
            return _texts(declared, rules), False
        case (
            Choice(max_choices=1) | InlineChoice() | Hottext(max_choices=1) | Hotspot(max_choices=1)
        ):
            return [(), *((choice,) for choice in identifiers(interaction))], True
        case Choice() | Hottext() | Hotspot():
            choices = identifiers(interaction)
            return _subsets(choices, key), len(choices) <= _MAX_SUBSETS_OF
        case Order() | GraphicOrder():
            names = identifiers(interaction)
            places = interaction.max_choices or len(names)
            if len(names) > _MAX_ORDERED:
                return [(), key, names[:places], tuple(reversed(names))[:places]], False
            return [(), *itertools.permutations(names, places)], True
        case Slider():
            steps = _steps(interaction)
            return ([(), *((step,) for step in steps)], True) if steps else ([(), key], False)
        case Associate() | GraphicAssociate() | Match() | GapMatch() | GraphicGapMatch():
            pairings = list(itertools.islice(_pairings(interaction), _MAX_PAIRS + 1))
            if len(pairings) <= _MAX_PAIRS:
                return pairings, True
            return _parts(key, declared), False
        case SelectPoint() | PositionObject():
            return _parts(key, declared), False


def _can_be_given(item: Item, name: str, response: Response) -> bool:
    try:
        checked(item, name, response)
    except InputRefused:
        return False
    return True


def _parts(key: Response, declared: ResponseDeclaration) -> list[Response]:
    """Of pairs and points: the key, all that earns something, and each part of these alone."""
    mapped = declared.mapping.entries if declared.mapping is not None else ()
    earning = tuple(sorted(entry.key for entry in mapped if float(entry.value) > 0))
    spots = tuple(middle_of(area) for area in declared.areas.entries) if declared.areas else ()
    parts = [(one,) for one in (*key, *earning, *spots)]
    return list(dict.fromkeys([(), key, earning, spots, *parts]))


def _pairings(interaction: Paired) -> Iterator[Response]:
    """Every set of pairs a candidate can make."""
    first, second, directed = pair_ends(interaction)
    pairs = [
        (one, other)
        for at, one in enumerate(first)
        for other in (second if directed else second[at:])
    ]
    most = getattr(interaction, "max_associations", 0) or len(pairs)
    used: Counter[str] = Counter()

    def grown(made: tuple[str, ...], start: int) -> Iterator[Response]:
        yield tuple(sorted(made))
        for at in range(start, len(pairs) if len(made) < most else start):
            ends = pairs[at]
            used.update(ends)
            if all(used[end] <= (limit_of(interaction, end) or len(pairs) + 1) for end in ends):
                yield from grown((*made, " ".join(ends)), at + 1)
            used.subtract(ends)

    yield from grown((), 0)


def _steps(slider: Slider) -> list[str]:
    """Every value of a scale, if there are few enough to try."""
    lower, upper, step = (Decimal(text) for text in (slider.lower, slider.upper, slider.step))
    count = int((upper - lower) / step)
    return [str(lower + at * step) for at in range(count + 1)] if count < _MAX_STEPS else []


def _subsets(choices: tuple[str, ...], correct: Response) -> Iterator[Response]:
    if len(choices) > _MAX_SUBSETS_OF:
        yield from ((), tuple(sorted(correct)), tuple(sorted(choices)))
        yield from ((choice,) for choice in choices)
        return
    for size in range(len(choices) + 1):
        yield from (tuple(sorted(chosen)) for chosen in itertools.combinations(choices, size))


def _texts(response: ResponseDeclaration, rules: ItemRules) -> list[Response]:
    """Every text the rules know of."""
    known = list(response.correct or ())
    if response.mapping is not None:
        known += [entry.key for entry in response.mapping.entries]
    known += _constants(rules.processing)
    return [(), *((text,) for text in dict.fromkeys(known))]


def _constants(rules: tuple[Rule, ...]) -> Iterator[str]:
    for rule in rules:
        if isinstance(rule, Condition):
            for branch in rule.branches:
                if branch.test is not None:
                    yield from _values(branch.test)
                yield from _constants(branch.rules)
        elif not isinstance(rule, ExitResponse):
            yield from _values(rule.value)


def _values(node: Expression) -> Iterator[str]:
    yield from node.values
    for child in node.children:
        yield from _values(child)


def _one_changed(
    tries: dict[str, list[Response]], key: dict[str, Response]
) -> Iterator[tuple[Response, ...]]:
    """The key, and each response changed alone."""
    right = [key.get(name, ()) for name in tries]
    yield tuple(right)
    for at, responses in enumerate(tries.values()):
        for response in responses:
            yield (*right[:at], response, *right[at + 1 :])


def _everything(item: Item, rules: ItemRules) -> Fraction | None:
    if len(item.interactions) != 1:
        return None
    only = item.interactions[0]
    if not isinstance(only, Choice) or 0 < only.max_choices < len(only.choices):
        return None
    return score_item(rules, {only.response: tuple(sorted(only.choices))}).score


def _as_good(
    item: Item, rules: ItemRules, key: dict[str, Response], earned: Fraction
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for interaction in item.interactions:
        match interaction:
            case (
                Choice(response=name, max_choices=1)
                | InlineChoice(response=name)
                | Hottext(response=name, max_choices=1)
                | Hotspot(response=name, max_choices=1)
            ):
                others = tuple(
                    choice
                    for choice in identifiers(interaction)
                    if (choice,) != key[name]
                    and score_item(rules, {**key, name: (choice,)}).score >= earned
                )
                if others:
                    yield name, others
            case _:
                pass
