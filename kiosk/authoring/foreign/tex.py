"""TeX formulae in foreign texts as MathML, by `latex2mathml`.

Moodle and spreadsheets write a formula as `\\(...\\)`, `\\[...\\]` or `$$...$$`. A single dollar sign is
money, as in Moodle. The TeX itself becomes the `alttext`: it can be read aloud, if not beautifully.
"""

from __future__ import annotations

import re
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

from kiosk.authoring.problems import Problems
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml, text_of
from kiosk.words import mark

MAX_LENGTH: Final = 2_000
_FORMULA: Final = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$", re.DOTALL)
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
    for found in _FORMULA.finditer(text):
        formula = _mathml(found[1] or found[2] or found[3], problems)
        if formula is None:
            continue
        between = text[end : found.start()]
        if last is None:
            before = between
        else:
            last.tail = between
        parent.insert(at, formula)
        at += 1
        last, end = formula, found.end()
    if last is not None:
        last.tail = text[end:]
    return before


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
