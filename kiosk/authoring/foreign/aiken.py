"""Aiken: a question, its options `A)` or `A.`, and `ANSWER: A`, question by question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from kiosk.authoring.foreign.drafts import Choices, Draft, Option, Question
from kiosk.authoring.foreign.markup import clean, from_plain
from kiosk.authoring.foreign.qti3 import written_item
from kiosk.authoring.metadata import Resource
from kiosk.authoring.problems import Problems
from kiosk.words import mark

_OPTION: Final = re.compile(r"\s*([A-Z])[.)、:]\s*(.*)")
_ANSWER: Final = re.compile(r"\s*(?:ANSWER|答案)\s*:\s*([A-Z][A-Z, 、]*)\s*", re.IGNORECASE)
IS_AIKEN: Final = re.compile(
    r"^[^\S\n]*(?:ANSWER|答案)[^\S\n]*[:：][^\S\n]*[A-ZＡ-Ｚ]", re.MULTILINE
)


def read_aiken(text: str, file: str, lang: str, stem: str) -> Iterator[Draft]:
    """Every question of an Aiken file. Several letters in ANSWER make a multiple choice."""
    number = 0
    begun, stems, options = 0, list[str](), dict[str, str]()
    problems = Problems(file, f"{stem}-1", line=1)
    for line_number, line in enumerate(text.split("\n"), 1):
        plain = unicodedata.normalize("NFKC", line[:200])
        if not line.strip():
            continue
        if not begun:
            begun, number = line_number, number + 1
            problems = Problems(file, f"{stem}-{number}", line=begun)
        answer, option = _ANSWER.fullmatch(plain), _OPTION.match(plain)
        if answer:
            yield _draft(stems, options, answer[1], lang, problems)
            begun, stems, options = 0, [], {}
        elif option and stems:
            if option[1] in options:
                problems.refuse(None, mark("the option {letter} stands twice"), letter=option[1])
            options[option[1]] = clean(_after_mark(line), problems)
        elif options:
            problems.refuse(
                None, mark("'{text}' is neither an option nor the answer"), text=line.strip()[:60]
            )
        else:
            stems.append(clean(line.strip(), problems))
    if begun:
        problems.refuse(None, mark("the question has no line ANSWER:"))
        yield Draft(problems)


def _after_mark(line: str) -> str:
    """The option's text as written, full-width letters of its own kept."""
    return re.sub(r"^\s*\S\s*?[.)、:：．）]\s*", "", line).strip()


def _draft(
    stems: list[str], options: dict[str, str], answer: str, lang: str, problems: Problems
) -> Draft:
    key = set(re.findall("[A-Z]", answer.upper()))
    for letter in sorted(key - options.keys()):
        problems.refuse(None, mark("the answer {letter} is no option"), letter=letter)
    if not stems:
        problems.refuse(None, mark("the question has no text"))
    if problems.refused:
        return Draft(problems)
    several = len(key) > 1
    choices = tuple(
        Option(from_plain(text), Fraction(letter in key), id=letter)
        for letter, text in options.items()
    )
    question = Question(
        id=problems.item,
        title=stems[0][:60],
        lang=lang,
        body=from_plain("\n".join(stems)),
        parts=(Choices(choices, several=several, all_or_nothing=several),),
    )
    return Draft(
        problems,
        written_item(question, problems),
        Resource(problems.item, "", title=question.title),
    )
