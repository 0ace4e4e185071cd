"""The formula sheet of a source bank: one QTI stimulus a language, which candidates may look at.

    formula_sheet.LANG.xml

It travels in the bank's image and is shown where the plan of an exam allows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk.artefacts.bank import SHEET
from kiosk.assessment.content import Field, Place, Slot, spans_of
from kiosk.assessment.items import Item, ItemText, Lang
from kiosk.authoring.compile import compile_text
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problem, Problems
from kiosk.authoring.qti import SourceItem
from kiosk.authoring.qti.dialect import child
from kiosk.authoring.qti.upgrade import to_qti_3
from kiosk.authoring.source_bank import SourceBank
from kiosk.errors import InputRefused, NotThere
from kiosk.readers.xml import parse_xml
from kiosk.scoring.rules import ItemRules
from kiosk.words import mark

FILE: Final = "formula_sheet.{lang}.xml"


def compile_sheet(bank: SourceBank, pictures: Pictures) -> tuple[Item | None, tuple[Problem, ...]]:
    """The sheet in the languages it has, or None where there is none, or none that can be used."""
    texts: dict[Lang, ItemText] = {}
    found: list[Problem] = []
    for lang in bank.head.languages:
        problems = Problems(FILE.format(lang=lang))
        try:
            text = read_sheet(bank.load, lang, pictures, problems)
        except NotThere:
            continue
        found += problems.all
        if text is not None:
            texts[lang] = text
    return (Item(SHEET, (), texts) if texts else None), tuple(found)


def read_sheet(
    read: Callable[[str], bytes], lang: Lang, pictures: Pictures, problems: Problems
) -> ItemText | None:
    """The sheet in one language, from the file that `problems` are of; None where it is refused.

    Raises:
        NotThere: no such file.
    """
    try:
        return _text(read(problems.file), lang, pictures, problems)
    except NotThere:
        raise
    except InputRefused as fault:
        problems.refuse(None, mark("the formula sheet cannot be used: {reason}"), reason=str(fault))
        return None


def _text(data: bytes, lang: Lang, pictures: Pictures, problems: Problems) -> ItemText | None:
    root = to_qti_3(parse_xml(data, problems.file))
    body = child(root, "stimulus-body")
    if body is None:
        problems.refuse(root, mark("a formula sheet is a QTI stimulus with a body"))
        return None
    source = SourceItem(SHEET, "", lang, problems.file, body, (), {}, ItemRules(SHEET, ()))
    text = compile_text(source, pictures, problems)
    if text is None:
        return None
    asked = any(isinstance(one, Field | Slot) for one in spans_of(text.body))
    if asked or any(isinstance(block, Place) for block in text.body):
        problems.refuse(body, mark("a formula sheet asks nothing"))
        return None
    return text
