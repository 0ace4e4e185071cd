"""Writes a drafted question as a QTI 3 item.

Points are kept exact: where an answer earns a third, SCORE counts in thirds and says so in its
`normal-maximum`. An item of one part that the standard templates can score uses them; any other has
rules of its own, an outcome for each part and their sum.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from lxml import etree

from kiosk.authoring.foreign.drafts import Answer, Choices, Numbers, Option, Part, Question, Texts
from kiosk.authoring.foreign.markup import gaps_in, tag
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.dialect import QTI_3, XML_LANG
from kiosk.authoring.qti.upgrade import TEMPLATES, default_namespace
from kiosk.readers.xml import Element, text_of
from kiosk.words import mark

RESPONSE: Final = "RESPONSE"
FEEDBACK: Final = "FEEDBACK"
MAX_ANSWERS: Final = 200
_SHORTFALL: Final = Fraction(2, 100)
"""Percentages as people round them (3 x 33.3) may miss the whole by this."""


def written_item(question: Question, problems: Problems) -> Element | None:
    """The QTI 3 item, or None when a problem was reported."""
    parts = tuple(_whole(part, problems) for part in question.parts)
    if not parts:
        problems.refuse(None, mark("there is nothing to answer in the item"))
    if any(len(_fractions(part)) > MAX_ANSWERS for part in parts):
        problems.refuse(None, mark("more than {n} answers"), n=MAX_ANSWERS)
    if problems.refused:
        return None
    return _Writer(question, parts).item()


def _whole(part: Part, problems: Problems) -> Part:
    """The part with full points for its best answer, or a problem."""
    if not isinstance(part, Choices):
        best = max((answer.fraction for answer in part.answers), default=Fraction(0))
        if best != 1:
            problems.refuse(None, mark("no answer earns full points"))
        return part
    if not part.several or part.all_or_nothing:
        best = max((option.fraction for option in part.options), default=Fraction(0))
        if best != 1:
            problems.refuse(None, mark("no answer earns full points"))
        return part
    total = sum((option.fraction for option in part.options if option.fraction > 0), Fraction(0))
    if total >= 1:
        return part
    if total < 1 - _SHORTFALL:
        problems.refuse(
            None,
            mark("all right choices together earn {n} % of the points, not 100 %"),
            n=float(round(total * 100, 2)),
        )
        return part
    problems.note(
        None,
        mark("the right choices together earn {n} %: taken as 100 %"),
        n=float(round(total * 100, 4)),
    )
    options = tuple(
        Option(
            option.content,
            option.fraction / total if option.fraction > 0 else option.fraction,
            option.feedback,
            option.id,
        )
        for option in part.options
    )
    return Choices(
        options, part.several, part.all_or_nothing, part.shuffle, part.inline, part.points
    )


class _Writer:
    def __init__(self, question: Question, parts: tuple[Part, ...]) -> None:
        self.question = question
        self.parts = parts
        self.root = etree.Element(tag("qti-assessment-item"), nsmap=default_namespace(QTI_3))
        self.body = etree.Element(tag("qti-item-body"))
        self.processing = etree.Element(tag("qti-response-processing"))
        self.feedback: list[tuple[str, Element]] = [
            (f"general{n}", content) for n, content in enumerate(question.feedback, 1)
        ]
        fractions = [fraction * part.points for part in parts for fraction in _fractions(part)]
        # Thirds have no decimals: all points are counted in such units then.
        self.unit = math.lcm(*(_odd(fraction.denominator) for fraction in fractions))

    def item(self) -> Element:
        root, question = self.root, self.question
        root.set("identifier", question.id)
        root.set("title", question.title or question.id)
        root.set(XML_LANG, question.lang)
        root.set("adaptive", "false")
        root.set("time-dependent", "false")
        for at, part in enumerate(self.parts):
            self.declare(at, part)
        self.outcomes()
        self.score()
        self.write_body()
        root.append(self.body)
        root.append(self.processing)
        for identifier, content in self.feedback:
            self.write_feedback(identifier, content)
        return root

    # --- declarations -----------------------------------------------------------------------------

    def name(self, at: int) -> str:
        return RESPONSE if len(self.parts) == 1 else f"{RESPONSE}{at + 1}"

    def outcome(self, at: int) -> str:
        return "SCORE" if len(self.parts) == 1 else f"SCORE{at + 1}"

    def declare(self, at: int, part: Part) -> None:
        declaration = _add(self.root, "qti-response-declaration", identifier=self.name(at))
        several = isinstance(part, Choices) and part.several
        declaration.set("cardinality", "multiple" if several else "single")
        declaration.set("base-type", _base_type(part))
        correct = _add(declaration, "qti-correct-response")
        match part:
            case Choices(options=options):
                for option, identifier in zip(options, _identifiers(options), strict=True):
                    self.keep(option.feedback, f"{self.name(at)}.{identifier}")
                for identifier in _key(part):
                    _add(correct, "qti-value").text = identifier
            case Texts(answers=answers) | Numbers(answers=answers):
                for n, answer in enumerate(answers, 1):
                    self.keep(answer.feedback, f"{self.name(at)}.{n}")
                best = next(answer for answer in answers if answer.fraction == 1)
                _add(correct, "qti-value").text = best.text
        if not isinstance(part, Numbers) and not _is_matched(part):
            self.map(declaration, part)

    def map(self, declaration: Element, part: Choices | Texts) -> None:
        mapping = _add(declaration, "qti-mapping")
        if isinstance(part, Choices):
            if part.several:
                mapping.set("lower-bound", "0")
                mapping.set("upper-bound", self.points(part, Fraction(1)))
            mapping.set("default-value", "0")
            identifiers = _identifiers(part.options)
            for option, identifier in zip(part.options, identifiers, strict=True):
                if option.fraction:
                    value = self.points(part, option.fraction)
                    _add(mapping, "qti-map-entry").attrib.update(
                        {"map-key": identifier, "mapped-value": value}
                    )
            return
        mapping.set("default-value", "0")
        for answer in part.answers:
            _add(mapping, "qti-map-entry").attrib.update(
                {
                    "map-key": answer.text,
                    "mapped-value": self.points(part, answer.fraction),
                    "case-sensitive": "true" if answer.case_sensitive else "false",
                }
            )

    def points(self, part: Part, fraction: Fraction) -> str:
        """What `fraction` of the part earns, as a decimal without loss."""
        return decimal_text(fraction * part.points * self.unit)

    def outcomes(self) -> None:
        points = sum(part.points for part in self.parts) * self.unit
        _outcome(self.root, "SCORE").set("normal-maximum", str(points))
        if len(self.parts) > 1:
            for at in range(len(self.parts)):
                _outcome(self.root, self.outcome(at))
        if self.feedback:
            _add(
                self.root,
                "qti-outcome-declaration",
                identifier=FEEDBACK,
                cardinality="multiple",
            ).set("base-type", "identifier")

    # --- response processing ----------------------------------------------------------------------

    def score(self) -> None:
        if len(self.parts) == 1 and not isinstance(self.parts[0], Numbers) and self.templated():
            template = "match_correct" if _is_matched(self.parts[0]) else "map_response"
            self.processing.set("template", f"{TEMPLATES}{template}.xml")
            return
        for at, part in enumerate(self.parts):
            match part:
                case Numbers(answers=answers):
                    self.score_numbers(at, part, answers)
                case Choices() | Texts() if _is_matched(part):
                    self.score_match(at, part)
                case _:
                    setting = _add(
                        self.processing, "qti-set-outcome-value", identifier=self.outcome(at)
                    )
                    _add(setting, "qti-map-response", identifier=self.name(at))
        if len(self.parts) > 1:
            setting = _add(self.processing, "qti-set-outcome-value", identifier="SCORE")
            total = _add(setting, "qti-sum")
            for at in range(len(self.parts)):
                _add(total, "qti-variable", identifier=self.outcome(at))

    def templated(self) -> bool:
        """match_correct gives 1: no other points."""
        return not _is_matched(self.parts[0]) or self.parts[0].points * self.unit == 1

    def score_match(self, at: int, part: Part) -> None:
        arm = _add(_add(self.processing, "qti-response-condition"), "qti-response-if")
        test = _add(arm, "qti-match")
        _add(test, "qti-variable", identifier=self.name(at))
        _add(test, "qti-correct", identifier=self.name(at))
        self.set_points(arm, at, part, Fraction(1))

    def score_numbers(self, at: int, part: Part, answers: Sequence[Answer]) -> None:
        condition = _add(self.processing, "qti-response-condition")
        for n, answer in enumerate(answers):
            arm = _add(condition, "qti-response-else-if" if n else "qti-response-if")
            test = _add(arm, "qti-equal")
            if Fraction(answer.tolerance):
                test.set("tolerance-mode", "absolute")
                test.set("tolerance", f"{answer.tolerance} {answer.tolerance}")
            else:
                test.set("tolerance-mode", "exact")
            _add(test, "qti-variable", identifier=self.name(at))
            value = _add(test, "qti-base-value")
            value.set("base-type", "float")
            value.text = answer.text
            self.set_points(arm, at, part, answer.fraction)

    def set_points(self, arm: Element, at: int, part: Part, fraction: Fraction) -> None:
        setting = _add(arm, "qti-set-outcome-value", identifier=self.outcome(at))
        value = _add(setting, "qti-base-value")
        value.set("base-type", "float")
        value.text = self.points(part, fraction)

    # --- the body ---------------------------------------------------------------------------------

    def write_body(self) -> None:
        content = copy.deepcopy(self.question.body)
        placed = self.fill_gaps(content)
        self.body.append(content)
        for at, part in enumerate(self.parts):
            if at in placed:
                continue
            interaction = self.interaction(at, part)
            if isinstance(part, Choices) and not part.inline:
                self.body.append(interaction)
            else:
                _add(self.body, "p").append(interaction)

    def fill_gaps(self, content: Element) -> set[int]:
        """Puts interactions where the text has gaps, and says which."""
        placed: set[int] = set()
        for element in list(content.iter()):
            for inside in (True, False):
                pieces = gaps_in((element.text if inside else element.tail) or "")
                if len(pieces) == 1:
                    continue
                parent = element if inside else element.getparent()
                if parent is None:
                    continue
                index = 0 if inside else parent.index(element) + 1
                if inside:
                    element.text = str(pieces[0])
                else:
                    element.tail = str(pieces[0])
                for at, after in zip(pieces[1::2], pieces[2::2], strict=True):
                    number = int(at)
                    interaction = self.interaction(number, self.parts[number])
                    interaction.tail = str(after)
                    parent.insert(index, interaction)
                    index += 1
                    placed.add(number)
        return placed

    def interaction(self, at: int, part: Part) -> Element:
        if not isinstance(part, Choices):
            entry = etree.Element(tag("qti-text-entry-interaction"))
            entry.set("response-identifier", self.name(at))
            longest = max(len(answer.text) for answer in part.answers)
            entry.set("expected-length", str(min(60, max(8, longest + 2))))
            return entry
        kind = "inline-choice" if part.inline else "choice"
        made = etree.Element(tag(f"qti-{kind}-interaction"))
        made.set("response-identifier", self.name(at))
        made.set("shuffle", "true" if part.shuffle else "false")
        if not part.inline:
            made.set("max-choices", "0" if part.several else "1")
        child = "qti-inline-choice" if part.inline else "qti-simple-choice"
        for option, identifier in zip(part.options, _identifiers(part.options), strict=True):
            choice = _add(made, child, identifier=identifier)
            _move(option.content, choice)
        return made

    # --- feedback, kept for reports ---------------------------------------------------------------

    def keep(self, content: Element | None, identifier: str) -> None:
        if content is not None and (text_of(content).strip() or len(content)):
            self.feedback.append((identifier, content))

    def write_feedback(self, identifier: str, content: Element) -> None:
        feedback = _add(self.root, "qti-modal-feedback", identifier=identifier)
        feedback.set("outcome-identifier", FEEDBACK)
        feedback.set("show-hide", "show")
        _move(content, _add(feedback, "qti-content-body"))


def decimal_text(value: Fraction) -> str:
    """A fraction whose denominator has no primes but 2 and 5, written out.

    Raises:
        ValueError: it has others.
    """
    if _odd(value.denominator) != 1:
        raise ValueError(f"{value} has no end as a decimal")
    places = max(_power(value.denominator, 2), _power(value.denominator, 5))
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{'-' if value < 0 else ''}{whole}{f'.{part}' if part else ''}"


def _odd(denominator: int) -> int:
    """The denominator without its twos and fives."""
    for prime in (2, 5):
        denominator //= prime ** _power(denominator, prime)
    return denominator


def _power(number: int, prime: int) -> int:
    power = 0
    while number % prime == 0:
        number //= prime
        power += 1
    return power


def _fractions(part: Part) -> list[Fraction]:
    answers: Sequence[Option | Answer] = part.options if isinstance(part, Choices) else part.answers
    return [answer.fraction for answer in answers]


def _is_matched(part: Part) -> bool:
    """The key earns all, anything else nothing: matching the correct response says it all."""
    match part:
        case Choices(all_or_nothing=True):
            return True
        case Choices(options=options, several=several):
            earning = [option.fraction for option in options if option.fraction]
            return not several and earning == [1]
        case Texts(answers=answers):
            return len(answers) == 1 and answers[0].case_sensitive
        case Numbers():
            return False


def _key(part: Choices) -> list[str]:
    identifiers = _identifiers(part.options)
    earning = [
        (identifier, option.fraction)
        for option, identifier in zip(part.options, identifiers, strict=True)
        if option.fraction > 0
    ]
    if part.several:
        return [identifier for identifier, _ in earning]
    return [next(identifier for identifier, fraction in earning if fraction == 1)]


def _identifiers(options: Sequence[Option]) -> list[str]:
    return [option.id or _letter(at) for at, option in enumerate(options)]


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else f"X{at + 1}"


def _base_type(part: Part) -> str:
    match part:
        case Choices():
            return "identifier"
        case Texts():
            return "string"
        case Numbers():
            return "float"


def _outcome(root: Element, identifier: str) -> Element:
    declaration = _add(root, "qti-outcome-declaration", identifier=identifier, cardinality="single")
    declaration.set("base-type", "float")
    default = _add(declaration, "qti-default-value")
    _add(default, "qti-value").text = "0"
    return declaration


def _add(parent: Element, name: str, **attributes: str) -> Element:
    return etree.SubElement(parent, tag(name), attributes)


def _move(content: Element, to: Element) -> None:
    """What is in the container `content`, into `to`."""
    copied = copy.deepcopy(content)
    to.text = copied.text
    to.extend(list(copied))
