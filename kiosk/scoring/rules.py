"""An item's scoring side as plain values: QTI 3 declarations and response processing.

They travel in a `.scoring`, pickle, and compare; nothing here computes: `checking` checks a rule tree
(`compile_rules`), `outcomes` evaluates it (`score_item`). Numbers are decimal text, so that no value
changes on its way.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Cardinality = Literal["single", "multiple", "ordered", "record"]
BaseType = Literal[
    "identifier",
    "boolean",
    "integer",
    "float",
    "string",
    "point",
    "pair",
    "directedPair",
    "duration",
    "file",
    "uri",
]
Template = Literal["match_correct", "map_response", "map_response_point"]

SCORE = "SCORE"
"""The outcome every item's points are read from (QTI 3 information model, 5.1)."""


class Expression(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One node of an expression tree.

    `op` is the QTI 3 element's name without `qti-` ("match", "base-value", "map-response"),
    `attributes` its XML attributes as written, `values` the content of a `base-value` or `default`.
    """

    op: str
    attributes: dict[str, str] = {}
    children: tuple[Expression, ...] = ()
    values: tuple[str, ...] = ()


class MapEntry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`key` earns `value` (decimal text)."""

    key: str
    value: str
    case_sensitive: bool = True


class ResponseMapping(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """QTI 3 qti-mapping: what each value of a response earns; bounds hold for the sum."""

    entries: tuple[MapEntry, ...]
    default: str = "0"
    lower: str | None = None
    upper: str | None = None


class AreaEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A point within the area earns `value`; `shape` and `coords` as QTI writes them (`areas`)."""

    shape: str
    coords: str
    value: str


class AreaMapping(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """QTI 3 qti-area-mapping: what each point earns; bounds hold for the sum."""

    entries: tuple[AreaEntry, ...]
    default: str = "0"
    lower: str | None = None
    upper: str | None = None


class LookupRow(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`source` gives `target`; `include` says whether an interpolation takes `source` itself."""

    source: str
    target: str
    include: bool = True


class LookupTable(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """QTI 3 qti-match-table (the row equal to the number) or qti-interpolation-table (the first row
    not above it)."""

    kind: Literal["match", "interpolation"]
    rows: tuple[LookupRow, ...]
    default: str | None = None


class ResponseDeclaration(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    cardinality: Cardinality
    base_type: BaseType
    correct: tuple[str, ...] | None = None
    mapping: ResponseMapping | None = None
    areas: AreaMapping | None = None
    default: tuple[str, ...] | None = None


class OutcomeDeclaration(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    cardinality: Cardinality
    base_type: BaseType
    default: tuple[str, ...] | None = None
    normal_maximum: str | None = None
    normal_minimum: str | None = None
    lookup: LookupTable | None = None


class SetOutcome(Struct, frozen=True, forbid_unknown_fields=True, tag="set"):
    """qti-set-outcome-value."""

    id: str
    value: Expression


class LookupOutcome(Struct, frozen=True, forbid_unknown_fields=True, tag="lookup"):
    """qti-lookup-outcome-value: the outcome's own table turns `value` into what it becomes."""

    id: str
    value: Expression


class ExitResponse(Struct, frozen=True, forbid_unknown_fields=True, tag="exit"):
    """qti-exit-response: no rule after it acts."""


class Branch(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One arm of a condition; `test` None is the else-arm, which stands last."""

    test: Expression | None
    rules: tuple[Rule, ...] = ()


class Condition(Struct, frozen=True, forbid_unknown_fields=True, tag="if"):
    """qti-response-condition: the first branch whose test is true acts, and no other."""

    branches: tuple[Branch, ...]


Rule = SetOutcome | Condition | LookupOutcome | ExitResponse


class ItemRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that scoring needs of one item.

    Either `template` names a standard processing, or `processing` is the item's own; with neither,
    outcomes keep their defaults.
    """

    item: str
    responses: tuple[ResponseDeclaration, ...]
    outcomes: tuple[OutcomeDeclaration, ...] = ()
    processing: tuple[Rule, ...] = ()
    template: Template | None = None

    def response(self, identifier: str) -> ResponseDeclaration | None:
        return next((known for known in self.responses if known.id == identifier), None)

    def outcome(self, identifier: str) -> OutcomeDeclaration | None:
        return next((known for known in self.outcomes if known.id == identifier), None)
