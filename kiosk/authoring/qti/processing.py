"""Response processing as rule values: standard templates by name, inline rules as expression trees.

Which operators can be computed is for `kiosk.scoring.outcomes` to say; it refuses the others by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import written
from kiosk.authoring.qti.dialect import attribute, attributes, children, name_of
from kiosk.readers.xml import Element
from kiosk.scoring.rules import (
    SCORE,
    Branch,
    Condition,
    ExitResponse,
    Expression,
    LookupOutcome,
    Rule,
    SetOutcome,
    Template,
)
from kiosk.words import mark

_TEMPLATES: Final[dict[str, Template]] = {
    "match_correct": "match_correct",
    "map_response": "map_response",
    "map_response_point": "map_response_point",
}
_ARMS: Final = ("if", "else-if", "else")
_OF_RULES: Final = ("response-", "outcome-")
"""How rules of an item and of a test begin; what follows is the same."""


def template_of(element: Element, problems: Problems) -> Template | None:
    """The standard template that `response-processing` names, whatever version its address is of."""
    address = attribute(element, "template") or attribute(element, "template-location")
    if not address:
        return None
    name = _template_name(element)
    if name not in _TEMPLATES:
        problems.refuse(
            element, mark("the response processing template {name} is not supported"), name=address
        )
    return _TEMPLATES.get(name)


def cartridge_rules(element: Element) -> tuple[Rule, ...] | None:
    """The rules of Common Cartridge's templates, as far as they score: its feedback is not shown.

    `CC2_match` gives MAXSCORE for the correct response, `CC2_map_response` what the mapping gives.
    """
    name = _template_name(element)
    if name in ("CC2_match", "CC2_match_basic"):
        same = Expression("match", children=(_named("variable"), _named("correct")))
        most = SetOutcome(SCORE, Expression("variable", {"identifier": "MAXSCORE"}))
        return (Condition((Branch(same, (most,)),)),)
    if name == "CC2_map_response":
        return (SetOutcome(SCORE, _named("map-response")),)
    return None


def _named(op: str) -> Expression:
    return Expression(op, {"identifier": "RESPONSE"})


def _template_name(element: Element) -> str:
    address = attribute(element, "template") or attribute(element, "template-location")
    return address.rstrip("/").rpartition("/")[2].removesuffix(".xml")


def rules_of(parts: Iterable[Element], problems: Problems) -> tuple[Rule, ...]:
    """The rules that the elements `parts` write."""
    rules: list[Rule] = []
    for part in parts:
        match name_of(part):
            case "set-outcome-value":
                value = _only_expression(part, problems)
                if value is not None:
                    rules.append(SetOutcome(attribute(part, "identifier"), value))
            case "lookup-outcome-value":
                value = _only_expression(part, problems)
                if value is not None:
                    rules.append(LookupOutcome(attribute(part, "identifier"), value))
            case "exit-response" | "exit-test":
                rules.append(ExitResponse())
            case "response-condition" | "outcome-condition":
                rules.append(_condition(part, problems))
            case "response-processing-fragment" | "outcome-processing-fragment":
                rules += rules_of(children(part), problems)
            case _:
                problems.refuse(
                    part, mark("the rule <{element}> is not supported"), element=written(part)
                )
    return tuple(rules)


def _condition(element: Element, problems: Problems) -> Condition:
    branches: list[Branch] = []
    for arm in children(element):
        name = name_of(arm)
        for kind in _OF_RULES:
            name = name.removeprefix(kind)
        parts = children(arm)
        if name not in _ARMS or (name != "else" and not parts):
            problems.refuse(
                arm, mark("the rule <{element}> is not supported"), element=written(arm)
            )
            continue
        if name == "else":
            branches.append(Branch(None, rules_of(parts, problems)))
        else:
            branches.append(Branch(expression(parts[0]), rules_of(parts[1:], problems)))
    return Condition(tuple(branches))


def _only_expression(element: Element, problems: Problems) -> Expression | None:
    parts = children(element)
    if len(parts) != 1:
        problems.refuse(
            element, mark("<{element}> must hold exactly one expression"), element=written(element)
        )
        return None
    return expression(parts[0])


def expression(element: Element) -> Expression:
    """The tree under `element`; nesting was limited when the file was opened."""
    # QTI 2 writes durationLT where QTI 3 writes qti-duration-lt.
    name = name_of(element).lower()
    parts = children(element)
    text = (element.text or "").strip()
    return Expression(
        op=name,
        attributes=attributes(element),
        children=tuple(expression(part) for part in parts),
        values=(text,) if not parts and (text or name == "base-value") else (),
    )
