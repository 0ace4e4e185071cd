"""Writes a drafted question as a QTI 3 item.

Points are kept exact: where an answer earns a third, SCORE counts in thirds and says so in its
`normal-maximum`. An item of one part that the standard templates can score uses them; any other has
rules of its own, an outcome for each part and their sum.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from lxml import etree

from kiosk.authoring.foreign.drafts import (
    Answer,
    Choices,
    Essay,
    Gaps,
    Numbers,
    Option,
    Pairs,
    Part,
    Point,
    Question,
    Sequence,
    Texts,
)
from kiosk.authoring.foreign.keys import (
    base_type_of,
    cardinality_of,
    example_of,
    fractions_of,
    gap_name,
    has_patterns,
    identifiers_of,
    interaction_of,
    is_matched,
    key_of,
    letter,
    source_name,
    target_name,
)
from kiosk.authoring.foreign.markup import gaps_in, tag
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.dialect import QTI_3, XML_LANG
from kiosk.authoring.qti.upgrade import TEMPLATES, default_namespace
from kiosk.readers.xml import Element, text_of
from kiosk.words import mark

RESPONSE: Final = "RESPONSE"
FEEDBACK: Final = "FEEDBACK"
MAX_ANSWERS: Final = 200
MAX_NEIGHBOURS: Final = 12
"""Choices of an order that is marked by neighbours: it takes a rule for each pair and each place."""
_SHORTFALL: Final = Fraction(2, 100)
"""Percentages as people round them (3 x 33.3) may miss the whole by this."""


def written_item(question: Question, problems: Problems) -> Element | None:
    """The QTI 3 item, or None when a problem was reported."""
    parts = tuple(_whole(part, problems) for part in question.parts)
    if not parts:
        problems.refuse(None, mark("there is nothing to answer in the item"))
    if problems.refused:
        return None
    if any(len(fractions_of(part)) > MAX_ANSWERS for part in parts):
        problems.refuse(None, mark("more than {n} answers"), n=MAX_ANSWERS)
        return None
    return _Writer(question, parts).item()


def _whole(part: Part, problems: Problems) -> Part:
    """The part with full points for its best answer, or a problem."""
    if isinstance(part, Texts | Numbers):
        best = max((answer.fraction for answer in part.answers), default=Fraction(0))
        if best != 1 or (isinstance(part, Texts) and example_of(part) is None):
            problems.refuse(None, mark("no answer earns full points"))
        return part
    if isinstance(part, Sequence):
        if len(part.choices) < 2:
            problems.refuse(None, mark("there is nothing to answer in the item"))
        if part.grading == "next" and len(part.choices) > MAX_NEIGHBOURS:
            problems.refuse(
                None,
                mark("more than {n} choices where each is marked by the one after it"),
                n=MAX_NEIGHBOURS,
            )
        return part
    if not isinstance(part, Choices):
        if isinstance(part, Pairs | Gaps) and not part.key:
            problems.refuse(None, mark("there is nothing to answer in the item"))
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
        fractions = [fraction * part.points for part in parts for fraction in fractions_of(part)]
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
        if len(self.processing) or self.processing.attrib:
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
        declaration.set("cardinality", cardinality_of(part))
        declaration.set("base-type", base_type_of(part))
        match part:
            case Choices(options=options):
                for option, identifier in zip(options, identifiers_of(options), strict=True):
                    self.keep(option.feedback, f"{self.name(at)}.{identifier}")
            case Texts(answers=answers) | Numbers(answers=answers):
                for n, answer in enumerate(answers, 1):
                    self.keep(answer.feedback, f"{self.name(at)}.{n}")
        key = key_of(part)
        if key:
            correct = _add(declaration, "qti-correct-response")
            for value in key:
                _add(correct, "qti-value").text = value
        match part:
            case Choices() | Texts() if not is_matched(part) and not has_patterns(part):
                self.map(declaration, part)
            case Pairs() | Gaps():
                self.map_pairs(declaration, part)
            case Point():
                self.map_area(declaration, part)

    def map(self, declaration: Element, part: Choices | Texts) -> None:
        mapping = _add(declaration, "qti-mapping")
        if isinstance(part, Choices):
            if part.several:
                mapping.set("lower-bound", "0")
                mapping.set("upper-bound", self.points(part, Fraction(1)))
            mapping.set("default-value", "0")
            identifiers = identifiers_of(part.options)
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

    def map_pairs(self, declaration: Element, part: Pairs | Gaps) -> None:
        mapping = _add(declaration, "qti-mapping")
        mapping.set("default-value", "0")
        for pair, fraction in zip(key_of(part), fractions_of(part), strict=True):
            _add(mapping, "qti-map-entry").attrib.update(
                {"map-key": pair, "mapped-value": self.points(part, fraction)}
            )

    def map_area(self, declaration: Element, part: Point) -> None:
        mapping = _add(declaration, "qti-area-mapping")
        mapping.set("default-value", "0")
        value = self.points(part, Fraction(1))
        _add(mapping, "qti-area-map-entry", shape=part.shape, coords=part.coords).set(
            "mapped-value", value
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
        template = self.template() if len(self.parts) == 1 else ""
        if template:
            self.processing.set("template", f"{TEMPLATES}{template}.xml")
            return
        for at, part in enumerate(self.parts):
            match part:
                case Numbers():
                    self.score_answers(at, part, _is_equal)
                case Texts() if has_patterns(part):
                    self.score_answers(at, part, _is_text)
                case Choices() | Texts() | Sequence() if is_matched(part):
                    self.score_match(at, part)
                case Sequence():
                    self.score_sequence(at, part)
                case Essay():
                    pass  # people mark it
                case _:
                    point = "-point" if isinstance(part, Point) else ""
                    setting = _add(
                        self.processing, "qti-set-outcome-value", identifier=self.outcome(at)
                    )
                    _add(setting, f"qti-map-response{point}", identifier=self.name(at))
        if len(self.parts) > 1:
            setting = _add(self.processing, "qti-set-outcome-value", identifier="SCORE")
            total = _add(setting, "qti-sum")
            for at in range(len(self.parts)):
                _add(total, "qti-variable", identifier=self.outcome(at))

    def template(self) -> str:
        """The standard template that scores the only part, if one does."""
        part = self.parts[0]
        if is_matched(part):
            # match_correct gives 1: no other points.
            return "match_correct" if part.points * self.unit == 1 else ""
        match part:
            case Point():
                return "map_response_point"
            case Choices() | Texts() | Pairs() | Gaps() if not has_patterns(part):
                return "map_response"
            case _:
                return ""

    def score_match(self, at: int, part: Part) -> None:
        arm = _add(_add(self.processing, "qti-response-condition"), "qti-response-if")
        test = _add(arm, "qti-match")
        _add(test, "qti-variable", identifier=self.name(at))
        _add(test, "qti-correct", identifier=self.name(at))
        self.set_points(arm, at, part, Fraction(1))

    def score_answers(
        self, at: int, part: Texts | Numbers, test: Callable[[Element, Answer, str], None]
    ) -> None:
        """The first answer that `test` finds true counts."""
        condition = _add(self.processing, "qti-response-condition")
        for n, answer in enumerate(part.answers):
            arm = _add(condition, "qti-response-else-if" if n else "qti-response-if")
            test(arm, answer, self.name(at))
            self.set_points(arm, at, part, answer.fraction)

    def score_sequence(self, at: int, part: Sequence) -> None:
        names = key_of(part)
        share = fractions_of(part)[0]
        for place, name in enumerate(names, 1):
            if part.grading == "next" and place == len(names):
                break  # nothing follows the last
            arm = _add(_add(self.processing, "qti-response-condition"), "qti-response-if")
            if part.grading == "places":
                self.is_at(arm, at, name, place)
            else:
                anywhere = _add(arm, "qti-or")
                for there in range(1, len(names)):
                    both = _add(anywhere, "qti-and")
                    self.is_at(both, at, name, there)
                    self.is_at(both, at, names[place], there + 1)
            setting = _add(arm, "qti-set-outcome-value", identifier=self.outcome(at))
            total = _add(setting, "qti-sum")
            _add(total, "qti-variable", identifier=self.outcome(at))
            _base_value(total, "float", self.points(part, share))

    def is_at(self, test: Element, at: int, name: str, place: int) -> None:
        """Whether the choice `name` has the place `place`, from 1."""
        same = _add(test, "qti-match")
        _add(_add(same, "qti-index", n=str(place)), "qti-variable", identifier=self.name(at))
        _base_value(same, "identifier", name)

    def set_points(self, arm: Element, at: int, part: Part, fraction: Fraction) -> None:
        setting = _add(arm, "qti-set-outcome-value", identifier=self.outcome(at))
        _base_value(setting, "float", self.points(part, fraction))

    # --- the body ---------------------------------------------------------------------------------

    def write_body(self) -> None:
        content = copy.deepcopy(self.question.body)
        placed = self.fill_gaps(content)
        only = self.parts[0]
        if isinstance(only, Gaps) and not only.spots:
            interaction = self.interaction(0, only)
            interaction.append(content)
            self.body.append(interaction)
            return
        self.body.append(content)
        for at, part in enumerate(self.parts):
            if at in placed:
                continue
            interaction = self.interaction(at, part)
            if isinstance(part, Texts | Numbers) or (isinstance(part, Choices) and part.inline):
                _add(self.body, "p").append(interaction)
            else:
                self.body.append(interaction)
            if isinstance(part, Essay) and part.marking is not None:
                rubric = _add(self.body, "qti-rubric-block", use="scoring", view="scorer")
                _move(part.marking, _add(rubric, "qti-content-body"))

    def fill_gaps(self, content: Element) -> set[int]:
        """Puts interactions (or gaps of one) where the text has gaps, and says which."""
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
                    made = self.at_gap(number)
                    if made.tag == tag("qti-choice-interaction"):
                        # A block: no paragraph may hold it, a div may.
                        for around in (parent, *parent.iterancestors(tag("p"))):
                            around.tag = tag("div") if around.tag == tag("p") else around.tag
                    made.tail = str(after)
                    parent.insert(index, made)
                    index += 1
                    placed.add(number)
        return placed

    def at_gap(self, number: int) -> Element:
        if isinstance(self.parts[0], Gaps):
            return etree.Element(tag("qti-gap"), {"identifier": gap_name(number)})
        return self.interaction(number, self.parts[number])

    def interaction(self, at: int, part: Part) -> Element:
        made = etree.Element(tag(f"qti-{interaction_of(part)}-interaction"))
        made.set("response-identifier", self.name(at))
        match part:
            case Choices(options=options):
                made.set("shuffle", _said(part.shuffle))
                if not part.inline:
                    made.set("max-choices", "0" if part.several else "1")
                child = "qti-inline-choice" if part.inline else "qti-simple-choice"
                for option, identifier in zip(options, identifiers_of(options), strict=True):
                    _move(option.content, _add(made, child, identifier=identifier))
            case Texts(answers=answers) | Numbers(answers=answers):
                longest = max(len(answer.text) for answer in answers)
                made.set("expected-length", str(min(60, max(8, longest + 2))))
            case Pairs(sources=sources, targets=targets):
                made.set("shuffle", _said(part.shuffle))
                made.set("max-associations", str(len(sources)))
                for named, most, contents in (
                    (source_name, "1", sources),
                    (target_name, "0", targets),
                ):
                    group = _add(made, "qti-simple-match-set")
                    for n, content in enumerate(contents):
                        choice = _add(group, "qti-simple-associable-choice", identifier=named(n))
                        choice.set("match-max", most)
                        _move(content, choice)
            case Gaps():
                self.write_gaps(made, part)
            case Sequence(choices=choices):
                made.set("shuffle", "true")
                # They stand by letter, not in their order: an unshuffled view gives nothing away.
                for name, content in sorted(zip(key_of(part), choices, strict=True)):
                    _move(content, _add(made, "qti-simple-choice", identifier=name))
            case Point(picture=picture):
                made.set("max-choices", "1")
                made.append(copy.deepcopy(picture))
            case Essay(lines=lines):
                if lines:
                    made.set("expected-lines", str(lines))
        return made

    def write_gaps(self, made: Element, part: Gaps) -> None:
        made.set("shuffle", _said(part.shuffle))
        if part.picture is not None:
            made.append(copy.deepcopy(part.picture))
        for at, (content, most) in enumerate(zip(part.choices, part.limits, strict=True)):
            shown = content.find(tag("img"))
            lone = shown is not None and not text_of(content).strip()
            choice = _add(made, f"qti-gap-{'img' if lone else 'text'}", identifier=letter(at))
            choice.set("match-max", str(most))
            _move(content, choice)
        for at, (left, top, width, height) in enumerate(part.spots):
            spot = _add(made, "qti-associable-hotspot", identifier=gap_name(at), shape="rect")
            spot.set("coords", f"{left},{top},{left + width},{top + height}")
            spot.set("match-max", "1")
            spot.set("hotspot-label", str(at + 1))

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


def _said(value: bool) -> str:
    return "true" if value else "false"


def _is_equal(arm: Element, answer: Answer, response: str) -> None:
    test = _add(arm, "qti-equal")
    if Fraction(answer.tolerance):
        test.set("tolerance-mode", "absolute")
        test.set("tolerance", f"{answer.tolerance} {answer.tolerance}")
    else:
        test.set("tolerance-mode", "exact")
    _add(test, "qti-variable", identifier=response)
    _base_value(test, "float", answer.text)


def _is_text(arm: Element, answer: Answer, response: str) -> None:
    if answer.pattern:
        test = _add(arm, "qti-pattern-match", pattern=answer.pattern)
        _add(test, "qti-variable", identifier=response)
        return
    test = _add(arm, "qti-string-match")
    test.set("case-sensitive", _said(answer.case_sensitive))
    _add(test, "qti-variable", identifier=response)
    _base_value(test, "string", answer.text)


def _base_value(parent: Element, base_type: str, text: str) -> None:
    value = _add(parent, "qti-base-value")
    value.set("base-type", base_type)
    value.text = text


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
