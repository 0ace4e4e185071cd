"""Template processing: from a seed to the values of one variant of a template item.

`compile_template` refuses, once, everything a template may not say; `draw` then draws. The same seed
gives the same values always: `variant_seed` says which seed a variant has, `chance` how it is drawn
from. A `random` out of a `multiple` picks from its members in their sorted order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.scoring.chance import Chance
from kiosk.scoring.checking import ExpressionCheck
from kiosk.scoring.operator_registry import bounded
from kiosk.scoring.operators import OPERATORS
from kiosk.scoring.operators.containers import REPEAT, rounds
from kiosk.scoring.outcomes import NULL, type_of
from kiosk.scoring.rules import Expression, OutcomeDeclaration, ResponseDeclaration
from kiosk.scoring.template_rules import (
    Constraint,
    ExitTemplate,
    ItemTemplate,
    SetCorrect,
    SetDefault,
    SetTemplate,
    TemplateBranch,
    TemplateCondition,
    TemplateRule,
)
from kiosk.scoring.values import BOOLEAN, READABLE, Type, Value, declared

SEED_BYTES: Final = 32
_DOMAIN: Final = b"kiosk/template/1"

MAX_ATTEMPTS: Final = 1_000
"""How often a variant is drawn again for its constraints. QTI asks for 100 at least; a constraint that
one draw in twenty meets would miss them all in 1 variant of 170, but not once in 10**22 with these."""

MAX_STEPS: Final = 200_000
"""Expressions evaluated for one variant; some seconds of work where each of them draws."""


class Drawn(Struct, frozen=True):
    """One variant: `values` of every template variable, and the correct responses and defaults that
    the template set."""

    values: dict[str, Value]
    correct: dict[str, Value]
    defaults: dict[str, Value]


def variant_seed(seed: bytes, item: str, variant: int) -> bytes:
    """SHA-256 of `kiosk/template/1`, the bank's seed (32 bytes), the variant's number (4 bytes,
    big-endian, from 1) and the template's identifier (UTF-8), one after the other."""
    if len(seed) != SEED_BYTES:
        raise InputRefused(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    return hashlib.sha256(_DOMAIN + seed + variant.to_bytes(4, "big") + item.encode()).digest()


def compile_template(
    template: ItemTemplate,
    responses: tuple[ResponseDeclaration, ...],
    outcomes: tuple[OutcomeDeclaration, ...],
) -> None:
    """Checks everything that `draw` relies on.

    Args:
        responses, outcomes: those of the item, whose keys and defaults the template may set.

    Raises:
        InputRefused: as `checking.compile_rules`; `where` names item and place.
    """
    _Check(template, responses, outcomes).run()


def draw(template: ItemTemplate, seed: bytes) -> Drawn:
    """The variant that `seed` (of `variant_seed`) gives of a template `compile_template` accepted.

    Raises:
        InputRefused: no draw meets the constraints, the work is endless, or a key has no value.
    """
    run = _Run(template, Chance(seed))
    for _ in range(MAX_ATTEMPTS):
        run.restart()
        if run.act(template.processing) != "again":
            return Drawn(run.values, run.keys, run.defaults)
    raise InputRefused(
        f"{MAX_ATTEMPTS} draws, and none meets the constraints",
        where=template.item,
        remedy="Draw from narrower ranges, or compute what must fit instead of drawing it",
    )


class _Check(ExpressionCheck):
    """One template's rules, in the order they are written; the variables are its own alone."""

    def __init__(
        self,
        template: ItemTemplate,
        responses: tuple[ResponseDeclaration, ...],
        outcomes: tuple[OutcomeDeclaration, ...],
    ) -> None:
        super().__init__(template.item, seeded=True)
        self.template = template
        self.responses = {known.id: type_of(known) for known in responses}
        self.outcomes = {known.id: type_of(known) for known in outcomes}

    def run(self) -> None:
        for known in self.template.declarations:
            with self.at(known.id):
                kind = Type(known.cardinality, known.base_type)
                if known.id in self.types or known.id in self.responses | self.outcomes:
                    raise InputRefused("declared twice")
                if kind.base_type not in READABLE or kind.cardinality == "record":
                    raise InputRefused(f"a template variable of {kind} is not supported")
                self.types[known.id] = kind
                declared(known.default, kind)
        self._check_rules(self.template.processing, "")

    def _check_rules(self, rules: tuple[TemplateRule, ...], place: str) -> None:
        for index, rule in enumerate(rules, start=1):
            here = f"{place}{index}"
            if isinstance(rule, TemplateCondition):
                self._check_condition(rule, here)
                continue
            with self.at(f"rule {here}"):
                self._check_rule(rule, alone=not place)

    def _check_rule(self, rule: TemplateRule, *, alone: bool) -> None:
        match rule:
            case SetTemplate(identifier, value):
                if identifier not in self.types:
                    raise InputRefused(f"there is no template variable '{identifier}'")
                self.require_fit(value, self.types[identifier], f"the variable '{identifier}'")
            case SetCorrect(identifier, value):
                if identifier not in self.responses:
                    raise InputRefused(f"there is no response '{identifier}'")
                self.require_fit(value, self.responses[identifier], f"the response '{identifier}'")
            case SetDefault(identifier, value):
                known = self.responses | self.outcomes
                if identifier not in known:
                    raise InputRefused(f"there is no response or outcome '{identifier}'")
                self.require_fit(value, known[identifier], f"'{identifier}'")
            case Constraint(test):
                if not alone:
                    raise InputRefused("a constraint stands outside of conditions")
                self._check_test(test)
            case _:
                pass

    def _check_condition(self, rule: TemplateCondition, place: str) -> None:
        for index, branch in enumerate(rule.branches, start=1):
            here = f"{place}.{index}"
            with self.at(f"rule {here}"):
                if branch.test is not None:
                    self._check_test(branch.test)
                elif index == 1 or index < len(rule.branches):
                    raise InputRefused("an else stands last, after a condition")
            self._check_rules(branch.rules, f"{here}.")

    def _check_test(self, test: Expression) -> None:
        if (kind := self.infer(test)) not in (None, BOOLEAN):
            raise InputRefused(f"a condition is true or false, not {kind}")


Going = Literal["on", "exit", "again"]
"""What comes after a rule: the next, none, or everything from the start."""


class _Run:
    """The drawing of one variant; also the variables for `operators.Scope`."""

    def __init__(self, template: ItemTemplate, chance: Chance) -> None:
        self.template = template
        self._chance = chance
        self._steps = 0
        self.restart()

    def restart(self) -> None:
        """Everything as declared; the draws go on where they were."""
        self.values: dict[str, Value] = {
            known.id: declared(known.default, Type(known.cardinality, known.base_type))
            for known in self.template.declarations
        }
        self.keys: dict[str, Value] = {}
        self.defaults: dict[str, Value] = {}

    def act(self, rules: tuple[TemplateRule, ...]) -> Going:
        for rule in rules:
            match rule:
                case SetTemplate(identifier, value):
                    self.values[identifier] = self._evaluate(value)
                case SetCorrect(identifier, value):
                    self.keys[identifier] = self._key(identifier, value)
                case SetDefault(identifier, value):
                    self.defaults[identifier] = self._evaluate(value)
                case Constraint(test):
                    if self._evaluate(test) is not True:
                        return "again"
                case ExitTemplate():
                    return "exit"
                case TemplateCondition(branches):
                    going = self._choose(branches)
                    if going != "on":
                        return going
        return "on"

    def _choose(self, branches: tuple[TemplateBranch, ...]) -> Going:
        for branch in branches:
            if branch.test is None or self._evaluate(branch.test) is True:
                return self.act(branch.rules)
        return "on"

    def _key(self, identifier: str, expression: Expression) -> Value:
        value = self._evaluate(expression)
        if value is None and expression.op != NULL:
            raise InputRefused(
                f"the correct response of '{identifier}' comes to no value",
                where=self.template.item,
                remedy="Keep draws that divide by zero out with a constraint",
            )
        return value

    def _evaluate(self, node: Expression) -> Value:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise InputRefused(
                f"the template takes more than {MAX_STEPS} steps", where=self.template.item
            )
        times = rounds(node, self) if node.op == REPEAT else 1
        values = tuple(self._evaluate(child) for _ in range(times) for child in node.children)
        if node.op == NULL:
            return None
        return bounded(OPERATORS[node.op].compute(node, values, self))

    # --- for operators.Scope ----------------------------------------------------------------------

    def value(self, identifier: str) -> Value:
        return self.values[identifier]

    def default(self, identifier: str) -> Value:
        known = self.template.declaration(identifier)
        return (
            None
            if known is None
            else declared(known.default, Type(known.cardinality, known.base_type))
        )

    def chance(self) -> Chance:
        return self._chance

    def correct(self, identifier: str) -> Value:
        return self.keys.get(identifier)

    def mapped(self, identifier: str) -> Fraction:
        raise InputRefused(f"'{identifier}' has no mapping", where=self.template.item)

    def mapped_points(self, identifier: str) -> Fraction:
        raise InputRefused(f"'{identifier}' has no area mapping", where=self.template.item)


def stands(values: Mapping[str, Value], identifier: str, name: str) -> bool:
    """Whether what is called `name` belongs to the variant: the variable `identifier` holds it."""
    value = values.get(identifier)
    return value == name or name in getattr(value, "values", ())
