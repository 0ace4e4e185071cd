"""What a section is called and how its rule is told, in every language, unless the blueprint says.

A form carries these words to the seat, which knows no marking rule.
"""

from __future__ import annotations

from kiosk.assessment.items import Kind, Lang
from kiosk.scoring.marking import (
    AllOrNothing,
    Blanks,
    Incomplete,
    Marking,
    People,
    PerOption,
    PerRight,
)
from kiosk.scoring.numbers import number
from kiosk.words import LANGUAGES, mark, text

_TITLES = {
    Kind.SINGLE_CHOICE: mark("Single choice"),
    Kind.MULTIPLE_CHOICE: mark("Multiple choice"),
    Kind.TRUE_FALSE: mark("True or false"),
    Kind.INLINE_CHOICE: mark("Choose within the text"),
    Kind.TEXT_ENTRY: mark("Fill in the blanks"),
    Kind.EXTENDED_TEXT: mark("Answer in sentences"),
    Kind.ORDER: mark("Put in order"),
    Kind.ASSOCIATE: mark("Make pairs"),
    Kind.MATCH: mark("Match two lists"),
    Kind.GAP_MATCH: mark("Words into gaps"),
    Kind.HOTTEXT: mark("Words in a text"),
    Kind.HOTSPOT: mark("Choose on a picture"),
    Kind.SELECT_POINT: mark("Mark a point on a picture"),
    Kind.GRAPHIC_ORDER: mark("Put in order on a picture"),
    Kind.GRAPHIC_ASSOCIATE: mark("Join on a picture"),
    Kind.GRAPHIC_GAP_MATCH: mark("Label a picture"),
    Kind.POSITION_OBJECT: mark("Place on a picture"),
    Kind.SLIDER: mark("Set on a scale"),
    Kind.COMPOSITE: mark("Combined questions"),
}


def section_title(kind: Kind) -> dict[Lang, str]:
    """单项选择题, 多项选择题, 判断题, 填空题 ..."""
    return {lang: text(_TITLES[kind], lang) for lang in LANGUAGES}


def section_rule(kind: Kind, marking: Marking) -> dict[Lang, str]:
    """How an answer counts, as the candidate reads it above a question, beside its points; empty
    where a right answer has the points and any other has none, which goes without saying."""
    return {
        lang: ("" if lang == "zh-CN" else " ").join(_sentences(kind, marking, lang))
        for lang in LANGUAGES
    }


def _sentences(kind: Kind, marking: Marking, lang: Lang) -> list[str]:
    said: list[str] = []
    match marking:
        case AllOrNothing(deduction):
            if kind is Kind.MULTIPLE_CHOICE:
                said.append(text("Points only for all right options and no wrong one.", lang))
            said += _deduction(deduction, lang)
        case Incomplete(fixed, deduction):
            said.append(
                text(
                    "An incomplete answer without a wrong option earns {points} points.",
                    lang,
                    points=fixed,
                )
            )
            said += _deduction(deduction, lang)
        case PerRight(each, most):
            said.append(
                text("Without a wrong option each right option earns an equal share.", lang)
                if each is None
                else text(
                    "Without a wrong option each right option earns {points} points.",
                    lang,
                    points=each,
                )
            )
            if most is not None:
                said.append(
                    text("An incomplete answer earns at most {points} points.", lang, points=most)
                )
        case PerOption(wrong, right):
            said.append(
                text("Each right option earns an equal share.", lang)
                if right is None
                else text("Each right option earns {points} points.", lang, points=right)
            )
            if number(wrong):
                said.append(text("Each wrong option costs {points} points.", lang, points=wrong))
        case Blanks(ordered):
            said.append(text("Each blank earns an equal share.", lang))
            if not ordered:
                said.append(text("The blanks may be filled in any order.", lang))
        case People():
            said.append(text("People mark the answer point by point.", lang))
    return said


def _deduction(deduction: str, lang: Lang) -> list[str]:
    if not number(deduction):
        return []
    return [text("A wrong answer costs {points} points.", lang, points=deduction)]
