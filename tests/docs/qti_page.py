"""`docs/qti.md`: what is read of QTI, found out by trying it.

`python -m tests.docs.qti_page` writes the page again. What it says of others' items is renewed where
they are (`KIOSK_SHARED_DATA`), and stays as it stands elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from lxml import etree

from kiosk.assessment.items import Item
from kiosk.authoring.compiled import CompiledItem, compile_bank
from kiosk.authoring.importing import Imported, import_sources
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_rules
from kiosk.authoring.qti.dialect import VERSIONS, name_of
from kiosk.authoring.qti.interactions import LEFT_OUT, READERS, UNDELIVERABLE
from kiosk.authoring.qti.upgrade import TEMPLATES
from kiosk.authoring.reach import reach_of
from kiosk.authoring.source_bank import read_source_bank
from kiosk.authoring.try_item import outcomes_of
from kiosk.errors import InputRefused
from kiosk.readers.xml import parse_xml
from kiosk.scoring.operator_registry import OPERATORS
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.whole_tests import QUESTIONS
from kiosk.ui.item_view import render_png
from tests.authoring.builders import a_choice, a_png, a_response, an_item
from tests.authoring.interactions import EXTENDED, ITEMS, MEDIA, WRONG
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "qti.md"
_OUTSIDE = "## Others' items"
_NAMESPACES = {said: address for address, said in reversed(VERSIONS.items())}
_SINCE = {"media-interaction": "2.1", "portable-custom-interaction": "3.0"}
"""The first version that has an interaction, where it is not 2.0."""

_FIELDS = {
    "choice": (a_choice("A", identifier="choice"), ("B",)),
    "inline_choice": (
        an_item(
            '<p>Fill <qti-inline-choice-interaction response-identifier="RESPONSE">'
            '<qti-inline-choice identifier="A">a</qti-inline-choice>'
            '<qti-inline-choice identifier="B">b</qti-inline-choice>'
            "</qti-inline-choice-interaction></p>",
            identifier="inline_choice",
            declarations=a_response("A"),
        ),
        ("B",),
    ),
    "text_entry": (
        an_item(
            '<p>Write <qti-text-entry-interaction response-identifier="RESPONSE"/></p>',
            identifier="text_entry",
            declarations=a_response("Ce", base_type="string"),
        ),
        ("La",),
    ),
    "extended_text": (EXTENDED, ("words",)),
}
_TRIED = _FIELDS | {name: (data, WRONG[name]) for name, data in ITEMS.items()}


def _refusing(inside: str, base_type: str = "identifier") -> bytes:
    return an_item(inside, declarations=a_response("A", base_type=base_type))


_RULE = "<qti-response-processing>{}</qti-response-processing>"
_SET = '<qti-set-outcome-value identifier="SCORE">{}</qti-set-outcome-value>'
_CONSTRUCTS = {
    "an item of several attempts (adaptive)": a_choice("A").replace(
        b'adaptive="false"', b'adaptive="true"'
    ),
    "sound or film in the text": a_choice("A", prompt='<audio src="a.mp3"/>'),
    "a page of the network": a_choice(
        "A", prompt='<object data="https://example.org/a" type="text/html"/>'
    ),
    "XInclude": a_choice(
        "A", prompt='<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="a.xml"/>'
    ),
    "feedback that is shown until a rule hides it": a_choice(
        "A",
        prompt='<qti-feedback-inline outcome-identifier="SCORE" identifier="a" show-hide="hide">x'
        "</qti-feedback-inline>",
    ),
    "a template of response processing that is none of QTI's": a_choice("A").replace(
        b"match_correct", b"somebodys_own"
    ),
    "a score that hangs on chance": an_item(
        "<p>x</p>",
        declarations=a_response("A"),
        processing=_RULE.format(_SET.format('<qti-random-integer min="1" max="2"/>')),
    ),
    "an operator of its maker alone": an_item(
        "<p>x</p>",
        declarations=a_response("A"),
        processing=_RULE.format(_SET.format('<qti-custom-operator definition="acme:Guess"/>')),
    ),
    "an operator on a whole test in an item": an_item(
        "<p>x</p>",
        declarations=a_response("A"),
        processing=_RULE.format(_SET.format("<qti-number-correct/>")),
    ),
    "a key that no value of its type is": an_item(
        "<p>x</p>", declarations=a_response("three", base_type="integer")
    ),
}
_NOTED = {
    "modal feedback": a_choice("A").replace(
        b"</qti-assessment-item>",
        b'<qti-modal-feedback outcome-identifier="SCORE" identifier="a" show-hide="show">'
        b"<qti-content-body>x</qti-content-body></qti-modal-feedback></qti-assessment-item>",
    ),
    "style sheets": a_choice("A").replace(
        b"<qti-item-body>", b'<qti-stylesheet href="a.css" type="text/css"/><qti-item-body>'
    ),
    "rubrics for markers": a_choice(
        "A", prompt="x</qti-prompt><qti-prompt>", identifier="I1"
    ).replace(
        b"<qti-item-body>",
        b'<qti-item-body><qti-rubric-block view="scorer"><p>x</p></qti-rubric-block>',
    ),
    "a mask for what is typed": an_item(
        '<p><qti-text-entry-interaction response-identifier="RESPONSE" pattern-mask="[a-z]+"/></p>',
        declarations=a_response("a", base_type="string"),
    ),
    "pictures and pages that are missing": a_choice("A", prompt='<img src="a.png" alt="a"/>'),
}


def page() -> str:
    """All but what is said of others' items."""
    lines = [
        "# What is read of QTI",
        "",
        "Found out by trying: a test imports an item of ours of each interaction in each version,",
        "scores its key and a wrong answer, draws it, and writes this page",
        "(`python -m tests.docs.qti_page`). Every refusal names item and line.",
        "",
        "## Interactions",
        "",
        "**i** imported, **s** scored (the key gets all, a wrong answer less; **p**: people mark it),",
        "**v** shown at a seat. Empty: the version has no such interaction.",
        "",
        f"| interaction | {' | '.join(_versions())} |",
        f"|---|{'---|' * len(_versions())}",
    ]
    columns = [_column(version) for version in _versions()]
    for name in (*READERS, *LEFT_OUT, *UNDELIVERABLE):
        cells = " | ".join(column[name] for column in columns)
        lines.append(f"| {_shown(name)} | {cells} |")
    lines += ["", "Refused, because no seat can deliver it:", ""]
    lines += [f"- {_shown(name)}: {reason}" for name, reason in UNDELIVERABLE.items()]
    lines += ["", "## What refuses an item", "", "| | what the import says |", "|---|---|"]
    for said, data in _CONSTRUCTS.items():
        (refused,) = _imported({"item.xml": data})[0].refused
        lines.append(f"| {said} | {_reason(refused.reason)} |")
    lines += ["", "## What is left out with a note", "", "| | what the import says |", "|---|---|"]
    for said, data in _NOTED.items():
        found, _ = _imported({"item.xml": data})
        assert found.imported, found.refused
        notes = dict.fromkeys(_reason(note.text) for note in found.notes)
        lines.append(f"| {said} | {'; '.join(notes)} |")
    operators = ", ".join(f"`{name}`" for name in sorted((*OPERATORS, "null")))
    lines += ["", "## Expressions that are computed", "", f"{operators}.", ""]
    of_tests = ", ".join(f"`{name}`" for name in QUESTIONS)
    lines += [
        f"In the outcome processing of a test (`kiosk bank score TEST.xml`) also {of_tests}.",
        "",
    ]
    return "\n".join(lines)


