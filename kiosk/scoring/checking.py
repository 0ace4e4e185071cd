"""What a rule may say: everything else is refused once, before it can score anybody, by name and place.

`compile_rules` is run where rules are made (authoring) and where they arrive (the station).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from kiosk.errors import InputRefused
from kiosk.scoring.areas import coordinates
from kiosk.scoring.numbers import number
from kiosk.scoring.operator_registry import UNSUPPORTED, Operator
from kiosk.scoring.operators import OPERATORS
from kiosk.scoring.outcomes import NULL, template_responses, type_of
from kiosk.scoring.rules import (
    SCORE,
    Cardinality,
    Condition,
    ExitResponse,
    Expression,
    ItemRules,
    LookupOutcome,
    LookupTable,
    OutcomeDeclaration,
    ResponseDeclaration,
    ResponseMapping,
    Rule,
    SetOutcome,
)
from kiosk.scoring.values import BOOLEAN, FLOAT, INTEGER, READABLE, Type, alike, declared


def compile_rules(rules: ItemRules, *, seeded: bool = False) -> None:
    """Checks everything that `outcomes.score_item` relies on.

    Args:
        seeded: whether the evaluation will be given a seed, so that rules may draw by chance.

    Raises:
        InputRefused: an unknown operator, a wrong number of operands, an unknown name, types that do
            not fit, a value that is none of its type; `where` names item and place.
    """
    _Check(rules, seeded).run()


_BUILT_IN = frozenset({"duration", "numAttempts", "completionStatus"})
_TAKE_RECORDS = frozenset({"field-value", "is-null", "variable"})
_GUESSES = tuple(
    Type(cardinality, base)
    for cardinality in get_args(Cardinality)
    if cardinality != "record"
    for base in ("boolean", "integer", "float", "string", "point", "duration")
)
"""Types that a `null` may stand for where no operand beside it tells."""


class ExpressionCheck:
    """What an expression gives, or why it cannot be, with the place in an item a check has come to.

    `types` are the variables by name. A subclass adds what else `operator_registry.Names` asks for.
    """

    def __init__(self, item: str, *, seeded: bool) -> None:
        self.item = item
        self.seeded = seeded
        self.types: dict[str, Type] = {}
        self.places: list[str] = []

    def type_of(self, identifier: str) -> Type:
        if identifier in _BUILT_IN and identifier not in self.types:
            raise InputRefused(f"the built-in variable '{identifier}' is not kept in an exam")
        if identifier not in self.types:
            raise InputRefused(f"there is no variable '{identifier}'")
        return self.types[identifier]

    def require_correct(self, identifier: str) -> None:
        raise InputRefused(f"'{identifier}' has no correct response")

    def require_mapping(self, identifier: str) -> None:
        raise InputRefused(f"'{identifier}' has no mapping")

    def require_areas(self, identifier: str) -> None:
        raise InputRefused(f"'{identifier}' has no area mapping")

    def require_chance(self) -> None:
        if not self.seeded:
            raise InputRefused("a score cannot hang on chance: no seed is given for it")

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """The innermost place names the whole way down to the fault."""
        self.places.append(place)
        try:
            yield
        except InputRefused as fault:
            if fault.where:
                raise
            where = f"{self.item}: {' / '.join(self.places)}"
            raise InputRefused(fault.summary, where=where, remedy=fault.remedy) from fault
        finally:
            self.places.pop()

    def require_fit(self, value: Expression, target: Type, name: str) -> None:
        """Raises InputRefused unless `value` can be put into `name` of the type `target`."""
        kind = self.infer(value)
        if kind is None:
            return
        fits = kind.cardinality == target.cardinality and alike(kind.base_type, target.base_type)
        if not fits or (target.base_type == "integer" and kind.base_type == "float"):
            raise InputRefused(
                f"{kind} does not fit {name} of {target}",
                remedy="Declare it with the type of what is put into it",
            )

    def infer(self, node: Expression) -> Type | None:
        """What `node` gives; None for `null`, which fits anywhere."""
        with self.at(node.op):
            count = len(node.children)
            known = OPERATORS.get(node.op)
            if node.op == NULL:
                if count:
                    raise InputRefused(f"'{node.op}' cannot have {count} operands")
                return None
            if known is None:
                reason = UNSUPPORTED.get(node.op)
                because = f": {reason}" if reason else ""
                raise InputRefused(f"the operator '{node.op}' is not supported{because}")
            if count < known.least or (known.most is not None and count > known.most):
                raise InputRefused(f"'{node.op}' cannot have {count} operands")
            types = [self.infer(child) for child in node.children]
            for kind in types:
                if kind and kind.cardinality == "record" and node.op not in _TAKE_RECORDS:
                    raise InputRefused(f"'{node.op}' cannot use a record; take a field of it")
            return self._fitted(node, known, types)

    def _fitted(self, node: Expression, known: Operator, types: list[Type | None]) -> Type | None:
        """The type `node` gives, any `null` among its operands being like an operand beside it, else
        of any type that fits; None where that leaves the type open."""
        settled = tuple(kind for kind in types if kind is not None)
        if len(settled) == len(types):
            return known.check(node, settled, self)
        refused: list[InputRefused] = []
        for guesses in (settled, _GUESSES):
            found: set[Type] = set()
            for guess in guesses:
                try:
                    found.add(known.check(node, tuple(kind or guess for kind in types), self))
                except InputRefused as fault:
                    refused.append(fault)
            if found:
                return found.pop() if len(found) == 1 else None
        raise refused[0]


class _Check(ExpressionCheck):
    """One item's rules, in the order they are written."""

    def __init__(self, rules: ItemRules, seeded: bool) -> None:
        super().__init__(rules.item, seeded=seeded)
        self.rules = rules

    def run(self) -> None:
        for response in self.rules.responses:
            with self.at(response.id):
                self._declare(response)
                _check_declared(response)
        for outcome in self.rules.outcomes:
            with self.at(outcome.id):
                self._declare(outcome)
                declared(outcome.default, type_of(outcome))
                if outcome.lookup is not None:
                    _check_table(outcome.lookup, type_of(outcome))
                for text in (outcome.normal_maximum, outcome.normal_minimum):
                    if text is not None:
                        number(text)
        if self.rules.template:
            with self.at(self.rules.template):
                self._check_template()
        self._check_rules(self.rules.processing, "")

    # --- for operators.Names ----------------------------------------------------------------------

    def require_correct(self, identifier: str) -> None:
        response = self.rules.response(identifier)
        if response is None or not response.correct:
            raise InputRefused(f"'{identifier}' has no correct response")

    def require_mapping(self, identifier: str) -> None:
        response = self.rules.response(identifier)
        if response is None or response.mapping is None:
            raise InputRefused(f"'{identifier}' has no mapping")

    def require_areas(self, identifier: str) -> None:
        response = self.rules.response(identifier)
        if response is None or response.areas is None:
            raise InputRefused(f"'{identifier}' has no area mapping")

    # --- declarations, template, rules, expressions -----------------------------------------------

    def _declare(self, known: ResponseDeclaration | OutcomeDeclaration) -> None:
        kind = type_of(known)
        if known.id in self.types:
            raise InputRefused("declared twice")
        refused = kind.base_type not in READABLE
        if kind.cardinality == "record":
            # Only what a text field gives: its typed text, taken apart.
            refused = isinstance(known, OutcomeDeclaration) or kind.base_type != "string"
        if refused:
            raise InputRefused(f"a variable of {kind} cannot be scored")
        self.types[known.id] = kind

    def _check_template(self) -> None:
        if self.rules.processing:
            raise InputRefused("an item has a template or its own processing, not both")
        for response in template_responses(self.rules):
            if self.rules.template == "match_correct":
                self.require_correct(response.id)
            elif self.rules.template == "map_response_point":
                self.require_areas(response.id)
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
                    with self.at(f"rule {here}"):
                        self._check_set(rule)
                case LookupOutcome():
                    with self.at(f"rule {here}"):
                        self._check_lookup(rule)
                case ExitResponse():
                    pass
                case Condition():
                    self._check_condition(rule, here)

    def _check_set(self, rule: SetOutcome) -> None:
        if self.rules.outcome(rule.id) is None:
            raise InputRefused(f"there is no outcome '{rule.id}'")
        self.require_fit(rule.value, self.type_of(rule.id), f"the outcome '{rule.id}'")

    def _check_lookup(self, rule: LookupOutcome) -> None:
        outcome = self.rules.outcome(rule.id)
        if outcome is None:
            raise InputRefused(f"there is no outcome '{rule.id}'")
        if outcome.lookup is None:
            raise InputRefused(f"the outcome '{rule.id}' has no table to look up in")
        kind = self.infer(rule.value)
        if kind not in (None, INTEGER, FLOAT, Type("single", "duration")):
            raise InputRefused(f"a table is for a number, not {kind}")

    def _check_condition(self, rule: Condition, place: str) -> None:
        for index, branch in enumerate(rule.branches, start=1):
            here = f"{place}.{index}"
            with self.at(f"rule {here}"):
                if branch.test is None:
                    if index == 1 or index < len(rule.branches):
                        raise InputRefused("an else stands last, after a condition")
                elif (kind := self.infer(branch.test)) not in (None, BOOLEAN):
                    raise InputRefused(f"a condition is true or false, not {kind}")
            self._check_rules(branch.rules, f"{here}.")


