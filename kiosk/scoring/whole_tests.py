"""Outcome processing: from the outcomes of a test's items to those of the test, and why.

QTI 3 information model, `qti-outcome-processing`. A test's rules are an item's rules that may also ask
about items. Those questions are answered first, each by a constant in its place; what is left is
checked and evaluated as any item's rules are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.responses import Response
from kiosk.errors import InputRefused
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.numbers import number, written
from kiosk.scoring.outcomes import (
    NULL,
    ItemOutcome,
    in_words,
    matches,
    score_item,
    type_of,
)
from kiosk.scoring.reasons import Asked
from kiosk.scoring.rules import (
    BaseType,
    Branch,
    Condition,
    ExitResponse,
    Expression,
    ItemRules,
    LookupOutcome,
    OutcomeDeclaration,
    Rule,
    SetOutcome,
)
from kiosk.scoring.values import NUMERIC, Single, given, members

Answers = Mapping[str, Mapping[str, Response]]
"""Responses by item of the test; an item that is named was presented."""


class TestItem(Struct, frozen=True):
    """An item where it stands in a test.

    `sections` are the identifiers of all that holds it, the test part too; `mappings` give the item's
    own variable for the name the test has for it; `weights` are decimal texts by name. `drawn` says
    that its section selects among its items, so that not every candidate has it.
    """

    __test__ = False  # no test of pytest's

    id: str
    sections: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    weights: dict[str, str] = {}
    mappings: dict[str, str] = {}
    drawn: bool = False


class WholeTest(Struct, frozen=True):
    """A test's items in their order, its outcomes, and the rules that give these."""

    id: str
    items: tuple[TestItem, ...]
    outcomes: tuple[OutcomeDeclaration, ...] = ()
    processing: tuple[Rule, ...] = ()


def compile_test(test: WholeTest, items: Mapping[str, ItemRules]) -> None:
    """Checks, on answers without a word, that the rules of `test` can be evaluated.

    Raises:
        InputRefused: a rule that cannot be; `where` names test and place.
    """
    _Run(test, items, {one.id: {} for one in test.items}).rules()


def score_test(test: WholeTest, items: Mapping[str, ItemRules], answers: Answers) -> ItemOutcome:
    """The outcomes of `test`.

    Args:
        items: the rules of each of its items, accepted by `checking.compile_rules`.

    Raises:
        InputRefused: answers to an item or a response that there is not.
    """
    run = _Run(test, items, answers)
    outcome = score_item(run.rules(), {})
    return ItemOutcome(outcome.values, (*run.trace, *outcome.trace))


