"""The rules page, and one practice question for each kind in the paper.

Practice questions are built in and no exam's: they show how to answer, never what will be asked.
Answers to them are neither journalled nor kept.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.artefacts.session import ExamPlan
from kiosk.assessment.content import Block, Field, Paragraph, Place, Slot, Span, Text
from kiosk.assessment.items import (
    Associate,
    Choice,
    ExtendedText,
    GapMatch,
    Hottext,
    InlineChoice,
    Interaction,
    Item,
    ItemText,
    Kind,
    Match,
    Order,
    Slider,
    TextEntry,
)
from kiosk.assessment.paper import Form
from kiosk.assessment.sitting import Terms
from kiosk.terminal.practice_pictures import PICTURE_MAKERS
from kiosk.words import LANGUAGES, mark, text

_MINUTE_MS = 60_000


def rule_lines(exam: ExamPlan, terms: Terms) -> dict[str, tuple[str, ...]]:
    """At most seven lines, by language."""
    return {lang: tuple(_lines(exam, terms, lang)) for lang in LANGUAGES}


def _lines(exam: ExamPlan, terms: Terms, lang: str) -> list[str]:
    lines = [
        text(
            "You have {minutes} minutes; the total is {points} points, {mark} to pass",
            lang,
            minutes=terms.duration_ms // _MINUTE_MS,
            points=exam.total_points,
            mark=exam.pass_mark,
        ),
        *_ways(terms, lang),
    ]
    if terms.earliest_hand_in_ms:
        minutes = terms.earliest_hand_in_ms // _MINUTE_MS
        lines.append(
            text("You can hand in after the first {minutes} minutes", lang, minutes=minutes)
        )
    lines += [
        text("When the time is over the exam ends by itself with what is saved", lang),
        text("If anything goes wrong, raise your hand; no exam time is lost", lang),
        text(
            "I shall work alone, use nothing that is not allowed, and tell nobody the questions",
            lang,
        ),
    ]
    return lines


def _ways(terms: Terms, lang: str) -> list[str]:
    """How long an answer can be changed, and where one may go."""
    one_way = text("Where the screen says so you can only go on, never back", lang)
    if terms.parts:
        count = len(terms.parts)
        until = text(
            "Each answer is saved at once; you can change it until its part is closed", lang
        )
        parts = text(
            "The exam has {n} parts, each with its own time; none opens again", lang, n=count
        )
        return [one_way if terms.linear else until, parts]
    if terms.linear:
        return [
            text("Each answer is saved at once; you can change it while it is open", lang),
            one_way,
        ]
    return [
        text("Each answer is saved at once; you can change it until you hand in", lang),
        text("You can answer the questions in any order and flag some for later", lang),
    ]


def practice_items(form: Form) -> tuple[Item, ...]:
    """One practice question for each kind of section, in the order of the paper."""
    kinds = dict.fromkeys(section.kind for section in form.sections)
    return tuple(_MAKERS[kind]() for kind in kinds if kind in _MAKERS)


def _item(
    identifier: str,
    interactions: tuple[Interaction, ...],
    body: Callable[[str], tuple[Block, ...]],
    choices: dict[str, dict[str, str]],
) -> Item:
    def spoken(lang: str) -> ItemText:
        return ItemText(
            body(lang),
            {
                response: {
                    choice: (_paragraph(text(sentence, lang)),)
                    for choice, sentence in named.items()
                }
                for response, named in choices.items()
            },
        )

    return Item(identifier, interactions, {lang: spoken(lang) for lang in LANGUAGES})


def _paragraph(sentence: str) -> Paragraph:
    return Paragraph((Text(sentence),))


_WEEKDAYS = {
    "a": mark("Monday"),
    "b": mark("Wednesday"),
    "c": mark("Saturday"),
    "d": mark("Sunday"),
}


def _single_choice() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: which day comes right after Tuesday?", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    interaction = Choice("RESPONSE", tuple(_WEEKDAYS))
    return _item("practice-single", (interaction,), body, {"RESPONSE": _WEEKDAYS})


def _multiple_choice() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: which days belong to the weekend? Choose all that do", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    interaction = Choice("RESPONSE", tuple(_WEEKDAYS), max_choices=0)
    return _item("practice-multiple", (interaction,), body, {"RESPONSE": _WEEKDAYS})


def _true_false() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: a week has seven days. True or false?", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    interaction = Choice("RESPONSE", ("true", "false"), true_false=True)
    named = {"true": mark("True"), "false": mark("False")}
    return _item("practice-true-false", (interaction,), body, {"RESPONSE": named})


def _inline_choice() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: the day right after Tuesday is", lang)
        return (Paragraph((Text(stem + " "), Field("RESPONSE"))),)

    interaction = InlineChoice("RESPONSE", tuple(_WEEKDAYS))
    return _item("practice-inline", (interaction,), body, {"RESPONSE": _WEEKDAYS})


def _text_entry() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: write the number of days in a week:", lang)
        return (Paragraph((Text(stem + " "), Field("RESPONSE"))),)

    interaction = TextEntry("RESPONSE", "integer", expected_length=4)
    return _item("practice-text", (interaction,), body, {})


def _extended_text() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: write a sentence about how you came here today", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    return _item("practice-extended-text", (ExtendedText("RESPONSE", 4),), body, {})


def _order() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: put the days in the order of the week", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    interaction = Order("RESPONSE", ("c", "a", "d", "b"))
    return _item("practice-order", (interaction,), body, {"RESPONSE": _WEEKDAYS})


def _associate() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: make pairs of each figure and its word", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    interaction = Associate(
        "RESPONSE", ("a", "b", "c", "d"), dict.fromkeys("abcd", 1), max_associations=2
    )
    named = {"a": mark("3"), "b": mark("three"), "c": mark("four"), "d": mark("4")}
    return _item("practice-associate", (interaction,), body, {"RESPONSE": named})


def _match() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: which day is of which kind?", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    interaction = Match(
        "RESPONSE", ("a", "b", "c"), ("w", "e"), {"a": 1, "b": 1, "c": 1, "w": 0, "e": 0}
    )
    named = {
        **{day: _WEEKDAYS[day] for day in ("a", "b", "c")},
        "w": mark("A working day"),
        "e": mark("A day of the weekend"),
    }
    return _item("practice-match", (interaction,), body, {"RESPONSE": named})


def _gap_match() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        first = text("Practice: the day right after Tuesday is", lang)
        second = text("and the day right after Friday is", lang)
        spans = (
            Text(first + " "),
            Slot("RESPONSE", "g1"),
            Text(" " + second + " "),
            Slot("RESPONSE", "g2"),
        )
        return (Place("RESPONSE"), Paragraph(spans))

    interaction = GapMatch("RESPONSE", tuple(_WEEKDAYS), ("g1", "g2"), dict.fromkeys(_WEEKDAYS, 1))
    return _item("practice-gap-match", (interaction,), body, {"RESPONSE": _WEEKDAYS})


def _hottext() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: choose the days of the weekend:", lang)
        spans: list[Span] = [Text(stem)]
        for day in _WEEKDAYS:
            spans += [Text(" "), Slot("RESPONSE", day)]
        return (Paragraph(tuple(spans)),)

    interaction = Hottext("RESPONSE", tuple(_WEEKDAYS), max_choices=0)
    return _item("practice-hottext", (interaction,), body, {"RESPONSE": _WEEKDAYS})


def _slider() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        stem = text("Practice: set the scale to the number of days in a week", lang)
        return (_paragraph(stem), Place("RESPONSE"))

    return _item("practice-slider", (Slider("RESPONSE", "0", "10"),), body, {})


def _composite() -> Item:
    def body(lang: str) -> tuple[Block, ...]:
        first = text("Practice: which day comes right after Tuesday?", lang)
        second = text("Practice: write the number of days in a week:", lang)
        return (
            _paragraph(first),
            Place("RESPONSE1"),
            Paragraph((Text(second + " "), Field("RESPONSE2"))),
        )

    interactions = (
        Choice("RESPONSE1", tuple(_WEEKDAYS)),
        TextEntry("RESPONSE2", "integer", expected_length=4),
    )
    return _item("practice-composite", interactions, body, {"RESPONSE1": _WEEKDAYS})


_MAKERS: dict[Kind, Callable[[], Item]] = {
    Kind.SINGLE_CHOICE: _single_choice,
    Kind.MULTIPLE_CHOICE: _multiple_choice,
    Kind.TRUE_FALSE: _true_false,
    Kind.INLINE_CHOICE: _inline_choice,
    Kind.TEXT_ENTRY: _text_entry,
    Kind.EXTENDED_TEXT: _extended_text,
    Kind.ORDER: _order,
    Kind.ASSOCIATE: _associate,
    Kind.MATCH: _match,
    Kind.GAP_MATCH: _gap_match,
    Kind.HOTTEXT: _hottext,
    Kind.SLIDER: _slider,
    Kind.COMPOSITE: _composite,
    **PICTURE_MAKERS,
}
