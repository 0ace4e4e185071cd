"""One QTI 3 item of each interaction beyond choices and fields, with its key and a wrong answer."""

from __future__ import annotations

from tests.authoring.builders import TEMPLATES, a_mapping, a_response, an_item, an_svg

MEDIA = {
    "media/plant.svg": an_svg('<rect width="200" height="100"/>', box="0 0 200 100"),
    "media/pump.svg": an_svg('<circle cx="10" cy="10" r="8"/>', box="0 0 20 20"),
}
PLANT = '<img src="../media/plant.svg" alt="A plant" width="200" height="100"/>'
PUMP = '<img src="../media/pump.svg" alt="A pump"/>'


def _processing(name: str) -> str:
    return f'<qti-response-processing template="{TEMPLATES}/{name}"/>'


def _choices(kind: str, names: str, extra: str = "") -> str:
    return "".join(
        f'<qti-{kind} identifier="{n}"{extra}>{n.lower()} word</qti-{kind}>' for n in names
    )


def _spots(kind: str, names: str, extra: str = "") -> str:
    return "".join(
        f'<qti-{kind} identifier="{name}" shape="circle" coords="{20 + 40 * at},50,15"'
        f' hotspot-label="tank {name}"{extra}/>'
        for at, name in enumerate(names)
    )


def _item(name: str, body: str, declaration: str, template: str = "match_correct") -> bytes:
    return an_item(
        body, identifier=name, declarations=declaration, processing=_processing(template)
    )


def _interaction(kind: str, inside: str, **attributes: str) -> str:
    said = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return (
        f'<qti-{kind}-interaction response-identifier="RESPONSE"{said}>'
        f"<qti-prompt>Do it</qti-prompt>{inside}</qti-{kind}-interaction>"
    )


ONCE = ' match-max="1"'
AREAS = (
    '<qti-area-mapping default-value="0"><qti-area-map-entry shape="circle" coords="60,50,15"'
    ' mapped-value="1"/></qti-area-mapping>'
)
PAIRS = a_mapping(("A X", "1"), ("B Y", "1"), default_value="0")

ITEMS: dict[str, bytes] = {
    "order": _item(
        "order",
        _interaction("order", _choices("simple-choice", "ABC"), shuffle="true"),
        a_response("B", "C", "A", cardinality="ordered"),
    ),
    "associate": _item(
        "associate",
        _interaction("associate", _choices("simple-associable-choice", "ABCD", ONCE)),
        a_response("A B", "C D", cardinality="multiple", base_type="pair"),
    ),
    "match": _item(
        "match",
        _interaction(
            "match",
            f"<qti-simple-match-set>{_choices('simple-associable-choice', 'AB', ONCE)}"
            "</qti-simple-match-set><qti-simple-match-set>"
            f"{_choices('simple-associable-choice', 'XY', ' match-max=' + chr(34) + '0' + chr(34))}"
            "</qti-simple-match-set>",
            shuffle="true",
        ),
        a_response("A X", "B Y", cardinality="multiple", base_type="directedPair", mapping=PAIRS),
        "map_response",
    ),
    "gap_match": _item(
        "gap_match",
        _interaction(
            "gap-match",
            _choices("gap-text", "ABC", ONCE)
            + '<p>First <qti-gap identifier="X"/>, then <qti-gap identifier="Y"/>.</p>',
        ),
        a_response("A X", "B Y", cardinality="multiple", base_type="directedPair"),
    ),
    "hottext": _item(
        "hottext",
        _interaction(
            "hottext",
            '<p>The <qti-hottext identifier="A">acid</qti-hottext> is'
            ' <qti-hottext identifier="B">blue</qti-hottext>.</p>',
            max_choices="1",
        ),
        a_response("B"),
    ),
    "slider": _item(
        "slider",
        _interaction("slider", "", lower_bound="0", upper_bound="14", step="2"),
        a_response("6", base_type="integer"),
    ),
    "hotspot": _item(
        "hotspot",
        _interaction("hotspot", PLANT + _spots("hotspot-choice", "ABC"), max_choices="1"),
        a_response("B"),
    ),
    "select_point": _item(
        "select_point",
        _interaction("select-point", PLANT, max_choices="1"),
        a_response("60 50", base_type="point", mapping=AREAS),
        "map_response_point",
    ),
    "graphic_order": _item(
        "graphic_order",
        _interaction("graphic-order", PLANT + _spots("hotspot-choice", "ABC")),
        a_response("C", "A", "B", cardinality="ordered"),
    ),
    "graphic_associate": _item(
        "graphic_associate",
        _interaction("graphic-associate", PLANT + _spots("associable-hotspot", "ABC", ONCE)),
        a_response("A C", cardinality="multiple", base_type="pair"),
    ),
    "graphic_gap_match": _item(
        "graphic_gap_match",
        _interaction(
            "graphic-gap-match",
            PLANT
            + _choices("gap-text", "AB", ONCE)
            + f'<qti-gap-img identifier="C"{ONCE} object-label="pump">{PUMP}</qti-gap-img>'
            + _spots("associable-hotspot", "XY", ONCE),
        ),
        a_response("A X", "C Y", cardinality="multiple", base_type="directedPair"),
    ),
    "position_object": _item(
        "position_object",
        f"<p>Put it.</p><qti-position-object-stage>{PLANT}"
        '<qti-position-object-interaction response-identifier="RESPONSE" max-choices="1">'
        f"{PUMP}</qti-position-object-interaction></qti-position-object-stage>",
        a_response("60 50", base_type="point", mapping=AREAS),
        "map_response_point",
    ),
}
EXTENDED = an_item(
    _interaction("extended-text", "", expected_lines="9"),
    identifier="extended_text",
    declarations=a_response(base_type="string"),
    processing="",
)
WRONG: dict[str, tuple[str, ...]] = {
    "order": ("A", "B", "C"),
    "associate": ("A C", "B D"),
    "match": ("A Y", "B X"),
    "gap_match": ("B X", "A Y"),
    "hottext": ("A",),
    "slider": ("8",),
    "hotspot": ("A",),
    "select_point": ("10 10",),
    "graphic_order": ("A", "B", "C"),
    "graphic_associate": ("A B",),
    "graphic_gap_match": ("A Y",),
    "position_object": ("100 50",),
}
