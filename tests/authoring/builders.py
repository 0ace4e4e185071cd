"""Items and banks in one line: `an_item(...)` gives QTI 3, `a_bank(...)` a folder of them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.assessment.items import Item
from kiosk.authoring.compiled import CompiledBank, compile_bank, compile_item
from kiosk.authoring.metadata import Resource
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import SourceItem, read_item
from kiosk.authoring.source_bank import read_source_bank
from kiosk.authoring.source_writer import NewItem, write_source_bank
from kiosk.errors import InputRefused
from kiosk.readers.xml import parse_xml

QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"
OPTIONS = {"A": "hydrochloric acid", "B": "kerosene oil", "C": "ammonia water", "D": "oxalic acid"}


def an_item(
    body: str,
    *,
    identifier: str = "I1",
    declarations: str = "",
    processing: str = f'<qti-response-processing template="{TEMPLATES}/match_correct"/>',
    lang: str = "en",
    extra: str = "",
) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="{QTI}" identifier="{identifier}" title="A title" xml:lang="{lang}"
  adaptive="false" time-dependent="false">
{declarations}
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-item-body>{body}</qti-item-body>
{processing}
{extra}</qti-assessment-item>""".encode()


def a_response(
    *correct: str,
    identifier: str = "RESPONSE",
    cardinality: str = "single",
    base_type: str = "identifier",
    mapping: str = "",
) -> str:
    values = "".join(f"<qti-value>{value}</qti-value>" for value in correct)
    key = f"<qti-correct-response>{values}</qti-correct-response>" if correct else ""
    return (
        f'<qti-response-declaration identifier="{identifier}" cardinality="{cardinality}"'
        f' base-type="{base_type}">{key}{mapping}</qti-response-declaration>'
    )


def a_mapping(*entries: tuple[str, str], **attributes: str) -> str:
    inside = "".join(
        f'<qti-map-entry map-key="{key}" mapped-value="{value}"/>' for key, value in entries
    )
    said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<qti-mapping{said}>{inside}</qti-mapping>"


def a_choice(
    *correct: str,
    options: dict[str, str] | None = None,
    identifier: str = "I1",
    most: int = 1,
    shuffle: bool = True,
    prompt: str = "Which of these strips the loaded organic phase?",
    lang: str = "en",
    fixed: str = "",
    mapping: str = "",
    template: str = "match_correct",
) -> bytes:
    choices = "".join(
        f'<qti-simple-choice identifier="{name}"'
        f"{' fixed=' + chr(34) + 'true' + chr(34) if name == fixed else ''}>{said}"
        "</qti-simple-choice>"
        for name, said in (options or OPTIONS).items()
    )
    return an_item(
        f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="{most}"'
        f' shuffle="{str(shuffle).lower()}"><qti-prompt>{prompt}</qti-prompt>{choices}'
        "</qti-choice-interaction>",
        identifier=identifier,
        declarations=a_response(
            *correct, cardinality="single" if most == 1 else "multiple", mapping=mapping
        ),
        processing=f'<qti-response-processing template="{TEMPLATES}/{template}"/>',
        lang=lang,
    )


FOUR = (
    (
        "What floats on the aqueous phase?",
        ("loaded organic", "raffinate", "scrub liquor", "slag"),
    ),
    ("Name a diluent.", ("sulfonated kerosene", "P507", "iron", "quartz")),
    ("Who may open the guard?", ("nobody while it turns", "a guest", "the cook", "a trainee")),
    ("Where is the weir?", ("in the settler", "under the roof", "at the gate", "on the truck")),
)


def four_choices(**named: object) -> list[bytes]:
    """Enough items for the one knowledge point, none like another."""
    return [
        a_choice(
            "ABCD"[n],
            identifier=f"I{n}",
            prompt=prompt,
            options=dict(
                zip("ABCD", (*options[1 : n + 1], options[0], *options[n + 1 :]), strict=True)
            ),
            **named,
        )
        for n, (prompt, options) in enumerate(FOUR)
    ]


def a_true_false(key: str = "true", **named: str) -> bytes:
    options = {"true": "True", "false": "False"}
    return a_choice(key, options=options, prompt="Acid strips.", **named)


