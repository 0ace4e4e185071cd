"""Which format a file is of, by its content first; a suffix only settles what content leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final, Literal

from kiosk.authoring.foreign.aiken import IS_AIKEN, read_aiken
from kiosk.authoring.foreign.drafts import Draft
from kiosk.authoring.foreign.gift import read_gift
from kiosk.authoring.foreign.moodle import read_moodle
from kiosk.authoring.foreign.sheet import read_sheet
from kiosk.authoring.foreign.sheet_words import looks_like_sheet
from kiosk.authoring.foreign.texts import identifier_from
from kiosk.errors import InputRefused
from kiosk.readers.tables import MAX_FILE_BYTES, decode_text
from kiosk.words import mark

Format = Literal["qti", "moodle", "sheet", "gift", "aiken"]

SUFFIXES: Final = (".xml", ".xlsx", ".csv", ".tsv", ".gift", ".txt")
"""Files of a folder or an archive that may hold questions."""

_ZIP: Final = b"PK\x03\x04"
_SNIFFED: Final = 65_536
_ROOT: Final = re.compile(r"<([A-Za-z_][\w.-]{0,80}(?::[\w.-]{1,80})?)[\s/>]")
_GIFT: Final = re.compile(r"(?<!\\)\{[^{}]{0,5000}\}|^[^\S\n]*::", re.MULTILINE)
_SEPARATORS: Final = re.compile("[,;\t，]")


def format_of(data: bytes, name: str) -> Format | None:
    """The format of a file, or None when it is none that is read."""
    if data.startswith(_ZIP):
        return "sheet"
    head = _head(data)
    if head.lstrip().startswith("<"):
        root = _ROOT.search(
            "".join(part.partition("-->")[2] for part in f"-->{head}".split("<!--"))
        )
        return "moodle" if root and root[1] == "quiz" else "qti"
    first = next((line for line in head.splitlines() if line.strip()), "")
    cells = tuple(cell.strip().strip('"') for cell in _SEPARATORS.split(first)[:64])
    if len(cells) > 1 and looks_like_sheet(cells):
        return "sheet"
    if IS_AIKEN.search(head):
        return "aiken"
    if _GIFT.search(head):
        return "gift"
    by_suffix: dict[str, Format] = {
        ".xml": "qti", ".csv": "sheet", ".tsv": "sheet", ".gift": "gift",
    }  # fmt: skip
    return by_suffix.get(PurePosixPath(name).suffix.lower())


def read_drafts(data: bytes, kind: Format, name: str, lang: str) -> Iterator[Draft]:
    """Every question of a file that is not QTI.

    Args:
        name: the file's path, for errors; its stem names questions without a name.
        lang: the language of formats that name none.

    Raises:
        InputRefused: the file as a whole cannot be read.
    """
    stem = identifier_from(PurePosixPath(name).stem) or "Q"
    match kind:
        case "moodle":
            return read_moodle(data, name, lang, stem)
        case "sheet":
            return read_sheet(data, name, stem)
        case "gift":
            return read_gift(_text(data, name), name, lang, stem)
        case "aiken":
            return read_aiken(_text(data, name), name, lang, stem)
        case "qti":
            raise ValueError("QTI is no draft")


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise InputRefused(
            mark("larger than {n} KiB"),
            where=name,
            remedy=mark("Split it into smaller files"),
            n=MAX_FILE_BYTES // 1024,
        )
    return decode_text(data, name, controls=True).replace("\r\n", "\n").replace("\r", "\n")


def _head(data: bytes) -> str:
    """The beginning as text, good enough to tell formats apart."""
    head = data[:_SNIFFED]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").lstrip("\ufeff")
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        # A character cut at the end of what is looked at is not another encoding.
        cut = len(head) - fault.start < 4 and len(data) > len(head)
        return head.decode("utf-8-sig" if cut else "gb18030", "ignore")
