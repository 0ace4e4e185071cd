"""Template declarations and template processing as values (QTI 3 information model, 2.11 and 5.4).

What they give is drawn by `kiosk.scoring.templates`, and put into the item by
`kiosk.authoring.instantiate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import declared_type, declared_values, written
from kiosk.authoring.qti.dialect import attribute, child, children, is_true, name_of
from kiosk.authoring.qti.processing import expression
from kiosk.readers.xml import Element
from kiosk.scoring.rules import Expression
from kiosk.scoring.template_rules import (
    Constraint,
    ExitTemplate,
    ItemTemplate,
    SetCorrect,
    SetDefault,
    SetTemplate,
    TemplateBranch,
    TemplateCondition,
    TemplateDeclaration,
    TemplateRule,
)
from kiosk.words import mark

TEMPLATE_PARTS: Final = ("template-declaration", "template-processing")
_SET: Final[dict[str, Callable[[str, Expression], TemplateRule]]] = {
    "set-template-value": SetTemplate,
    "set-correct-response": SetCorrect,
    "set-default-value": SetDefault,
}
_ARMS: Final = ("template-if", "template-else-if", "template-else")


def is_template(root: Element) -> bool:
    """Whether the item `root` is a template: plain items are made of it when a bank is sealed."""
    return bool(children(root, *TEMPLATE_PARTS))


def read_template(root: Element, problems: Problems) -> ItemTemplate:
    """The template of the item `root`; what cannot be read is a problem."""
    declarations = [
        found
        for element in children(root, "template-declaration")
        if (found := _declaration(element, problems)) is not None
    ]
    processing = child(root, "template-processing")
    rules = _rules(children(processing), problems) if processing is not None else ()
    return ItemTemplate(attribute(root, "identifier"), tuple(declarations), rules)


def _declaration(element: Element, problems: Problems) -> TemplateDeclaration | None:
    kind = declared_type(element, problems)
    if kind is None:
        return None
    default = child(element, "default-value")
    return TemplateDeclaration(
        id=attribute(element, "identifier"),
        cardinality=kind[0],
        base_type=kind[1],
        default=declared_values(default, problems) if default is not None else None,
        in_formulas=is_true(attribute(element, "math-variable")),
        in_parameters=is_true(attribute(element, "param-variable")),
    )


def _rules(parts: Iterable[Element], problems: Problems) -> tuple[TemplateRule, ...]:
    rules: list[TemplateRule] = []
    for part in parts:
        name = name_of(part)
        if name in _SET or name == "template-constraint":
            inside = children(part)
            if len(inside) != 1:
                problems.refuse(
                    part,
                    mark("<{element}> must hold exactly one expression"),
                    element=written(part),
                )
            elif name in _SET:
                rules.append(_SET[name](attribute(part, "identifier"), expression(inside[0])))
            else:
                rules.append(Constraint(expression(inside[0])))
        elif name == "template-condition":
            rules.append(_condition(part, problems))
        elif name == "exit-template":
            rules.append(ExitTemplate())
        else:
            problems.refuse(
                part, mark("the rule <{element}> is not supported"), element=written(part)
            )
    return tuple(rules)


def _condition(element: Element, problems: Problems) -> TemplateCondition:
    branches: list[TemplateBranch] = []
    for arm in children(element):
        name, parts = name_of(arm), children(arm)
        if name not in _ARMS or (name != "template-else" and not parts):
            problems.refuse(
                arm, mark("the rule <{element}> is not supported"), element=written(arm)
            )
        elif name == "template-else":
            branches.append(TemplateBranch(None, _rules(parts, problems)))
        else:
            branches.append(TemplateBranch(expression(parts[0]), _rules(parts[1:], problems)))
    return TemplateCondition(tuple(branches))
