"""An item's rules under the fresh names of a sealing.

Responses are named by attributes, choices by values: keys, mapping entries, and constants in rules. A
constant belongs to the response it stands beside in an expression; where that does not tell which
response is meant, or a rule looks inside an identifier's letters, the item is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from kiosk.authoring.labels import Labels
from kiosk.errors import InputRefused
from kiosk.scoring.operator_registry import VARIABLE_ATTRIBUTES, reference
from kiosk.scoring.rules import (
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
from kiosk.words import mark

_LETTERS: Final = frozenset({"pattern-match", "substring"})
_TEXTUAL: Final = frozenset({"identifier", "string", "pair", "directedPair"})
_NAMING: Final = frozenset({"identifier", "pair", "directedPair"})
"""Base types of responses whose values name choices."""
_NAMES: Final = "identifier"


def labelled_rules(rules: ItemRules, labels: Labels) -> ItemRules:
    """`rules` as they score responses given under `labels`.

    Raises:
        InputRefused: a rule names a choice in a way that cannot be followed.
    """
    rename = _Rename(rules, labels)
    return replace(
        rules,
        item=labels.item,
        responses=tuple(rename.response(response) for response in rules.responses),
        outcomes=tuple(rename.outcome(outcome) for outcome in rules.outcomes),
        processing=rename.rules(rules.processing),
    )


class _Rename:
    def __init__(self, rules: ItemRules, labels: Labels) -> None:
        self.item = rules.item
        self.labels = labels
        self.read = {name for node in _expressions(rules.processing) for name in _named(node)}

    def response(self, response: ResponseDeclaration) -> ResponseDeclaration:
        changed = replace(response, id=self.labels.responses[response.id])
        fresh = self.labels.choices.get(response.id)
        if fresh is None or response.base_type not in _NAMING:
            return changed
        if response.correct is not None:
            changed = replace(
                changed, correct=tuple(self._choice(fresh, value) for value in response.correct)
            )
        if response.default is not None:
            changed = replace(
                changed, default=tuple(self._choice(fresh, value) for value in response.default)
            )
        if response.mapping is not None:
            entries = tuple(
                replace(entry, key=self._choice(fresh, entry.key))
                for entry in response.mapping.entries
            )
            changed = replace(changed, mapping=replace(response.mapping, entries=entries))
        return changed

    def outcome(self, outcome: OutcomeDeclaration) -> OutcomeDeclaration:
        if outcome.base_type not in _TEXTUAL:
            return outcome
        if outcome.default is not None:
            default = tuple(self._constant(value, ()) for value in outcome.default)
            outcome = replace(outcome, default=default)
        table = outcome.lookup
        if table is None or outcome.id not in self.read:
            # A grade `A` is none of our choices; only one that a rule reads again may be.
            return outcome
        rows = tuple(replace(row, target=self._constant(row.target, ())) for row in table.rows)
        otherwise = None if table.default is None else self._constant(table.default, ())
        return replace(outcome, lookup=replace(table, rows=rows, default=otherwise))

    def rules(self, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(self._rule(rule) for rule in rules)

    def _rule(self, rule: Rule) -> Rule:
        match rule:
            case SetOutcome(identifier, value):
                return SetOutcome(identifier, self._expression(value, ()))
            case LookupOutcome(identifier, value):
                return LookupOutcome(identifier, self._expression(value, ()))
            case ExitResponse():
                return rule
            case Condition(branches):
                return Condition(
                    tuple(
                        Branch(
                            None if branch.test is None else self._expression(branch.test, ()),
                            self.rules(branch.rules),
                        )
                        for branch in branches
                    )
                )

    def _expression(self, node: Expression, around: tuple[Expression, ...]) -> Expression:
        """`around` are the expressions that hold `node`, the nearest first."""
        if node.op in _LETTERS and any(
            name in self.labels.choices for child in node.children for name in _named(child)
        ):
            raise InputRefused(
                mark("a rule looks at the letters of a choice's identifier ({op})"),
                where=self.item,
                remedy=mark("Compare with match or member instead"),
                op=node.op,
            )
        changed = replace(
            node,
            attributes={
                name: self._reference(text) if name in VARIABLE_ATTRIBUTES else text
                for name, text in node.attributes.items()
            },
            children=tuple(self._expression(child, (node, *around)) for child in node.children),
        )
        named = node.attributes.get(_NAMES)
        if named in self.labels.responses:
            attributes = {**changed.attributes, _NAMES: self.labels.responses[named]}
            return replace(changed, attributes=attributes)
        if node.values and node.attributes.get("base-type") in _TEXTUAL:
            return replace(
                changed, values=tuple(self._constant(value, around) for value in node.values)
            )
        return changed

    def _reference(self, text: str) -> str:
        """An attribute's numbers, with those that a response holds under their fresh names."""
        return " ".join(
            f"{{{self.labels.responses[named]}}}"
            if (named := reference(part)) in self.labels.responses
            else part
            for part in text.split()
        )

    def _constant(self, value: str, around: tuple[Expression, ...]) -> str:
        """The fresh name of the choice a constant means; other constants stay as they are."""
        ends = value.split()
        if len(ends) == 2 and not any(value in fresh for fresh in self.labels.choices.values()):
            return " ".join(self._constant(end, around) for end in ends)
        owners = [name for name, fresh in self.labels.choices.items() if value in fresh]
        for node in around:
            beside = _named(node)
            meant = [owner for owner in owners if owner in beside]
            if len(meant) == 1:
                return self.labels.choices[meant[0]][value]
            if meant:
                break
            if any(name in self.labels.responses for name in beside):
                # Compared with other responses, so it is none of our choices.
                return value
        if not owners:
            return value
        if len(owners) == 1:
            return self.labels.choices[owners[0]][value]
        raise InputRefused(
            mark("it cannot be told which response's choice a rule means by '{value}'"),
            where=self.item,
            remedy=mark("Give the choices of the responses different identifiers"),
            value=value,
        )

    def _choice(self, fresh: dict[str, str], value: str) -> str:
        """A choice, or a pair of them, under fresh names."""
        for name in value.split():
            if name not in fresh:
                raise InputRefused(
                    mark("there is no choice '{value}'"), where=self.item, value=name
                )
        return " ".join(fresh[name] for name in value.split())


def _named(node: Expression) -> set[str]:
    """Every variable named in `node` and below."""
    return set(_names(node))


def _names(node: Expression) -> Iterator[str]:
    if _NAMES in node.attributes:
        yield node.attributes[_NAMES]
    for child in node.children:
        yield from _names(child)


def _expressions(rules: tuple[Rule, ...]) -> Iterator[Expression]:
    for rule in rules:
        match rule:
            case SetOutcome(_, value) | LookupOutcome(_, value):
                yield value
            case Condition(branches):
                for branch in branches:
                    if branch.test is not None:
                        yield branch.test
                    yield from _expressions(branch.rules)