def a_text_entry(
    *correct: str, base_type: str = "string", mapping: str = "", template: str = "match_correct"
) -> bytes:
    return an_item(
        '<p>Fill in <qti-text-entry-interaction response-identifier="RESPONSE"'
        ' expected-length="7"/> here.</p>',
        declarations=a_response(*correct, base_type=base_type, mapping=mapping),
        processing=f'<qti-response-processing template="{TEMPLATES}/{template}"/>',
    )


def two_lists(key_1: str = "A", key_2: str = "C") -> bytes:
    """Two inline choices that use the same identifiers, scored by rules of their own."""

    def one(name: str) -> str:
        inside = "".join(
            f'<qti-inline-choice identifier="{letter}">{letter.lower()}-{name}</qti-inline-choice>'
            for letter in "ABC"
        )
        return (
            f'<qti-inline-choice-interaction response-identifier="{name}" shuffle="true">{inside}'
            "</qti-inline-choice-interaction>"
        )

    def arm(name: str, key: str) -> str:
        return f"""<qti-response-condition><qti-response-if><qti-match>
          <qti-variable identifier="{name}"/>
          <qti-base-value base-type="identifier">{key}</qti-base-value></qti-match>
          <qti-set-outcome-value identifier="SCORE"><qti-sum><qti-variable identifier="SCORE"/>
          <qti-base-value base-type="float">1</qti-base-value></qti-sum></qti-set-outcome-value>
          </qti-response-if></qti-response-condition>"""

    return an_item(
        f"<p>First {one('R1')}, then {one('R2')}.</p>",
        declarations=a_response(key_1, identifier="R1") + a_response(key_2, identifier="R2"),
        processing="<qti-response-processing><qti-set-outcome-value identifier='SCORE'>"
        "<qti-base-value base-type='float'>0</qti-base-value></qti-set-outcome-value>"
        f"{arm('R1', key_1)}{arm('R2', key_2)}</qti-response-processing>",
    )


def read(data: bytes, name: str = "items/i.xml") -> tuple[SourceItem | None, Problems]:
    problems = Problems(name)
    return read_item(parse_xml(data, name), problems), problems


def compiled(data: bytes, files: dict[str, bytes] | None = None) -> tuple[Item | None, Problems]:
    """The item alone, with the files of its bank by path."""

    def load(path: str) -> bytes:
        try:
            return (files or {})[path]
        except KeyError:
            raise InputRefused("there is no such file", where=path) from None

    source, problems = read(data)
    if source is None:
        return None, problems
    return compile_item({source.lang: source}, Pictures(load), problems), problems


def said(problems: Problems) -> str:
    return "\n".join(problem.say("en") for problem in problems.all)


def a_png(colour: tuple[int, int, int] = (10, 20, 30)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (12, 9), colour).save(file, "PNG")
    return file.getvalue()


def an_svg(inside: str, *, box: str = "0 0 100 50") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{inside}</svg>'.encode()


def a_bank(
    folder: Path, *items: bytes, media: dict[str, bytes] | None = None, reason: str = "see the book"
) -> Path:
    """A source bank of `items`, all on one knowledge point."""
    new = []
    for data in items:
        root = parse_xml(data, "built.xml")
        identifier = root.get("identifier", "")
        lang = root.get("{http://www.w3.org/XML/1998/namespace}lang", "en")
        about = Resource(
            id=identifier,
            href="",
            title="A title",
            knowledge_point="KP-01",
            levels=("L5",),
            difficulty=300,
            reason=reason,
        )
        new.append(NewItem(identifier, lang, about, data))
    write_source_bank(folder, new, media or {})
    return folder


def a_compiled_bank(folder: Path, *items: bytes) -> CompiledBank:
    return compile_bank(read_source_bank(a_bank(folder, *items)))


class Keys:
    """The parties of a sealing."""

    def __init__(self) -> None:
        self.author = PrivateKeys.generate(Role.AUTHOR, "Author")
        self.opening = PrivateKeys.generate(Role.OPENING, "Station")
        self.recovery = PrivateKeys.generate(Role.RECOVERY, "Recovery")

    @property
    def recipients(self) -> tuple:
        return (self.opening.record, self.recovery.record)