def _check_declared(response: ResponseDeclaration) -> None:
    kind = type_of(response)
    keyed = (response.correct, response.mapping, response.areas, response.default)
    if kind.cardinality == "record" and any(one is not None for one in keyed):
        raise InputRefused("a record has no key or mapping of its own")
    declared(response.correct, kind)
    declared(response.default, kind)
    if response.mapping is not None:
        _check_mapping(response.mapping, kind)
    if response.areas is not None:
        if kind.base_type != "point":
            raise InputRefused(f"areas are for points, not {kind}")
        for entry in response.areas.entries:
            coordinates(entry.shape, entry.coords)
            number(entry.value)
        _check_numbers(response.areas.default, response.areas.lower, response.areas.upper)


def _check_table(table: LookupTable, kind: Type) -> None:
    if kind.cardinality != "single":
        raise InputRefused(f"a table cannot give {kind}")
    for row in table.rows:
        if number(row.source).denominator != 1 and table.kind == "match":
            raise InputRefused(f"a match table is of whole numbers, not {row.source}")
        declared((row.target,), kind)
    if table.default is not None:
        declared((table.default,), kind)


def _check_mapping(mapping: ResponseMapping, kind: Type) -> None:
    for entry in mapping.entries:
        number(entry.value)
        declared((entry.key,), Type("single", kind.base_type))
    _check_numbers(mapping.default, mapping.lower, mapping.upper)


def _check_numbers(*texts: str | None) -> None:
    for text in texts:
        if text is not None:
            number(text)
