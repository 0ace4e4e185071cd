"""Moodle XML: `multichoice`, `truefalse`, `shortanswer`, `numerical` and `cloze`, with their pictures.

Any other type is refused by question and name. Pictures come as base64 files beside a text
(`@@PLUGINFILE@@/name`) or as `data:` addresses.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Final

from kiosk.authoring.foreign.cloze import read_cloze
from kiosk.authoring.foreign.drafts import (
    Answer,
    Choices,
    Draft,
    Numbers,
    Option,
    Part,
    Question,
    Texts,
    true_false,
)
from kiosk.authoring.foreign.markup import clean, from_html, from_plain, tag
from kiosk.authoring.foreign.qti3 import written_item
from kiosk.authoring.foreign.texts import identifier_from, number_text, share_of
from kiosk.authoring.metadata import Resource
from kiosk.authoring.packages import unquoted
from kiosk.authoring.problems import Problems
from kiosk.readers.images import MAX_SOURCE_BYTES
from kiosk.readers.xml import Element, XmlLimits, line_of, parse_xml
from kiosk.words import mark

LIMITS: Final = XmlLimits(size_bytes=64 * 1024 * 1024, nodes=2_000_000)

_PLUGIN: Final = "@@PLUGINFILE@@/"
_DATA: Final = re.compile(r"data:image/([\w.+-]{1,20});base64,", re.ASCII)
_SUFFIXES: Final = {"jpeg": ".jpg", "svg+xml": ".svg"}
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
            category = _text(element, "category/text").rpartition("/")[2].strip()
            continue
        number += 1
        problems = Problems(file, f"{stem}-{number}", line=line_of(element))
        yield _Reader(element, problems, lang).draft(category)


class _Reader:
    """One question."""

    def __init__(self, element: Element, problems: Problems, lang: str) -> None:
        self.element = element
        self.problems = problems
        self.lang = lang
        self.media: dict[str, bytes] = {}

    def draft(self, category: str) -> Draft:
        problems = self.problems
        name = clean(_text(self.element, "name/text"), problems)
        number = clean(_text(self.element, "idnumber"), problems)
        problems.item = identifier_from(number) or identifier_from(name) or problems.item
        kind = self.element.get("type", "")
        if kind == "cloze":
            body, parts = self.cloze()
        else:
            body = self.content(self.element.find("questiontext"))
            part = self.part(kind)
            parts = (part,) if part is not None else ()
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

    def part(self, kind: str) -> Part | None:
        match kind:
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
            several=_text(self.element, "single").lower() in ("false", "0"),
            shuffle=_text(self.element, "shuffleanswers").lower() not in ("false", "0"),
        )

    def true_false(self) -> Choices | None:
        said: dict[bool, Element | None] = {}
        right: bool | None = None
        for answer in self.element.iterchildren("answer"):
            value = _text(answer, "text").lower() == "true"
            said[value] = self.said(answer)
            if self.share(answer) == 1:
                right = value
        if right is None:
            self.problems.refuse(self.element, mark("no answer earns full points"))
            return None
        return true_false(right, self.lang, said.get(right), said.get(not right))

    def texts(self) -> Texts:
        exact = _text(self.element, "usecase") in ("1", "true")
        answers: dict[str, Answer] = {}
        for answer in self.element.iterchildren("answer"):
            text = " ".join(clean(_text(answer, "text"), self.problems).split())
            if text == "*" and self.share(answer) == 0:
                continue  # what is wrong in any case: only its feedback
            if "*" in text.replace(r"\*", ""):
                self.problems.refuse(
                    answer, mark("'*' for any text is not supported: {text}"), text=text[:60]
                )
            text = text.replace(r"\*", "*")
            if not text:
                self.problems.refuse(answer, mark("an empty answer"))
            answers.setdefault(
                text if exact else text.casefold(),
                Answer(text, self.share(answer), exact, feedback=self.said(answer)),
            )
        return Texts(tuple(answers.values()))

    def numbers(self) -> Numbers:
        if self.element.find("units/unit") is not None:
            self.problems.note(
                None, mark("units are not asked for: the number alone is the answer")
            )
        answers = []
        for answer in self.element.iterchildren("answer"):
            text = _text(answer, "text")
            if text == "*" and self.share(answer) == 0:
                continue  # what is wrong in any case: only its feedback
            number = number_text(text)
            tolerance = number_text(_text(answer, "tolerance") or "0")
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
            clean(_text(holder, "text") if holder is not None else "", self.problems),
            self.problems,
        )
        body = from_html(text, self.problems)
        if holder is not None:
            self.place_pictures(body, holder)
        return body, parts

    def share(self, answer: Element) -> Fraction:
        return share_of(answer.get("fraction", "0"), self.problems)

    def said(self, answer: Element) -> Element | None:
        holder = answer.find("feedback")
        return self.content(holder) if holder is not None else None

    # --- texts with pictures ----------------------------------------------------------------------

    def content(self, holder: Element | None) -> Element:
        """The text in `holder` with the pictures that stand beside it."""
        if holder is None:
            return from_plain("")
        text = clean(_text(holder, "text"), self.problems)
        form = holder.get("format", "html")
        if form == "plain_text" or ("<" not in text and "&" not in text):
            return from_plain(text)
        made = from_html(text, self.problems)
        self.place_pictures(made, holder)
        return made

    def place_pictures(self, made: Element, holder: Element) -> None:
        files = {
            file.get("path", "/").lstrip("/") + file.get("name", ""): file
            for file in holder.iterchildren("file")
        }
        for picture in made.iter(tag("img")):
            address = picture.get("src", "")
            embedded = _DATA.match(address)
            if address.startswith(_PLUGIN):
                name = unquoted(address.removeprefix(_PLUGIN).partition("?")[0])
                file = files.get(name)
                if file is None:
                    self.problems.refuse(None, mark("there is no file '{name}'"), name=name)
                    continue
                suffix = PurePosixPath(name).suffix.lower()
                picture.set("src", self.kept(file.text or "", suffix, name))
            elif embedded:
                kind = embedded[1].lower()
                suffix = _SUFFIXES.get(kind, f".{kind}")
                picture.set("src", self.kept(address[embedded.end() :], suffix, embedded[0]))

    def kept(self, encoded: str, suffix: str, name: str) -> str:
        """The path under which the draft keeps a picture."""
        if len(encoded) > MAX_SOURCE_BYTES * 2:
            self.problems.refuse(None, mark("the picture '{name}' is too large"), name=name)
            return ""
        try:
            data = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            self.problems.refuse(None, mark("the picture '{name}' is not base64"), name=name)
            return ""
        path = f"embedded/{len(self.media) + 1}{suffix}"
        self.media[path] = data
        return path


def _text(element: Element, path: str) -> str:
    found = element.find(path)
    return "".join(str(text) for text in found.itertext()).strip() if found is not None else ""
