"""Moodle XML: the question types of Moodle's own core, with their pictures.

A type that has no like at a seat is refused by question and reason, a description is left out with a
note. Pictures come as base64 files beside a text (`@@PLUGINFILE@@/name`) or as `data:` addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from kiosk.authoring.foreign.cloze import read_cloze
from kiosk.authoring.foreign.drafts import (
    Answer,
    Choices,
    Draft,
    Essay,
    Numbers,
    Option,
    Part,
    Question,
    Texts,
    true_false,
)
from kiosk.authoring.foreign.markup import clean, from_html
from kiosk.authoring.foreign.moodle_places import (
    ddimageortext,
    ddmarker,
    ddwtos,
    gapselect,
    matching,
    ordering,
)
from kiosk.authoring.foreign.moodle_texts import MoodleTexts, text_at
from kiosk.authoring.foreign.qti3 import written_item
from kiosk.authoring.foreign.short_answers import short_answers
from kiosk.authoring.foreign.texts import identifier_from, number_text
from kiosk.authoring.metadata import Resource
from kiosk.authoring.problems import Problems
from kiosk.readers.xml import Element, XmlLimits, line_of, parse_xml
from kiosk.words import mark

LIMITS: Final = XmlLimits(size_bytes=64 * 1024 * 1024, nodes=2_000_000)

_FEEDBACK: Final = (
    "generalfeedback", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback",
)  # fmt: skip


def read_moodle(data: bytes, file: str, lang: str, stem: str) -> Iterator[Draft]:
    """Every question of a Moodle XML file.

    Raises:
        InputRefused: not XML, or not safe to read.
    """
    root = parse_xml(data, file, LIMITS)
    category = ""
    number = 0
    for element in root.iterchildren("{*}question"):
        if element.get("type") == "category":
            category = text_at(element, "category/text").rpartition("/")[2].strip()
            continue
        number += 1
        problems = Problems(file, f"{stem}-{number}", line=line_of(element))
        yield _Reader(element, problems, lang).draft(category)


class _Reader(MoodleTexts):
    """One question."""

    def __init__(self, element: Element, problems: Problems, lang: str) -> None:
        super().__init__(element, problems)
        self.lang = lang

    def draft(self, category: str) -> Draft:
        problems = self.problems
        name = clean(text_at(self.element, "name/text"), problems)
        number = clean(text_at(self.element, "idnumber"), problems)
        problems.item = identifier_from(number) or identifier_from(name) or problems.item
        kind = self.element.get("type", "")
        if kind == "description":
            problems.note(None, mark("a text without a question is left out"))
            return Draft(problems)
        body, parts = self.asked(kind)
        feedback = [self.content(self.element.find(kind)) for kind in _FEEDBACK]
        if self.element.find("hint") is not None:
            problems.note(None, mark("hints for further attempts are left out"))
        if problems.refused:
            return Draft(problems)
        question = Question(
            id=problems.item,
            title=name[:200],
            lang=self.lang,
            body=body,
            parts=parts,
            feedback=tuple(one for one in feedback if (one.text or "").strip() or len(one)),
        )
        item = written_item(question, problems)
        about = Resource(problems.item, "", title=question.title, knowledge_point=category)
        return Draft(problems, item, about, self.media)

    # --- parts ------------------------------------------------------------------------------------

    def asked(self, kind: str) -> tuple[Element, tuple[Part, ...]]:
        """The text, and what is to be answered."""
        match kind:
            case "cloze":
                return self.cloze()
            case "gapselect":
                return gapselect(self)
            case "ddwtos":
                return ddwtos(self)
        body = self.content(self.element.find("questiontext"))
        part = self.part(kind)
        return body, (part,) if part is not None else ()

    def part(self, kind: str) -> Part | None:
        match kind:
            case "matching" | "match":
                return matching(self)
            case "ordering":
                return ordering(self)
            case "ddimageortext":
                return ddimageortext(self)
            case "ddmarker":
                return ddmarker(self)
            case "essay":
                return self.essay()
            case "multichoice":
                return self.choices()
            case "truefalse":
                return self.true_false()
            case "shortanswer":
                return self.texts()
            case "numerical":
                return self.numbers()
            case _:
                self.problems.refuse(
                    self.element,
                    mark("questions of the type '{kind}' are not supported"),
                    kind=kind,
                )
                return None

    def choices(self) -> Choices:
        options = tuple(
            Option(self.content(answer), self.share(answer), self.said(answer))
            for answer in self.element.iterchildren("answer")
        )
        return Choices(
            options,
            several=not self.flag("single", otherwise=True),
            shuffle=self.flag("shuffleanswers", otherwise=True),
        )

    def true_false(self) -> Choices | None:
        said: dict[bool, Element | None] = {}
        right: bool | None = None
        for answer in self.element.iterchildren("answer"):
            value = text_at(answer, "text").lower() == "true"
            said[value] = self.said(answer)
            if self.share(answer) == 1:
                right = value
        if right is None:
            self.problems.refuse(self.element, mark("no answer earns full points"))
            return None
        return true_false(right, self.lang, said.get(right), said.get(not right))

    def texts(self) -> Texts:
        return short_answers(
            (
                (
                    clean(text_at(answer, "text"), self.problems),
                    self.share(answer),
                    self.said(answer),
                )
                for answer in self.element.iterchildren("answer")
            ),
            self.problems,
            exact=self.flag("usecase"),
        )

    def essay(self) -> Essay:
        """A text that people mark; what else Moodle would take or offer is said."""
        if self.text("attachmentsrequired") not in ("", "0") or (
            self.text("responseformat") == "noinline"
        ):
            self.problems.refuse(self.element, mark("a file cannot be handed in at a seat"))
        elif self.text("attachments") not in ("", "0"):
            self.problems.note(None, mark("files that may be handed in too are left out"))
        if self.text("responseformat").startswith("editor"):
            self.problems.note(
                None, mark("the field takes plain text; its other format is left out")
            )
        if self.text("responsetemplate/text"):
            self.problems.note(None, mark("the text that the field begins with is left out"))
        if self.text("minwordlimit") or self.text("maxwordlimit"):
            self.problems.note(None, mark("the limits of words are left out"))
        lines = self.text("responsefieldlines")
        marking = self.element.find("graderinfo")
        has_marking = marking is not None and bool(text_at(marking, "text"))
        return Essay(
            int(lines) if lines.isascii() and lines.isdigit() and len(lines) < 4 else 0,
            self.content(marking) if has_marking else None,
        )

    def numbers(self) -> Numbers:
        if self.element.find("units/unit") is not None:
            self.problems.note(
                None, mark("units are not asked for: the number alone is the answer")
            )
        answers = []
        for answer in self.element.iterchildren("answer"):
            text = text_at(answer, "text")
            if text == "*" and self.share(answer) == 0:
                continue  # what is wrong in any case: only its feedback
            number = number_text(text)
            tolerance = number_text(text_at(answer, "tolerance") or "0")
            if number is None or tolerance is None or Fraction(tolerance) < 0:
                self.problems.refuse(answer, mark("'{text}' is not a number"), text=text[:60])
                continue
            answers.append(
                Answer(number, self.share(answer), tolerance=tolerance, feedback=self.said(answer))
            )
        return Numbers(tuple(answers))

    def cloze(self) -> tuple[Element, tuple[Part, ...]]:
        holder = self.element.find("questiontext")
        text, parts = read_cloze(
            clean(text_at(holder, "text") if holder is not None else "", self.problems),
            self.problems,
        )
        body = from_html(text, self.problems)
        if holder is not None:
            self.place_pictures(body, holder)
        return body, parts
