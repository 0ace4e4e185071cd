"""What a rule may say: everything else is refused once, before it can score anybody, by name and place.

`compile_rules` is run where rules are made (authoring) and where they arrive (the station).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.operators import OPERATORS
from kiosk.scoring.outcomes import template_responses, type_of
from kiosk.scoring.rules import (
    SCORE,
    Condition,
    Expression,
    ItemRules,
    OutcomeDeclaration,
    ResponseDeclaration,
    ResponseMapping,
    Rule,
    SetOutcome,
)
from kiosk.scoring.values import BOOLEAN, READABLE, Type, alike, declared


def compile_rules(rules: ItemRules) -> None:
    """Checks everything that `outcomes.score_item` relies on.

    Raises:
        InputRefused: an unknown operator, a wrong number of operands, an unknown name, types that do
            not fit, a value that is none of its type; `where` names item and place.
    """
    _Check(rules).run()


class _Check:
    """The names of one item for `operators.Names`, and the place a check has come to."""

    def __init__(self, rules: ItemRules) -> None:
        self.rules = rules
        self.types: dict[str, Type] = {}
        self.places: list[str] = []

    def run(self) -> None:
        for response in self.rules.responses:
            with self._at(response.id):
                self._declare(response)
                declared(response.correct, type_of(response))
                if response.mapping is not None:
                    _check_mapping(response.mapping, type_of(response))
        for outcome in self.rules.outcomes:
            with self._at(outcome.id):
                self._declare(outcome)
                declared(outcome.default, type_of(outcome))
                for text in (outcome.normal_maximum, outcome.normal_minimum):
                    if text is not None:
                        number(text)
        if self.rules.template:
            with self._at(self.rules.template):
                self._check_template()
        self._check_rules(self.rules.processing, "")

    # --- for operators.Names ----------------------------------------------------------------------

    def type_of(self, identifier: str) -> Type:
        if identifier not in self.types:
            raise InputRefused(f"there is no variable '{identifier}'")
        return self.types[identifier]

    def require_correct(self, identifier: str) -> None:
        response = self.rules.response(identifier)
        if response is None or not response.correct:
            raise InputRefused(f"'{identifier}' has no correct response")

    def require_mapping(self, identifier: str) -> None:
        response = self.rules.response(identifier)
        if response is None or response.mapping is None:
            raise InputRefused(f"'{identifier}' has no mapping")

    # --- declarations, template, rules, expressions -----------------------------------------------

    @contextmanager
    def _at(self, place: str) -> Iterator[None]:
        """The innermost place names the whole way down to the fault."""
        self.places.append(place)
        try:
            yield
        except InputRefused as fault:
            if fault.where:
                raise
            where = f"{self.rules.item}: {' / '.join(self.places)}"
            raise InputRefused(fault.summary, where=where, remedy=fault.remedy) from fault
        finally:
            self.places.pop()

    def _declare(self, known: ResponseDeclaration | OutcomeDeclaration) -> None:
        kind = type_of(known)
        if known.id in self.types:
            raise InputRefused("declared twice")
        if kind.cardinality == "record" or kind.base_type not in READABLE:
            raise InputRefused(f"a variable of {kind} cannot be scored")
        self.types[known.id] = kind

    def _check_template(self) -> None:
        if self.rules.processing:
            raise InputRefused("an item has a template or its own processing, not both")
        for response in template_responses(self.rules):
            if self.rules.template == "match_correct":
                self.require_correct(response.id)
            else:
                self.require_mapping(response.id)
        score = self.rules.outcome(SCORE)
        if score is None or type_of(score) not in (
            Type("single", "float"),
            Type("single", "integer"),
        ):
            raise InputRefused("a template needs the outcome SCORE, a single number")

    def _check_rules(self, rules: tuple[Rule, ...], place: str) -> None:
        for index, rule in enumerate(rules, start=1):
            here = f"{place}{index}"
            match rule:
                case SetOutcome():
                    with self._at(f"rule {here}"):
                        self._check_set(rule)
                case Condition():
                    self._check_condition(rule, here)

    def _check_set(self, rule: SetOutcome) -> None:
        if self.rules.outcome(rule.id) is None:
            raise InputRefused(f"there is no outcome '{rule.id}'")
        target, kind = self.type_of(rule.id), self._type(rule.value)
        fits = kind.cardinality == target.cardinality and alike(kind.base_type, target.base_type)
        if not fits or (target.base_type == "integer" and kind.base_type == "float"):
            raise InputRefused(
                f"{kind} does not fit the outcome '{rule.id}' of {target}",
                remedy="Declare the outcome with the type of what is put into it",
            )

    def _check_condition(self, rule: Condition, place: str) -> None:
        for index, branch in enumerate(rule.branches, start=1):
            here = f"{place}.{index}"
            with self._at(f"rule {here}"):
                if branch.test is None:
                    if index == 1 or index < len(rule.branches):
                        raise InputRefused("an else stands last, after a condition")
                elif (kind := self._type(branch.test)) != BOOLEAN:
                    raise InputRefused(f"a condition is true or false, not {kind}")
            self._check_rules(branch.rules, f"{here}.")

    def _type(self, node: Expression) -> Type:
        with self._at(node.op):
            known = OPERATORS.get(node.op)
            if known is None:
                raise InputRefused(f"the operator '{node.op}' is not supported")
            count = len(node.children)
            if count < known.least or (known.most is not None and count > known.most):
                raise InputRefused(f"'{node.op}' cannot have {count} operands")
            return known.check(node, tuple(self._type(child) for child in node.children), self)


def _check_mapping(mapping: ResponseMapping, kind: Type) -> None:
    for entry in mapping.entries:
        number(entry.value)
        declared((entry.key,), Type("single", kind.base_type))
    for text in (mapping.default, mapping.lower, mapping.upper):
        if text is not None:
            number(text)
