"""A template item's own side as plain values: QTI 3 template declarations and template processing.

They stay with the author: what is sealed are the plain items that `templates` makes of them.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.scoring.rules import BaseType, Cardinality, Expression


class TemplateDeclaration(Struct, frozen=True, omit_defaults=True):
    """QTI 3 qti-template-declaration. `in_formulas` (math-variable) and `in_parameters`
    (param-variable) say where its name stands for its value."""

    id: str
    cardinality: Cardinality
    base_type: BaseType
    default: tuple[str, ...] | None = None
    in_formulas: bool = False
    in_parameters: bool = False


class SetTemplate(Struct, frozen=True, tag="set"):
    """qti-set-template-value."""

    id: str
    value: Expression


class SetCorrect(Struct, frozen=True, tag="correct"):
    """qti-set-correct-response."""

    id: str
    value: Expression


class SetDefault(Struct, frozen=True, tag="default"):
    """qti-set-default-value, of a response or an outcome."""

    id: str
    value: Expression


class Constraint(Struct, frozen=True, tag="constraint"):
    """qti-template-constraint: unless it holds, everything is drawn again from the start."""

    test: Expression


class ExitTemplate(Struct, frozen=True, tag="exit"):
    """qti-exit-template: no rule after it acts."""


class TemplateBranch(Struct, frozen=True, omit_defaults=True):
    """One arm of a condition; `test` None is the else-arm, which stands last."""

    test: Expression | None
    rules: tuple[TemplateRule, ...] = ()


class TemplateCondition(Struct, frozen=True, tag="if"):
    """qti-template-condition: the first branch whose test is true acts, and no other."""

    branches: tuple[TemplateBranch, ...]


TemplateRule = SetTemplate | SetCorrect | SetDefault | Constraint | ExitTemplate | TemplateCondition


class ItemTemplate(Struct, frozen=True):
    """All that makes an item a template."""

    item: str
    declarations: tuple[TemplateDeclaration, ...]
    processing: tuple[TemplateRule, ...] = ()

    def declaration(self, identifier: str) -> TemplateDeclaration | None:
        return next((known for known in self.declarations if known.id == identifier), None)
