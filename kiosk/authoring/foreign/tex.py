"""TeX formulae in foreign texts as MathML, by `latex2mathml`.

Moodle and spreadsheets write a formula as `\\(...\\)`, `\\[...\\]` or `$$...$$`. A single dollar sign is
money, as in Moodle. The TeX itself becomes the `alttext`: it can be read aloud, if not beautifully.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from latex2mathml.converter import convert
from latex2mathml.exceptions import (
    DenominatorNotFoundError,
    DoubleSubscriptsError,
    DoubleSuperscriptsError,
    ExtraLeftOrMissingRightError,
    InvalidAlignmentError,
    InvalidStyleForGenfracError,
    InvalidWidthError,
    LimitsMustFollowMathOperatorError,
    MissingEndError,
    MissingSuperScriptOrSubscriptError,
    NoAvailableTokensError,
    NumeratorNotFoundError,
)

from kiosk.authoring.formulas import MAX_FORMULAS
from kiosk.authoring.problems import Problems
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml, text_of
from kiosk.words import mark

MAX_LENGTH: Final = 2_000
_OPENS: Final = re.compile(r"\\[(\[]|\$\$")
_CLOSES: Final = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_FAULTS: Final = (
    DenominatorNotFoundError,
    DoubleSubscriptsError,
    DoubleSuperscriptsError,
    ExtraLeftOrMissingRightError,
    InvalidAlignmentError,
    InvalidStyleForGenfracError,
    InvalidWidthError,
    LimitsMustFollowMathOperatorError,
    MissingEndError,
    MissingSuperScriptOrSubscriptError,
    NoAvailableTokensError,
    NumeratorNotFoundError,
    # What it stumbles with over TeX it does not know.
    IndexError,
    KeyError,
    RecursionError,
    StopIteration,
    ValueError,
    RuntimeError,
    InputRefused,
)


def set_formulas(made: Element, problems: Problems) -> None:
    """Put MathML where the texts under `made` write TeX; a formula that cannot be read refuses."""
    for element in list(made.iter()):
        if str(element.tag).rpartition("}")[2] not in ("pre", "code"):
            element.text = _replaced(element.text, element, 0, problems)
        parent = element.getparent()
        if element is not made and parent is not None:
            at = parent.index(element) + 1
            element.tail = _replaced(element.tail, parent, at, problems)


def _replaced(text: str | None, parent: Element, at: int, problems: Problems) -> str | None:
    """`text` up to its first formula; the rest goes into `parent` from the place `at` on."""
    if not text or ("\\" not in text and "$$" not in text):
        return text
    before = text
    last: Element | None = None
    end = 0
    for number, (start, after) in enumerate(_formulas(text)):
        if number == MAX_FORMULAS:
            problems.refuse(None, mark("more than {n} formulae in a text"), n=MAX_FORMULAS)
            break
        formula = _mathml(text[start + 2 : after - 2], problems)
        if formula is None:
            continue
        between = text[end:start]
        if last is None:
            before = between
        else:
            last.tail = between
        parent.insert(at, formula)
        at += 1
        last, end = formula, after
    if last is not None:
        last.tail = text[end:]
    return before


def _formulas(text: str) -> Iterator[tuple[int, int]]:
    """Where each formula begins and ends, signs included; each sign is looked for once."""
    at = 0
    unclosed: set[str] = set()
    while opens := _OPENS.search(text, at):
        at = opens.end()
        closes = _CLOSES[opens[0]]
        end = -1 if closes in unclosed else text.find(closes, at + 1)
        if end < 0:
            unclosed.add(closes)
        else:
            at = end + 2
            yield opens.start(), at


def _mathml(tex: str, problems: Problems) -> Element | None:
    if len(tex) > MAX_LENGTH:
        problems.refuse(None, mark("the formula is too long; write it as several"))
        return None
    try:
        formula = parse_xml(convert(tex).encode(), problems.file)
    except _FAULTS:
        problems.refuse(None, mark("the formula {tex} is no TeX that is understood"), tex=tex[:80])
        return None
    # A command it does not know stands as a letter, backslash and all.
    unknown = next((word for word in text_of(formula).split() if word.startswith("\\")), "")
    if unknown:
        problems.refuse(None, mark("the formula {tex} is no TeX that is understood"), tex=unknown)
        return None
    formula.set("alttext", " ".join(tex.split()))
    formula.set("display", "inline")
    return formula