def outside_section(data: Path) -> str:
    """What became of the items in `data`, others' own."""
    rows, refused, odd = [], defaultdict(list), []
    by_folder: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((data / "qti" / "ims").rglob("*.xml")):
        if _is_item(path):
            by_folder[path.relative_to(data / "qti" / "ims").parts[1]].append(path)
    for folder, paths in by_folder.items():
        taken, keyed, full = 0, 0, 0
        for path in paths:
            found, compiled = _imported({path.name: path.read_bytes()}, pictures=True)
            taken += found.imported
            for one in found.refused:
                refused[_reason(one.reason)].append(f"{folder}/{path.stem}")
            for item in compiled:
                reach = reach_of(item.item, item.rules)
                if reach.key is None:
                    continue
                keyed += 1
                if reach.key == reach.best > reach.silence:
                    full += 1
                else:
                    assert item.rules.outcome("SCORE0") is not None, path
                    odd.append(f"{folder}/{path.stem}")
        rows.append(f"| {folder} | {len(paths)} | {taken} | {keyed} | {full} |")
    lines = [
        _OUTSIDE,
        "",
        "IMS's examples as kept in oat-sa/qti-sdk (their pictures replaced by one of ours), by folder;",
        "*full*: the declared key gets the best score there is, and no answer less.",
        "",
        "| folder | items | imported | with a key | full |",
        "|---|---|---|---|---|",
        *rows,
        "",
        f"With a key and not full, because they put their points into `SCORE0`: {', '.join(odd)}.",
        "",
        "Refused:",
        "",
    ]
    lines += [f"- {reason}: {', '.join(names)}" for reason, names in sorted(refused.items())]
    lines += ["", *_triples(data / "qti" / "citolab"), ""]
    return "\n".join(lines)


