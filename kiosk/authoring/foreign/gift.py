"""GIFT, Moodle's own plain-text format, question by question.

Multiple choice, true/false, short answer (with `*`), numerical, matching, essay and the missing-word
form are read; a description is left out with a note. Escapes (`\\~ \\= \\# \\{ \\} \\: \\n`), formats (`[html]`),
weights, feedback, comments and `$CATEGORY` are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kiosk.authoring.foreign.drafts import (
    Answer,
    Choices,
    Draft,
    Essay,
    Numbers,
    Option,
    Pairs,
    Part,
    Question,
    Texts,
    true_false,
)
from kiosk.authoring.foreign.markup import clean, from_html, from_plain, gap
from kiosk.authoring.foreign.qti3 import decimal_text, written_item
from kiosk.authoring.foreign.short_answers import short_answers
from kiosk.authoring.foreign.texts import identifier_from, number_text, share_of
from kiosk.authoring.metadata import Resource
from kiosk.authoring.problems import Problems
from kiosk.readers.xml import Element
from kiosk.words import mark

MAX_QUESTION: Final = 200_000

_TITLE: Final = re.compile(r"\s*::((?:\\.|[^\\:]|:(?!:))*)::", re.DOTALL)
_FORMAT: Final = re.compile(r"\s*\[(html|plain|moodle|markdown)\]", re.IGNORECASE)
_ANSWERS: Final = re.compile(r"(?<!\\)\{((?:\\.|[^\\{}])*)\}", re.DOTALL)
_SIGN: Final = re.compile(r"\\.|[=~]", re.DOTALL)
_ARROW: Final = re.compile(r"(?<!\\)->")
_WEIGHT: Final = re.compile(r"\s*%([^%]{1,60})%")
_ESCAPE: Final = re.compile(r"\\([~=#{}:\\nt])")
_TRUE: Final = frozenset({"T", "TRUE"})
_FALSE: Final = frozenset({"F", "FALSE"})


class _Piece(Struct, frozen=True):
    """One answer: its sign (`=`, `~`, or empty), weight, text and feedback, still escaped."""

    sign: str
    weight: str
    text: str
    feedback: str


def read_gift(text: str, file: str, lang: str, stem: str) -> Iterator[Draft]:
    """Every question of a GIFT file.

    Args:
        stem: names questions that have no name of their own.
    """
    number = 0
    for line, block, category in _blocks(text):
        number += 1
        problems = Problems(file, f"{stem}-{number}", line=line)
        if len(block) > MAX_QUESTION:
            problems.refuse(None, mark("a text longer than {n} characters"), n=MAX_QUESTION)
            yield Draft(problems)
            continue
        yield _draft(clean(block, problems), problems, lang, category)


def _blocks(text: str) -> Iterator[tuple[int, str, str]]:
    """Questions: the line each begins on, its text without comments, the category it stands in.

    Empty lines part them, but not within the braces of answers.
    """
    begun, category, is_open = 0, "", False
    lines: list[str] = []
    length = 0
    for number, line in enumerate(text.split("\n"), 1):
        plain = line.strip()
        if plain.startswith("//"):
            continue
        if not lines and plain.upper().startswith("$CATEGORY:"):
            category = plain[len("$CATEGORY:") :].rpartition("/")[2].strip()
            continue
        if not plain and lines and (not is_open or length > MAX_QUESTION):
            yield begun, "\n".join(lines), category
            lines, length, is_open = [], 0, False
        elif plain or lines:
            begun = begun if lines else number
            lines.append(line)
            length += len(line) + 1
            braces = re.findall(r"\\.|[{}]", line)
            is_open = next((sign == "{" for sign in reversed(braces) if len(sign) == 1), is_open)
    if lines:
        yield begun, "\n".join(lines), category


def _draft(block: str, problems: Problems, lang: str, category: str) -> Draft:
    title = _TITLE.match(block)
    name = _plain(title[1]).strip() if title else ""
    rest = block[title.end() :] if title else block
    problems.item = identifier_from(name) or problems.item
    markup = _FORMAT.match(rest)
    html = markup is not None and markup[1].lower() in ("html", "markdown")
    if markup is not None and markup[1].lower() == "markdown":
        problems.note(None, mark("Markdown is read as plain text with HTML in it"))
    rest = rest[markup.end() :] if markup else rest
    found = list(_ANSWERS.finditer(rest))
    if not re.search(r"(?<!\\)[{}]", rest):
        problems.note(None, mark("a text without a question is left out"))
        return Draft(problems)
    if len(found) != 1:
        problems.refuse(
            None,
            mark("{n} groups of answers in braces where there must be one: {text}"),
            n=len(found),
            text=" ".join(block.split())[:60],
        )
        return Draft(problems)
    before, after = rest[: found[0].start()], rest[found[0].end() :]
    reader = _Reader(problems, lang, html=html)
    part, general = reader.part(found[0][1])
    if part is None:
        return Draft(problems)
    body = before.rstrip()
    if after.strip():
        inline = isinstance(part, Texts | Numbers) or (
            isinstance(part, Choices) and not part.several
        )
        body = f"{before}{gap(0) if inline else '_____'}{after}"
        part = _inline(part) if inline else part
    question = Question(
        id=problems.item,
        title=name or " ".join(_plain(before).split())[:60],
        lang=lang,
        body=reader.content(body),
        parts=(part,),
        feedback=tuple(general),
    )
    item = written_item(question, problems)
    about = Resource(problems.item, "", title=question.title, knowledge_point=category)
    return Draft(problems, item, about)


def _inline(part: Part) -> Part:
    return replace(part, inline=True) if isinstance(part, Choices) else part


class _Reader:
    """The answers of one question."""

    def __init__(self, problems: Problems, lang: str, *, html: bool) -> None:
        self.problems = problems
        self.lang = lang
        self.html = html

    def content(self, text: str) -> Element:
        markup = _FORMAT.match(text)
        html = self.html if markup is None else markup[1].lower() in ("html", "markdown")
        plain = _plain(text[markup.end() :] if markup else text).strip()
        return from_html(plain, self.problems) if html else from_plain(plain)

    def part(self, inside: str) -> tuple[Part | None, list[Element]]:
        """The part, or None after a problem, and the feedback for every answer."""
        inside, general = _cut(inside, "####")
        feedback = [self.content(general)] if general.strip() else []
        plain = inside.strip()
        if not plain:
            return Essay(), feedback
        if plain.startswith("#"):
            return self.numbers(plain[1:]), feedback
        pieces = _pieces(inside)
        word, *said = (piece for piece in re.split(r"(?<!\\)#", plain))
        if word.strip().upper() in _TRUE | _FALSE:
            return self.true_false(word.strip().upper() in _TRUE, said), feedback
        if pieces[0].text.strip() and not pieces[0].sign:
            self.problems.refuse(
                None,
                mark("'{text}' stands before the first answer (= or ~)"),
                text=pieces[0].text.strip()[:60],
            )
            return None, feedback
        pieces = [piece for piece in pieces if piece.sign]
        if any(_ARROW.search(piece.text) for piece in pieces):
            feedback += [self.content(piece.feedback) for piece in pieces if piece.feedback.strip()]
            return self.pairs(pieces), feedback
        if all(piece.sign == "=" for piece in pieces):
            return self.texts(pieces), feedback
        return self.choices(pieces), feedback

    def true_false(self, right: bool, said: list[str]) -> Choices:
        """GIFT gives the feedback for the wrong answer first, then for the right one."""
        wrong = self.feedback(said[0]) if said else None
        own = self.feedback(said[1]) if len(said) > 1 else None
        return true_false(right, self.lang, own, wrong)

    def pairs(self, pieces: list[_Piece]) -> Pairs | None:
        """`=left -> right`; a right side alone is one more to choose from."""
        sources: list[Element] = []
        targets: dict[str, Element] = {}
        places: dict[str, int] = {}
        key: list[tuple[int, int]] = []
        for piece in pieces:
            left, arrow, right = _parted(piece.text)
            if piece.sign != "=" or piece.weight or not arrow or not right.strip():
                self.problems.refuse(
                    None,
                    mark("'{text}' is no pair, such as =left -> right"),
                    text=piece.text.strip()[:60],
                )
                continue
            name = " ".join(_plain(right).split())
            places.setdefault(name, len(places))
            targets.setdefault(name, self.content(right))
            if left.strip():
                key.append((len(sources), places[name]))
                sources.append(self.content(left))
        if self.problems.refused:
            return None
        return Pairs(tuple(sources), tuple(targets.values()), tuple(key))

    def texts(self, pieces: list[_Piece]) -> Texts:
        return short_answers(
            (
                (
                    _plain(piece.text),
                    self.weight(piece, Fraction(1)),
                    self.feedback(piece.feedback),
                )
                for piece in pieces
            ),
            self.problems,
            exact=False,
        )

    def choices(self, pieces: list[_Piece]) -> Choices:
        several = not any(piece.sign == "=" for piece in pieces)
        options = tuple(
            Option(
                self.content(piece.text),
                self.weight(piece, Fraction(piece.sign == "=")),
                self.feedback(piece.feedback),
            )
            for piece in pieces
        )
        return Choices(options, several=several)

    def numbers(self, inside: str) -> Numbers | None:
        pieces = [piece for piece in _pieces(inside) if piece.sign or piece.text.strip()]
        answers = []
        for piece in pieces:
            if piece.sign == "~" or (piece.sign and not piece.text.strip()):
                if not piece.weight and piece.sign == "~":
                    continue  # what is wrong in any case: only its feedback
                self.problems.refuse(None, mark("an empty answer"))
                continue
            found = _range(_plain(piece.text))
            if found is None:
                self.problems.refuse(
                    None, mark("'{text}' is not a number"), text=piece.text.strip()[:60]
                )
                continue
            answers.append(
                Answer(
                    found[0],
                    self.weight(piece, Fraction(1)),
                    tolerance=found[1],
                    feedback=self.feedback(piece.feedback),
                )
            )
        if not answers:
            self.problems.refuse(None, mark("an empty answer"))
            return None
        return Numbers(tuple(answers))

    def weight(self, piece: _Piece, otherwise: Fraction) -> Fraction:
        return share_of(piece.weight, self.problems) if piece.weight else otherwise

    def feedback(self, text: str) -> Element | None:
        return self.content(text) if text.strip() else None


def _range(text: str) -> tuple[str, str] | None:
    """`3:0.1`, `1..5` or `3` as a number and a tolerance."""
    first, dots, last = text.partition("..")
    if dots:
        low, high = number_text(first), number_text(last)
        if low is None or high is None or Fraction(low) > Fraction(high):
            return None
        middle = (Fraction(low) + Fraction(high)) / 2
        return decimal_text(middle), decimal_text(Fraction(high) - middle)
    value, _, margin = text.partition(":")
    number, tolerance = number_text(value), number_text(margin or "0")
    if number is None or tolerance is None or Fraction(tolerance) < 0:
        return None
    return number, tolerance


def _pieces(inside: str) -> list[_Piece]:
    """The answers, cut at unescaped signs; the first piece has no sign."""
    cuts = [found for found in _SIGN.finditer(inside) if found[0] in "=~"]
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(inside)]
    pieces = []
    for sign, start, end in zip(["", *(cut[0] for cut in cuts)], starts, ends, strict=True):
        text, feedback = _cut(inside[start:end], "#")
        weight = _WEIGHT.match(text) if sign else None
        pieces.append(
            _Piece(
                sign,
                weight[1].strip() if weight else "",
                text[weight.end() :] if weight else text,
                feedback,
            )
        )
    return pieces


def _parted(text: str) -> tuple[str, bool, str]:
    """What is left and right of the arrow, and whether there is one."""
    arrow = _ARROW.search(text)
    return (text[: arrow.start()], True, text[arrow.end() :]) if arrow else (text, False, "")


def _cut(text: str, sign: str) -> tuple[str, str]:
    """What is before and after the first unescaped `sign`."""
    found = re.search(rf"(?<!\\){re.escape(sign)}", text)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def _plain(text: str) -> str:
    """Escapes undone."""
    return _ESCAPE.sub(lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)
