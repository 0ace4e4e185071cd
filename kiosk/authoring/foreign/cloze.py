"""Moodle's embedded answers, `{1:SHORTANSWER:=Berlin~%50%Bonn#feedback}`, within an HTML text."""

from __future__ import annotations

import html
import re
from fractions import Fraction
from typing import Final

from kiosk.authoring.foreign.drafts import Answer, Choices, Numbers, Option, Part
from kiosk.authoring.foreign.markup import from_html, gap
from kiosk.authoring.foreign.qti3 import MAX_ANSWERS
from kiosk.authoring.foreign.short_answers import short_answers
from kiosk.authoring.foreign.texts import number_text, share_of
from kiosk.authoring.problems import Problems
from kiosk.readers.xml import Element
from kiosk.words import mark

MAX_PARTS: Final = 60

_FIELD: Final = re.compile(r"(?<!\\)\{(\d{0,3}):([A-Z_]{1,30}):((?:\\.|[^\\{}])*)\}", re.DOTALL)
_TEXTS: Final = {"SHORTANSWER": False, "SA": False, "MW": False,
                 "SHORTANSWER_C": True, "SAC": True, "MWC": True}  # fmt: skip
_NUMBERS: Final = frozenset({"NUMERICAL", "NM"})
_CHOICES: Final = re.compile(r"(MULTICHOICE|MC|MULTIRESPONSE|MR)(_?[HVS]{1,2})?")
_ESCAPE: Final = re.compile(r"\\([~=#{}\\\"/:])")
_WEIGHTED: Final = re.compile(r"(?:^|(?<!\\)~)\s*%")
_SHARE: Final = re.compile(r"%(-?[\d.,]{1,12})%")


_Answer = tuple[str, Fraction, Element | None]


def read_cloze(text: str, problems: Problems) -> tuple[str, tuple[Part, ...]]:
    """The text with a gap for each field, and the fields."""
    parts: list[Part] = []

    def placed(found: re.Match[str]) -> str:
        if len(parts) >= MAX_PARTS:
            problems.refuse(None, mark("more than {n} fields in a question"), n=MAX_PARTS)
            return ""
        part = _part(found, problems)
        if part is None:
            return ""
        parts.append(part)
        return gap(len(parts) - 1)

    return _FIELD.sub(placed, text), tuple(parts)


def _part(found: re.Match[str], problems: Problems) -> Part | None:
    points, kind, inside = int(found[1] or 1), found[2], found[3]
    if not points:
        problems.refuse(None, mark("a field without points: {text}"), text=found[0][:60])
        return None
    written = [one for one in re.split(r"(?<!\\)~", inside) if one.strip()]
    if len(written) > MAX_ANSWERS:
        problems.refuse(None, mark("more than {n} answers"), n=MAX_ANSWERS)
        return None
    answers = [_read(one, problems) for one in written]
    if kind in _TEXTS:
        said = ((html.unescape(text), share, feedback) for text, share, feedback in answers)
        return short_answers(said, problems, exact=_TEXTS[kind], points=points)
    if kind in _NUMBERS:
        return _numbers(answers, points, problems)
    if not _CHOICES.fullmatch(kind):
        problems.refuse(None, mark("fields of the type '{kind}' are not supported"), kind=kind)
        return None
    several = kind.startswith(("MULTIRESPONSE", "MR"))
    if several:
        answers = _shared_out(answers, weighted=_WEIGHTED.search(inside) is not None)
    return Choices(
        tuple(
            Option(from_html(text, problems), share, feedback) for text, share, feedback in answers
        ),
        several=several,
        shuffle=kind.endswith("S"),
        inline=not several,
        points=points,
    )


def _shared_out(answers: list[_Answer], *, weighted: bool) -> list[_Answer]:
    """The shares as Moodle counts them where several may be chosen: the right ones add up to the
    whole, and where no answer has a percentage each wrong one takes back what a right one gives."""
    total = sum((share for _, share, _ in answers if share > 0), Fraction(0))
    if not total:
        return answers
    return [
        (text, share / total if share > 0 else share if weighted else -1 / total, feedback)
        for text, share, feedback in answers
    ]


def _read(one: str, problems: Problems) -> _Answer:
    """An answer's HTML, its share and its feedback."""
    text, *said = re.split(r"(?<!\\)#", one.strip(), maxsplit=1)
    share = Fraction(0)
    weight = _SHARE.match(text)
    if text.startswith("="):
        share, text = Fraction(1), text[1:]
    elif weight:
        share, text = share_of(weight[1], problems), text[weight.end() :]
    feedback = from_html(_plain(said[0]), problems) if said and said[0].strip() else None
    return _plain(text).strip(), share, feedback


def _numbers(answers: list[_Answer], points: int, problems: Problems) -> Numbers:
    made = []
    for said, share, feedback in answers:
        value, _, margin = html.unescape(said).partition(":")
        if value.strip() == "*" and not share:
            continue
        number, tolerance = number_text(value), number_text(margin or "0")
        if number is None or tolerance is None or Fraction(tolerance) < 0:
            problems.refuse(None, mark("'{text}' is not a number"), text=said[:60])
            continue
        made.append(Answer(number, share, tolerance=tolerance, feedback=feedback))
    return Numbers(tuple(made), points)


def _plain(text: str) -> str:
    """Escapes undone."""
    return _ESCAPE.sub(r"\1", text)