def _triples(folder: Path) -> list[str]:
    triples = [json.loads(line) for line in (folder / "triples.jsonl").open()]
    wrong = []
    for triple in triples:
        path = folder / triple["item"]
        rules = read_rules(parse_xml(path.read_bytes(), path.name), Problems(path.name))
        given = {name: tuple(values) for name, values in triple["responses"].items()}
        got = None if rules is None else outcomes_of(rules, given)[triple["outcome"]]
        if got != triple["expected"]:
            wrong.append(f"- {triple['item']} {given}: {got}, not {triple['expected']}")
    held = len(triples) - len(wrong)
    said = (
        f"Of {len(triples)} outcomes that the tests of Citolab's scoring engine expect, {held} hold"
    )
    return [f"{said} exactly{'; these do not:' if wrong else '.'}", *wrong]


def renewed(old: str) -> str:
    """The page, with the section on others' items as it stood where they are not at hand."""
    data = os.environ.get("KIOSK_SHARED_DATA")
    if data:
        return f"{page()}\n{outside_section(Path(data))}"
    return f"{page()}\n{outside_of(old)}"


def outside_of(text: str) -> str:
    _, heading, rest = text.partition(_OUTSIDE)
    return heading + rest


# --- trying ---------------------------------------------------------------------------------------


def _versions() -> tuple[str, ...]:
    return tuple(sorted(_NAMESPACES))


def _column(version: str) -> dict[str, str]:
    """What became of each interaction in `version`, by name."""
    files = {f"items/{name}.xml": in_version(data, version) for name, (data, _) in _TRIED.items()}
    found, compiled = _imported({**files, **MEDIA})
    assert found.refused == (), found.refused
    items = {one.item.id: one for one in compiled}
    cells = {}
    for name in READERS:
        key = name.removesuffix("-interaction").replace("-", "_")
        cells[name] = _cell(items[key], _TRIED[key][1])
    for name in (*LEFT_OUT, *UNDELIVERABLE):
        since = _SINCE.get(name, "2.0")
        cells[name] = "" if version < since else _undelivered(name, version)
    return cells


def _cell(one: CompiledItem, wrong: tuple[str, ...]) -> str:
    reach = reach_of(one.item, one.rules)
    response = one.item.interactions[0].response
    less = score_item(one.rules, {response: wrong}).score
    if reach.key is None:
        scored = "p" if one.rules.template is None and not one.rules.processing else "–"
    else:
        scored = "s" if reach.key == reach.best > less else "–"
    return f"i {scored} {'v' if _is_shown(one.item) else '–'}"


_drawn: list[Item] = []


def _is_shown(item: Item) -> bool:
    """Whether a picture of it can be made; items that are equal look the same."""
    if item not in _drawn:
        load = {"": a_png()}.__getitem__
        picture = render_png(item, lang="en", theme="light", scale=100, media=load)
        if not picture.startswith(b"\x89PNG"):
            return False
        _drawn.append(item)
    return True


