"""What the answers to a part are called in QTI, which are right, and what each earns."""

from __future__ import annotations

from fractions import Fraction

from kiosk.authoring.foreign.drafts import (
    Choices,
    Essay,
    Gaps,
    Numbers,
    Option,
    Pairs,
    Part,
    Point,
    Sequence,
    Texts,
)
from kiosk.authoring.foreign.short_answers import first_that_takes
from kiosk.scoring.areas import middle_of
from kiosk.scoring.rules import AreaEntry


def key_of(part: Part) -> list[str]:
    """The correct response."""
    match part:
        case Choices(options=options, several=several):
            identifiers = identifiers_of(options)
            fractions = [option.fraction for option in options]
            if several:
                return [
                    name for name, share in zip(identifiers, fractions, strict=True) if share > 0
                ]
            return [identifiers[fractions.index(Fraction(1))]]
        case Texts():
            return [example_of(part) or ""]
        case Numbers(answers=answers):
            return [next(answer.text for answer in answers if answer.fraction == 1)]
        case Pairs(key=key):
            return [f"{source_name(source)} {target_name(target)}" for source, target in key]
        case Gaps(key=places):
            return [f"{letter(choice)} {gap_name(at)}" for at, choice in enumerate(places)]
        case Sequence(choices=choices):
            return _shuffled([letter(at) for at in range(len(choices))])
        case Point():
            return [middle_of(AreaEntry(part.shape, part.coords, "1"))]
        case Essay():
            return []


def fractions_of(part: Part) -> list[Fraction]:
    """What each answer earns; of a part that is all or nothing, the whole."""
    match part:
        case Choices(options=options):
            return [option.fraction for option in options]
        case Texts(answers=answers) | Numbers(answers=answers):
            return [answer.fraction for answer in answers]
        case Pairs(key=key):
            return [Fraction(1, len(key))] * len(key)
        case Gaps(key=places):
            return [Fraction(1, len(places))] * len(places)
        case Sequence(choices=choices, grading="places"):
            return [Fraction(1, len(choices))] * len(choices)
        case Sequence(choices=choices, grading="next"):
            return [Fraction(1, len(choices) - 1)] * (len(choices) - 1)
        case _:
            return [Fraction(1)]


def is_matched(part: Part) -> bool:
    """The key earns all, anything else nothing: matching the correct response says it all."""
    match part:
        case Choices(all_or_nothing=True) | Sequence(grading="all"):
            return True
        case Choices(options=options, several=several):
            earning = [option.fraction for option in options if option.fraction]
            return not several and earning == [1]
        case Texts(answers=answers):
            return len(answers) == 1 and answers[0].case_sensitive and not answers[0].pattern
        case _:
            return False


def has_patterns(part: Part) -> bool:
    return isinstance(part, Texts) and any(answer.pattern for answer in part.answers)


def example_of(part: Texts) -> str | None:
    """A text that earns everything."""
    for answer in part.answers:
        if answer.fraction == 1 and first_that_takes(answer.text, part.answers) is answer:
            return answer.text
    return None


def interaction_of(part: Part) -> str:
    match part:
        case Choices(inline=inline):
            return "inline-choice" if inline else "choice"
        case Texts() | Numbers():
            return "text-entry"
        case Pairs():
            return "match"
        case Gaps(spots=spots):
            return "graphic-gap-match" if spots else "gap-match"
        case Sequence():
            return "order"
        case Point():
            return "select-point"
        case Essay():
            return "extended-text"


def cardinality_of(part: Part) -> str:
    match part:
        case Choices(several=True) | Pairs() | Gaps():
            return "multiple"
        case Sequence():
            return "ordered"
        case _:
            return "single"


def base_type_of(part: Part) -> str:
    match part:
        case Choices() | Sequence():
            return "identifier"
        case Texts() | Essay():
            return "string"
        case Numbers():
            return "float"
        case Pairs() | Gaps():
            return "directedPair"
        case Point():
            return "point"


def identifiers_of(options: tuple[Option, ...]) -> list[str]:
    return [option.id or letter(at) for at, option in enumerate(options)]


def letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else f"X{at + 1}"


def source_name(at: int) -> str:
    return f"S{at + 1}"


def target_name(at: int) -> str:
    return f"T{at + 1}"


def gap_name(at: int) -> str:
    return f"G{at + 1}"


def _shuffled(names: list[str]) -> list[str]:
    """The names in an order that is not theirs, the same every time."""
    return [*names[1::2], *names[::2]]
