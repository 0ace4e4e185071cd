"""MathML as a `Drawing` that stands on the line, by `ziamath` (OFL maths font, outlines only).

An allow-list decides what ziamath gets to see; characters its font does not have are a problem, not
an empty box in an exam.
"""

from __future__ import annotations

import copy
import re
from functools import lru_cache
from typing import Final

from lxml import etree
from msgspec.structs import replace
from ziamath.config import config
from ziamath.mathfont import MathFont
from ziamath.zmath import Math

from kiosk.assessment.content import UNITS_PER_PX, Drawing
from kiosk.authoring.drawings import drawing_of
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.dialect import MATHML
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml, text_of
from kiosk.words import mark

SIZE_PX: Final = 16
"""The em a formula is drawn at, that of the text at 100 %."""
MAX_FORMULA_BYTES: Final = 20_000
MAX_FORMULA_CHARACTERS: Final = 500
MAX_FORMULAS: Final = 200
"""Of one text."""

_LENGTHS: Final = frozenset(
    {
        "width", "height", "depth", "lspace", "rspace", "voffset", "mathsize", "fontsize", "minsize",
        "maxsize", "linethickness", "rowspacing", "columnspacing", "framespacing", "scriptminsize",
        "scriptsizemultiplier", "scriptlevel", "style",
    }
)  # fmt: skip
_LENGTH: Final = re.compile(
    r"[a-z]*|[+-]?(\d{0,2}(\.\d{0,9})?(em|ex|in|cm)?|\d{0,3}(\.\d{0,9})?(px|pt|mm|%))", re.ASCII
)
"""Under 100 em: ziamath builds a bracket around what is taller from pieces, a million of them if asked."""
_LARGE: Final = re.compile(r"\d{3}|\d[eE]\d")
_UNSEEN: Final = re.compile("[\u2061-\u2064\u200b]")
_ELEMENTS: Final = frozenset(
    {
        "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub",
        "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mfenced",
        "mstyle", "mpadded", "mphantom", "menclose", "mmultiscripts", "mprescripts", "none",
    }
)  # fmt: skip


def formula_of(element: Element, problems: Problems) -> Drawing | None:
    """The `math` element as a drawing with a baseline, or None when a problem was reported.

    Its words are the author's `alttext`; without one, the formula's own characters.
    """
    formula = _cleaned(element, problems)
    if formula is None:
        return None
    around = element.getparent()
    words = element.get("alttext", "").strip()
    if not words and around is not None and around.get("role") == "math":
        words = around.get("aria-label", "").strip()
    if not words:
        problems.note(
            element, mark("the formula has no alttext; its characters are read out instead")
        )
        words = " ".join(text_of(formula).split())
    source = etree.tostring(formula, encoding="unicode")
    if len(source) > MAX_FORMULA_BYTES or len(text_of(formula)) > MAX_FORMULA_CHARACTERS:
        problems.refuse(element, mark("the formula is too long; write it as several"))
        return None
    missing = sorted(set(text_of(formula)) - {" ", "\n", "\t", "\r"} - _drawable(formula))
    if missing:
        problems.refuse(
            element,
            mark("the formula has characters its font does not have: {letters}"),
            letters=" ".join(missing),
        )
        return None
    svg = _drawn(source)
    if svg is None:
        problems.refuse(element, mark("the formula cannot be drawn; check its MathML"))
        return None
    try:
        root = parse_xml(svg.encode(), problems.file)
    except InputRefused:  # larger than any picture
        problems.refuse(element, mark("the formula is too long; write it as several"))
        return None
    drawing = drawing_of(root, words, problems, element)
    if drawing is None:
        return None
    # ziamath puts the baseline at y = 0.
    top = float(root.get("viewBox", "0 0 0 0").split()[1])
    return replace(drawing, baseline=round(-top * UNITS_PER_PX))


def _cleaned(element: Element, problems: Problems) -> Element | None:
    """A copy with the allowed elements alone; of `semantics` the presentation is kept."""
    formula = copy.deepcopy(element)
    formula.tail = None
    for semantics in list(formula.iter(f"{{{MATHML}}}semantics")):
        parent = semantics.getparent()
        if parent is not None and len(semantics):
            shown = semantics[0]
            shown.tail = semantics.tail
            parent.replace(semantics, shown)
    for part in formula.iter(f"{{{MATHML}}}mo"):
        # Operators without a sign (apply, times, comma, plus): they are for those who read aloud.
        part.text = _UNSEEN.sub("", part.text or "")
    for part in formula.iter():
        name = etree.QName(part)
        for key in _LENGTHS & set(map(str, part.attrib)):
            said = part.get(key, "")
            lengths = () if key == "style" else said.split()
            if not all(map(_LENGTH.fullmatch, lengths)) or (key == "style" and _LARGE.search(said)):
                problems.refuse(
                    element,
                    mark('the formula says {name}="{text}", which is no length that can be drawn'),
                    name=key,
                    text=said,
                )
                return None
        if name.namespace != MATHML or name.localname not in _ELEMENTS:
            problems.refuse(
                element,
                mark("the formula uses <{element}>, which is not supported"),
                element=name.localname,
            )
            return None
    return formula


def _drawable(formula: Element) -> set[str]:
    font = _font()
    return {letter for letter in set(text_of(formula)) if font.glyphindex(letter)}


@lru_cache(maxsize=1)
def _font() -> MathFont:
    return Math(f'<math xmlns="{MATHML}"><mi>x</mi></math>').font


@lru_cache(maxsize=1024)
def _drawn(source: str) -> str | None:
    """ziamath's SVG; it parses only what `parse_xml` had already taken as safe."""
    config.svg2 = False  # paths instead of shared symbols
    try:
        return str(Math(source, size=SIZE_PX).svg())
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        # ziamath has no error of its own: these are what it stumbles with over odd MathML.
        return None