class _Run:
    """The questions of one test, answered for one candidate."""

    def __init__(self, test: WholeTest, items: Mapping[str, ItemRules], answers: Answers) -> None:
        self.test = test
        self.items = items
        self.answers = answers
        self.trace: list[Asked] = []
        for identifier in answers:
            if identifier not in items:
                raise InputRefused(f"there is no item '{identifier}'", where=test.id)
        self.scored = {
            one.id: score_item(items[one.id], answers.get(one.id, {}))
            for one in test.items
            if not one.drawn or one.id in answers
        }

    def rules(self) -> ItemRules:
        """The test's rules with every question answered, checked."""
        processing = self.ruled(self.test.processing)
        rules = ItemRules(self.test.id, (), self.test.outcomes, processing=processing)
        compile_rules(rules)
        return rules

    def ruled(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        made: list[Rule] = []
        for rule in rules:
            match rule:
                case SetOutcome() | LookupOutcome():
                    made.append(replace(rule, value=self.answered(rule.value)))
                case Condition(branches):
                    made.append(
                        Condition(
                            tuple(
                                Branch(
                                    None if one.test is None else self.answered(one.test),
                                    self.ruled(one.rules),
                                )
                                for one in branches
                            )
                        )
                    )
                case ExitResponse():
                    made.append(rule)
        return tuple(made)

    def answered(self, node: Expression) -> Expression:
        question = QUESTIONS.get(node.op)
        if question is not None:
            found = question(self, node)
        elif node.op == "variable" and self.names_item(node):
            found = self.variable(node)
        else:
            return replace(node, children=tuple(self.answered(child) for child in node.children))
        values = [value for part in (found, *found.children) for value in part.values]
        self.trace.append(Asked(in_words(node), ", ".join(values)))
        return found

    # --- one item ---------------------------------------------------------------------------------

    def names_item(self, node: Expression) -> bool:
        name = node.attributes.get("identifier", "")
        declared = any(outcome.id == name for outcome in self.test.outcomes)
        return "." in name and not declared

    def variable(self, node: Expression) -> Expression:
        """`ITEM.SCORE`, weighted where a weight is named."""
        name, _, variable = node.attributes["identifier"].rpartition(".")
        item = next((one for one in self.test.items if one.id == name), None)
        if item is None:
            raise InputRefused(f"there is no item '{name}'", where=self.test.id)
        base, values = self.values(item, variable, node.attributes.get("weight-identifier", ""))
        if base is None:
            raise InputRefused(
                f"the item '{name}' has no variable '{variable}'", where=self.test.id
            )
        return _constant(base, values[0]) if len(values) == 1 else Expression(NULL)

    def values(
        self, item: TestItem, variable: str, weight: str
    ) -> tuple[BaseType | None, tuple[Single, ...]]:
        """The base type of a variable of `item` (None: it has none of that name) and its values."""
        rules, name = self.items[item.id], item.mappings.get(variable, variable)
        response, outcome = rules.response(name), rules.outcome(name)
        if outcome is not None:
            base = outcome.base_type
            scored = self.scored.get(item.id)
            found = members(scored.values.get(name)) if scored is not None else ()
        elif response is not None:
            base = response.base_type
            found = members(given(self.answers.get(item.id, {}).get(name, ()), type_of(response)))
        else:
            return None, ()
        if not weight or base not in NUMERIC:
            return base, found
        factor = number(item.weights.get(weight, "1"))
        return "float", tuple(one * factor for one in found if isinstance(one, Fraction))

    # --- all items of a kind ----------------------------------------------------------------------

    def chosen(self, node: Expression) -> list[TestItem]:
        """The items selected for the candidate that `node` asks about."""
        section = node.attributes.get("section-identifier", "")
        include = frozenset(node.attributes.get("include-category", "").split())
        exclude = frozenset(node.attributes.get("exclude-category", "").split())
        return [
            item
            for item in self.test.items
            if item.id in self.scored
            if not section or section in item.sections
            if not include or not include.isdisjoint(item.categories)
            if exclude.isdisjoint(item.categories)
        ]

    def test_variables(self, node: Expression) -> Expression:
        variable = node.attributes.get("variable-identifier", "")
        weight = node.attributes.get("weight-identifier", "")
        wanted = node.attributes.get("base-type", "")
        found = []
        for item in self.chosen(node):
            base, values = self.values(item, variable, weight)
            if base is not None and (not wanted or base == wanted or {base, wanted} <= NUMERIC):
                found += [_constant(base, value) for value in values]
        return _bag(found)

    def bounds(self, node: Expression) -> Expression:
        """`outcome-maximum`: NULL where an item declares none; `outcome-minimum`: 0 there."""
        name = node.attributes.get("outcome-identifier", "")
        weight = node.attributes.get("weight-identifier", "")
        found = []
        for item in self.chosen(node):
            outcome = self.items[item.id].outcome(item.mappings.get(name, name))
            if node.op == "outcome-maximum":
                bound = None if outcome is None else outcome.normal_maximum
            else:
                bound = "0" if outcome is None else outcome.normal_minimum or "0"
            if bound is None:
                return Expression(NULL)
            factor = number(item.weights.get(weight, "1")) if weight else Fraction(1)
            found.append(_constant("float", number(bound) * factor))
        return _bag(found)

    def count(self, node: Expression) -> Expression:
        total = sum(self.counts(node.op, item) for item in self.chosen(node))
        return _constant("integer", Fraction(total))

    def counts(self, question: str, item: TestItem) -> bool:
        match question:
            case "number-presented":
                return item.id in self.answers
            case "number-responded":
                return any(self.answers.get(item.id, {}).values())
            case "number-correct":
                return self.right(item) is True
            case "number-incorrect":
                return self.right(item) is False
            case _:
                return True

    def right(self, item: TestItem) -> bool | None:
        """Whether all responses are the correct ones; None where that cannot be said: the item was
        not presented, or a response has no correct one."""
        responses = self.items[item.id].responses
        if item.id not in self.answers or not responses:
            return None
        if not all(response.correct for response in responses):
            return None
        answered = self.answers[item.id]
        return all(matches(response, answered.get(response.id, ())) for response in responses)


QUESTIONS: Final[dict[str, Callable[[_Run, Expression], Expression]]] = {
    "test-variables": _Run.test_variables,
    "outcome-maximum": _Run.bounds,
    "outcome-minimum": _Run.bounds,
    "number-selected": _Run.count,
    "number-presented": _Run.count,
    "number-responded": _Run.count,
    "number-correct": _Run.count,
    "number-incorrect": _Run.count,
}
"""What only the rules of a test may ask; see `operator_registry.UNSUPPORTED`."""


def _constant(base: BaseType, value: Single) -> Expression:
    text = str(value).lower() if isinstance(value, bool) else value
    text = written(text) if isinstance(text, Fraction) else text
    return Expression("base-value", {"base-type": base}, values=(text,))


def _bag(values: list[Expression]) -> Expression:
    """A container; an empty one is NULL (QTI 3, 2.11)."""
    return Expression("multiple", children=tuple(values)) if values else Expression(NULL)
