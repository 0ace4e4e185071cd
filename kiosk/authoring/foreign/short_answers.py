"""Texts that GIFT and Moodle accept as an answer, where `*` stands for any text and `\\*` for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from kiosk.authoring.foreign.drafts import Answer, Texts
from kiosk.authoring.problems import Problems
from kiosk.readers.xml import Element
from kiosk.scoring.patterns import MAX_PATTERN, matches_whole
from kiosk.words import mark

ANY: Final = "*"

_SIGN: Final = re.compile(r"\\\*|\*|[^*]", re.DOTALL)
_SPECIAL: Final = frozenset(r"\.?*+{}()[]|-^$")


def short_answers(
    written: Iterable[tuple[str, Fraction, Element | None]],
    problems: Problems,
    *,
    exact: bool,
    points: int = 1,
) -> Texts:
    """The answers, each a text with its share and feedback, in the order in which they count.

    Args:
        exact: capitals matter.
    """
    answers: dict[str, Answer] = {}
    for raw, share, feedback in written:
        text = " ".join(raw.split())
        if not text:
            problems.refuse(None, mark("an empty answer"))
            continue
        if text == ANY:
            if share == 1 and not answers:
                problems.refuse(None, mark("any answer at all earns full points"))
            if share == 0:
                break  # what is wrong in any case: only its feedback
        pattern = _pattern(text, exact=exact) if _has_any(text) else ""
        if len(pattern) > MAX_PATTERN:
            problems.refuse(None, mark("the answer '{text}' is too long for a *"), text=text[:60])
            continue
        plain = "".join("" if sign == ANY else sign[-1] for sign in _SIGN.findall(text))
        answers.setdefault(
            pattern or (plain if exact else plain.casefold()),
            Answer(plain.strip() or "-", share, exact, feedback=feedback, pattern=pattern),
        )
    return Texts(tuple(answers.values()), points)


def first_that_takes(text: str, answers: Iterable[Answer]) -> Answer | None:
    """The answer that counts when `text` is written."""
    for answer in answers:
        if answer.pattern:
            if matches_whole(answer.pattern, text):
                return answer
        elif text == answer.text or (
            not answer.case_sensitive and text.casefold() == answer.text.casefold()
        ):
            return answer
    return None


def _has_any(text: str) -> bool:
    return ANY in _SIGN.findall(text)


def _pattern(text: str, *, exact: bool) -> str:
    return "".join(
        ".*" if sign == ANY else _letter(sign[-1], exact=exact) for sign in _SIGN.findall(text)
    )


def _letter(letter: str, *, exact: bool) -> str:
    if letter in _SPECIAL:
        return f"\\{letter}"
    both = {letter.lower(), letter.upper()}
    if exact or len(both) == 1 or any(len(one) != 1 for one in both):
        return letter
    return f"[{letter.lower()}{letter.upper()}]"
