"""Response and outcome declarations as scoring values (QTI 3 information model, 2.11)."""

from __future__ import annotations

from typing import Final, Literal, get_args

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.dialect import attribute, child, children, is_true, name_of
from kiosk.readers.xml import Element
from kiosk.scoring.rules import (
    AreaEntry,
    AreaMapping,
    BaseType,
    Cardinality,
    LookupRow,
    LookupTable,
    MapEntry,
    OutcomeDeclaration,
    ResponseDeclaration,
    ResponseMapping,
)
from kiosk.words import mark

_CARDINALITIES: Final[dict[str, Cardinality]] = {name: name for name in get_args(Cardinality)}
_BASE_TYPES: Final[dict[str, BaseType]] = {name: name for name in get_args(BaseType)}
_RESPONSE_PARTS: Final = ("correct-response", "mapping", "area-mapping", "default-value")
_TABLES: Final[dict[str, Literal["match", "interpolation"]]] = {
    "match-table": "match",
    "interpolation-table": "interpolation",
}


def response_declaration(element: Element, problems: Problems) -> ResponseDeclaration | None:
    """None when a problem was reported."""
    kind = declared_type(element, problems)
    if kind is None:
        return None
    for part in children(element):
        if name_of(part) not in _RESPONSE_PARTS:
            problems.refuse(part, mark("<{element}> is not supported"), element=written(part))
    correct = child(element, "correct-response")
    mapping = child(element, "mapping")
    areas = child(element, "area-mapping")
    default = child(element, "default-value")
    return ResponseDeclaration(
        id=attribute(element, "identifier"),
        cardinality=kind[0],
        base_type=kind[1],
        correct=declared_values(correct, problems) if correct is not None else None,
        mapping=_mapping(mapping) if mapping is not None else None,
        areas=_areas(areas) if areas is not None else None,
        default=declared_values(default, problems) if default is not None else None,
    )


def outcome_declaration(element: Element, problems: Problems) -> OutcomeDeclaration | None:
    """None when a problem was reported."""
    kind = declared_type(element, problems)
    if kind is None:
        return None
    tables = children(element, *_TABLES)
    default = child(element, "default-value")
    return OutcomeDeclaration(
        id=attribute(element, "identifier"),
        cardinality=kind[0],
        base_type=kind[1],
        default=declared_values(default, problems) if default is not None else None,
        normal_maximum=attribute(element, "normal-maximum") or None,
        normal_minimum=attribute(element, "normal-minimum") or None,
        lookup=_table(tables[0]) if tables else None,
    )


def written(element: Element) -> str:
    """The element's name as the author wrote it."""
    return str(element.tag).rpartition("}")[2]


def declared_type(element: Element, problems: Problems) -> tuple[Cardinality, BaseType] | None:
    """Cardinality and base type; None when a problem was reported."""
    cardinality = _CARDINALITIES.get(attribute(element, "cardinality"))
    # A record has no base type of its own; ours is the typed text it is taken from.
    otherwise = "string" if cardinality == "record" else ""
    base_type = _BASE_TYPES.get(attribute(element, "base-type", otherwise))
    if cardinality is None or base_type is None or not attribute(element, "identifier"):
        problems.refuse(
            element,
            mark("<{element}> lacks a known identifier, cardinality or base type"),
            element=written(element),
        )
        return None
    return cardinality, base_type


def declared_values(element: Element, problems: Problems) -> tuple[str, ...]:
    """The texts of the `value`s in `element`."""
    values = children(element, "value")
    for value in values:
        if attribute(value, "field-identifier"):
            problems.refuse(value, mark("records (values with field names) are not supported"))
    return tuple((value.text or "").strip() for value in values)


def _mapping(element: Element) -> ResponseMapping:
    return ResponseMapping(
        entries=tuple(
            MapEntry(
                attribute(entry, "map-key"),
                attribute(entry, "mapped-value"),
                is_true(attribute(entry, "case-sensitive", "true")),
            )
            for entry in children(element, "map-entry")
        ),
        default=attribute(element, "default-value", "0"),
        lower=attribute(element, "lower-bound") or None,
        upper=attribute(element, "upper-bound") or None,
    )


def _areas(element: Element) -> AreaMapping:
    return AreaMapping(
        tuple(
            AreaEntry(
                attribute(entry, "shape"),
                attribute(entry, "coords"),
                attribute(entry, "mapped-value"),
            )
            for entry in children(element, "area-map-entry")
        ),
        default=attribute(element, "default-value", "0"),
        lower=attribute(element, "lower-bound") or None,
        upper=attribute(element, "upper-bound") or None,
    )


def _table(element: Element) -> LookupTable:
    return LookupTable(
        _TABLES[name_of(element)],
        tuple(
            LookupRow(
                attribute(row, "source-value"),
                attribute(row, "target-value"),
                is_true(attribute(row, "include-boundary", "true")),
            )
            for row in children(element, "match-table-entry", "interpolation-table-entry")
        ),
        default=attribute(element, "default-value") or None,
    )
