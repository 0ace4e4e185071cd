"""Response processing: from a candidate's responses to an item's outcomes, and why.

`checking.compile_rules` refuses, once, everything a rule may not say; `score_item` then evaluates
without surprises. Rules are interpreted, not compiled into closures, because they travel between
processes. The two templates speak of RESPONSE; an item without one, of all its responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from kiosk.assessment.responses import Response
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number, written
from kiosk.scoring.operators import OPERATORS
from kiosk.scoring.rules import (
    SCORE,
    Branch,
    Condition,
    Expression,
    ItemRules,
    OutcomeDeclaration,
    ResponseDeclaration,
    ResponseMapping,
    Rule,
    SetOutcome,
)
from kiosk.scoring.values import (
    NUMERIC,
    Type,
    Value,
    declared,
    folded,
    given,
    members,
)

# --- what is said of a score ----------------------------------------------------------------------


class Matched(Struct, frozen=True, tag="matched"):
    """A response was compared with the correct one."""

    response: str
    given: Response
    correct: Response
    right: bool


class Mapped(Struct, frozen=True, tag="mapped"):
    """A response earned points by its mapping; `earned` pairs each value with what it earned."""

    response: str
    earned: tuple[tuple[str, str], ...]
    total: str


class Tried(Struct, frozen=True, tag="tried"):
    """A branch of a condition was tried; `result` None is NULL, which does not act."""

    place: str
    test: str
    result: bool | None


class Assigned(Struct, frozen=True, tag="assigned"):
    """An outcome got a value."""

    outcome: str
    value: str


Step = Matched | Mapped | Tried | Assigned


class ItemOutcome(Struct, frozen=True):
    """Every outcome of an item by name, numbers as exact `Fraction`s, and the steps that led there."""

    values: dict[str, Value]
    trace: tuple[Step, ...]

    @property
    def score(self) -> Fraction:
        """The outcome SCORE; no value counts 0."""
        value = self.values.get(SCORE)
        return value if isinstance(value, Fraction) else Fraction(0)


# --- evaluating -----------------------------------------------------------------------------------


def score_item(rules: ItemRules, responses: Mapping[str, Response]) -> ItemOutcome:
    """The outcomes of an item whose rules `compile_rules` has accepted.

    Args:
        responses: by response identifier; a missing or empty one is NULL.

    Raises:
        InputRefused: a response the item does not declare.
    """
    run = _Run(rules, responses)
    match rules.template:
        case "match_correct":
            run.match_correct()
        case "map_response":
            run.map_response()
        case None:
            run.act(rules.processing, "")
    return ItemOutcome(run.outcomes, tuple(run.trace))


def template_responses(rules: ItemRules) -> tuple[ResponseDeclaration, ...]:
    """The responses a template speaks of: RESPONSE, or all where there is no such."""
    named = rules.response("RESPONSE")
    return rules.responses if named is None else (named,)


def matches(response: ResponseDeclaration, texts: Response) -> bool:
    """Whether `texts` is the correct response; no response never is."""
    kind = type_of(response)
    value = given(texts, kind)
    return value is not None and value == declared(response.correct, kind)


def map_value(response: ResponseDeclaration, texts: Response) -> Mapped:
    """What `texts` earns by the mapping of `response`: QTI 3 2.11.2, each value counted once."""
    mapping, kind = response.mapping, Type("single", response.base_type)
    if mapping is None:
        raise InputRefused(f"'{response.id}' has no mapping")
    earned: dict[str, Fraction] = {}
    for value in members(given(texts, type_of(response))):
        earned[_said(value)] = _entry_value(mapping, kind, value)
    total = sum(earned.values(), Fraction(0))
    if earned and mapping.lower is not None:
        total = max(total, number(mapping.lower))
    if earned and mapping.upper is not None:
        total = min(total, number(mapping.upper))
    pairs = tuple((value, written(points)) for value, points in earned.items())
    return Mapped(response.id, pairs, written(total))


def _entry_value(mapping: ResponseMapping, kind: Type, value: Value) -> Fraction:
    for entry in mapping.entries:
        key = declared((entry.key,), kind)
        if key == value or (
            not entry.case_sensitive
            and isinstance(key, str)
            and isinstance(value, str)
            and key.casefold() == value.casefold()
        ):
            return number(entry.value)
    return number(mapping.default)


class _Run:
    """One evaluation; also the variables for `operators.Scope`."""

    def __init__(self, rules: ItemRules, responses: Mapping[str, Response]) -> None:
        self.rules = rules
        self.responses = responses
        self.trace: list[Step] = []
        self.outcomes = {known.id: _initial(known) for known in rules.outcomes}
        for identifier in responses:
            if rules.response(identifier) is None:
                raise InputRefused(f"there is no response '{identifier}'", where=rules.item)

    def value(self, identifier: str) -> Value:
        response = self.rules.response(identifier)
        if response is None:
            return self.outcomes[identifier]
        return given(self.responses.get(identifier, ()), type_of(response))

    def correct(self, identifier: str) -> Value:
        response = self._response(identifier)
        return declared(response.correct, type_of(response))

    def mapped(self, identifier: str) -> Fraction:
        step = map_value(self._response(identifier), self.responses.get(identifier, ()))
        self.trace.append(step)
        return number(step.total)

    def match_correct(self) -> None:
        right = True
        for response in template_responses(self.rules):
            texts = self.responses.get(response.id, ())
            matched = matches(response, texts)
            self.trace.append(Matched(response.id, texts, response.correct or (), matched))
            right = right and matched
        self._assign(SCORE, Fraction(int(right)))

    def map_response(self) -> None:
        declarations = template_responses(self.rules)
        self._assign(SCORE, sum((self.mapped(known.id) for known in declarations), Fraction(0)))

    def act(self, rules: tuple[Rule, ...], place: str) -> None:
        for index, rule in enumerate(rules, start=1):
            match rule:
                case SetOutcome(identifier, expression):
                    self._assign(identifier, self._evaluate(expression))
                case Condition(branches):
                    self._choose(branches, f"{place}{index}")

    def _choose(self, branches: tuple[Branch, ...], place: str) -> None:
        for index, branch in enumerate(branches, start=1):
            here = f"{place}.{index}"
            if branch.test is not None:
                result = self._evaluate(branch.test)
                self.trace.append(Tried(here, in_words(branch.test), _truth(result)))
                if result is not True:
                    continue
            self.act(branch.rules, f"{here}.")
            return

    def _evaluate(self, node: Expression) -> Value:
        values = tuple(self._evaluate(child) for child in node.children)
        return OPERATORS[node.op].compute(node, values, self)

    def _assign(self, identifier: str, value: Value) -> None:
        self.outcomes[identifier] = value
        said = ", ".join(_said(member) for member in members(value))
        self.trace.append(Assigned(identifier, said))

    def _response(self, identifier: str) -> ResponseDeclaration:
        response = self.rules.response(identifier)
        if response is None:
            raise InputRefused(f"there is no response '{identifier}'", where=self.rules.item)
        return response


def type_of(declaration: ResponseDeclaration | OutcomeDeclaration) -> Type:
    return Type(declaration.cardinality, declaration.base_type)


def _initial(outcome: OutcomeDeclaration) -> Value:
    """QTI 3 5.2: a single number without a default begins at 0, anything else at NULL."""
    if outcome.default is None and outcome.cardinality == "single" and outcome.base_type in NUMERIC:
        return Fraction(0)
    return declared(outcome.default, type_of(outcome))


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return written(value) if isinstance(value, Fraction) else str(value)


def in_words(node: Expression) -> str:
    """`node` as a formula one can read: `equal(variable RESPONSE, base-value 12)`."""
    names = [node.attributes[name] for name in ("identifier",) if name in node.attributes]
    head = " ".join([node.op, *names, *(folded(value) for value in node.values)])
    if not node.children:
        return head
    return f"{head}({', '.join(in_words(child) for child in node.children)})"