def _undelivered(name: str, version: str) -> str:
    tag = f"qti-{name}"
    inside = f'<{tag} response-identifier="B" title="t"/>'
    base = "boolean" if name in LEFT_OUT else "file"
    data = (
        a_choice("A")
        .replace(b"<qti-item-body>", f"<qti-item-body><p>{inside}</p>".encode())
        .replace(
            b"<qti-outcome-declaration",
            f"{a_response(identifier='B', base_type=base)}<qti-outcome-declaration".encode(),
            1,
        )
    )
    found, _ = _imported({"item.xml": in_version(data, version)})
    if found.imported:
        assert found.notes
        return "left out"
    assert UNDELIVERABLE[name] in found.refused[0].reason, found.refused
    return "refused"


def in_version(data: bytes, version: str) -> bytes:
    """An item of ours in QTI 3, in an older version's names."""
    if version == "3.0":
        return data
    root = etree.fromstring(data)
    for element in root.iter("{*}*"):
        name = etree.QName(element).localname
        if name == "img" and name_of(element.getparent()) in _ON_PICTURES:
            _as_object(element)
        elif name.startswith("qti-"):
            for key, value in list(element.attrib.items()):
                del element.attrib[key]
                element.set(_camel(str(key)), value)
    text = etree.tostring(root).decode().replace(_NAMESPACES["3.0"], _NAMESPACES[version])
    text = text.replace(f"{TEMPLATES}", f"{_NAMESPACES[version]}/rptemplates/")
    return re.sub(r"(</?)qti-([a-z-]+)", lambda tag: tag[1] + _camel(tag[2]), text).encode()


_ON_PICTURES = {name for name in READERS if name.startswith("graphic")} | {
    "hotspot-interaction", "select-point-interaction", "position-object-interaction",
    "position-object-stage", "gap-img",
}  # fmt: skip
"""Whose picture QTI 2 gives as an `object`."""


def _as_object(element: etree._Element) -> None:
    namespace = etree.QName(element).namespace
    element.tag = f"{{{namespace}}}object"
    element.set("data", element.attrib.pop("src"))
    element.set("type", "image/svg+xml")
    element.text = element.attrib.pop("alt")


def _camel(name: str) -> str:
    return re.sub(r"-([a-z])", lambda found: found[1].upper(), name)


def _imported(
    files: dict[str, bytes], *, pictures: bool = False
) -> tuple[Imported, tuple[CompiledItem, ...]]:
    """What of a folder comes in, and its items compiled; with `pictures` there for those missing."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder, "in", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        bank = Path(folder, "bank")
        found = import_sources([Path(folder, "in")], bank, lang="en")
        if not found.imported:
            return found, ()
        if pictures:
            bring_pictures(found, bank)
        return found, compile_bank(read_source_bank(bank)).items


_MISSING = re.compile(r"([^\s']+)(?: is missing: |'$)")


def bring_pictures(found: Imported, bank: Path) -> None:
    """Puts some picture where each stands that imported items came without."""
    for note in found.notes:
        for path in _MISSING.findall(note.text):
            place = bank / (path if path.startswith("media/") else f"media/{path}")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"<p>A page.</p>" if path.endswith("html") else a_png())


def _is_item(path: Path) -> bool:
    try:
        return name_of(parse_xml(path.read_bytes(), path.name)) == "assessment-item"
    except InputRefused:
        return False


def _shown(name: str) -> str:
    return name.removesuffix("-interaction").replace("-", " ")


def _reason(text: str) -> str:
    """A reason without its lines, for a table."""
    parts = dict.fromkeys(re.sub(r"\bline \d+: ", "", part) for part in text.split("; "))
    return re.sub(r"<([\w-]+)>", r"`<\1>`", "; ".join(parts).replace("|", "\\|"))


if __name__ == "__main__":
    old = PAGE.read_text("utf-8") if PAGE.exists() else ""
    PAGE.write_text(renewed(old).rstrip() + "\n", "utf-8")
    sys.stdout.write(f"{PAGE}\n")
