"""Response processing: from a candidate's responses to an item's outcomes, and why.

`checking.compile_rules` refuses, once, everything a rule may not say; `score_item` then evaluates
without surprises. Rules travel between processes and are interpreted here; `compiled` is for many
answers. The templates speak of RESPONSE; an item without one, of all its responses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from msgspec import Struct

from kiosk.assessment.responses import Response
from kiosk.errors import InputRefused
from kiosk.scoring.chance import Chance
from kiosk.scoring.lookup import looked_up
from kiosk.scoring.mapping import map_points, map_values, said
from kiosk.scoring.numbers import written
from kiosk.scoring.operator_registry import bounded
from kiosk.scoring.operators import OPERATORS
from kiosk.scoring.operators.containers import REPEAT, rounds
from kiosk.scoring.reasons import Assigned, Exited, Looked, Mapped, Matched, Step, Tried
from kiosk.scoring.rules import (
    SCORE,
    Branch,
    Condition,
    ExitResponse,
    Expression,
    ItemRules,
    LookupOutcome,
    OutcomeDeclaration,
    ResponseDeclaration,
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

NULL = "null"
"""The operator without a value; it fits wherever a value does (`checking`)."""

_SHOWN = ("identifier", "name", "n", "field-identifier", "pattern", "shape", "coords")


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


def score_item(
    rules: ItemRules, responses: Mapping[str, Response], seed: bytes | None = None
) -> ItemOutcome:
    """The outcomes of an item whose rules `compile_rules` has accepted.

    Args:
        responses: by response identifier; a missing or empty one is NULL.
        seed: what chance is drawn from, for rules that were accepted as `seeded`.

    Raises:
        InputRefused: a response the item does not declare, or a draw without a seed.
    """
    run = _Run(rules, responses, seed)
    match rules.template:
        case "match_correct":
            run.match_correct()
        case "map_response":
            run.map_response(run.mapped)
        case "map_response_point":
            run.map_response(run.mapped_points)
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


class _Run:
    """One evaluation; also the variables for `operators.Scope`."""

    def __init__(
        self, rules: ItemRules, responses: Mapping[str, Response], seed: bytes | None
    ) -> None:
        self._chance = None if seed is None else Chance(seed)
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

    def default(self, identifier: str) -> Value:
        known = self.rules.response(identifier) or self.rules.outcome(identifier)
        return None if known is None else declared(known.default, type_of(known))

    def mapped(self, identifier: str) -> Fraction:
        texts = self.responses.get(identifier, ())
        return self._earned(identifier, *map_values(self._response(identifier), texts))

    def mapped_points(self, identifier: str) -> Fraction:
        texts = self.responses.get(identifier, ())
        return self._earned(identifier, *map_points(self._response(identifier), texts))

    def chance(self) -> Chance:
        if self._chance is None:
            raise InputRefused("chance cannot be drawn without a seed", where=self.rules.item)
        return self._chance

    def _earned(self, identifier: str, earned: Mapping[str, Fraction], total: Fraction) -> Fraction:
        pairs = tuple((value, written(points)) for value, points in earned.items())
        self.trace.append(Mapped(identifier, pairs, written(total)))
        return total

    def match_correct(self) -> None:
        right = True
        for response in template_responses(self.rules):
            texts = self.responses.get(response.id, ())
            matched = matches(response, texts)
            self.trace.append(Matched(response.id, texts, response.correct or (), matched))
            right = right and matched
        self._assign(SCORE, Fraction(int(right)))

    def map_response(self, mapped: Callable[[str], Fraction]) -> None:
        declarations = template_responses(self.rules)
        self._assign(SCORE, sum((mapped(known.id) for known in declarations), Fraction(0)))

    def act(self, rules: tuple[Rule, ...], place: str) -> bool:
        """Whether the rules go on after these."""
        for index, rule in enumerate(rules, start=1):
            match rule:
                case SetOutcome(identifier, expression):
                    self._assign(identifier, self._evaluate(expression))
                case LookupOutcome(identifier, expression):
                    self._look_up(identifier, self._evaluate(expression))
                case ExitResponse():
                    self.trace.append(Exited())
                    return False
                case Condition(branches):
                    if not self._choose(branches, f"{place}{index}"):
                        return False
        return True

    def _choose(self, branches: tuple[Branch, ...], place: str) -> bool:
        for index, branch in enumerate(branches, start=1):
            here = f"{place}.{index}"
            if branch.test is not None:
                result = self._evaluate(branch.test)
                self.trace.append(Tried(here, in_words(branch.test), _truth(result)))
                if result is not True:
                    continue
            return self.act(branch.rules, f"{here}.")
        return True

    def _look_up(self, identifier: str, value: Value) -> None:
        outcome = self.rules.outcome(identifier)
        if outcome is None or outcome.lookup is None:
            raise InputRefused(f"'{identifier}' has no table", where=self.rules.item)
        target = looked_up(outcome.lookup, value)
        self.trace.append(Looked(identifier, _in_a_row(value), target or ""))
        self._assign(identifier, declared((target,), type_of(outcome)) if target else None)

    def _evaluate(self, node: Expression) -> Value:
        times = rounds(node, self) if node.op == REPEAT else 1
        values = tuple(self._evaluate(child) for _ in range(times) for child in node.children)
        if node.op == NULL:
            return None
        return bounded(OPERATORS[node.op].compute(node, values, self))

    def _assign(self, identifier: str, value: Value) -> None:
        self.outcomes[identifier] = value
        self.trace.append(Assigned(identifier, _in_a_row(value)))

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


def _in_a_row(value: Value) -> str:
    return ", ".join(said(member) for member in members(value))


def in_words(node: Expression) -> str:
    """`node` as a formula one can read: `equal(variable RESPONSE, base-value 12)`."""
    names = [node.attributes[name] for name in _SHOWN if name in node.attributes]
    head = " ".join([node.op, *names, *(folded(value) for value in node.values)])
    if not node.children:
        return head
    return f"{head}({', '.join(in_words(child) for child in node.children)})"
