"""The reporting sheet: certificates by a list of columns that an admin edits, as XLSX or CSV in which no cell acts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec
from msgspec import Struct

from kiosk.documents.sheets import to_csv, to_xlsx
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import shown
from kiosk.station.certificates.issuing import Issued
from kiosk.station.certificates.ladder import FOLDER, PARTS
from kiosk.station.roster import LEVEL_WORDS
from kiosk.trust.durable import storage
from kiosk.words import mark, text

FILE: Final = "reporting.toml"
OURS: Final = Path(__file__).with_name(FILE)
_LONGEST: Final = 100_000

Holds = Literal[
    "number", "candidate", "name", "discipline", "title", "level", "level_name", "earned", "issued", "until",
    "theory", "practice", "simulator", "review", "issuer", "state", "revoked_on", "revoked",
]  # fmt: skip
HOLDS: Final[tuple[str, ...]] = get_args(Holds)


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    called: str
    holds: Holds


class Reporting(Struct, frozen=True, forbid_unknown_fields=True):
    column: tuple[Column, ...]
    words: Literal["zh-CN", "en"] = "zh-CN"


def read_reporting(folder: Path) -> Reporting:
    """The columns of the station in `folder`: its own, else ours.

    Raises:
        InputRefused: they cannot be used, and why.
    """
    own = folder / FOLDER / FILE
    with storage(own):
        path = own if own.is_file() else OURS
        data = path.read_bytes()[:_LONGEST]
    try:
        return msgspec.convert(tomllib.loads(data.decode()), Reporting)
    except (ValueError, msgspec.ValidationError) as fault:
        raise InputRefused(
            mark("the columns of the reporting sheet cannot be used: {fault}"),
            where=str(path),
            remedy=mark("Correct that line, or take the file away and ours is used"),
            fault=str(fault),
        ) from fault


def reporting_sheet(columns: Reporting, issued: Iterable[Issued], *, as_csv: bool) -> bytes:
    """The sheet; the first row says what the columns are called."""
    rows = [
        [one.called for one in columns.column],
        *(
            [_value(one, column.holds, columns.words) for column in columns.column]
            for one in issued
        ),
    ]
    return to_csv(rows) if as_csv else to_xlsx(rows, text(mark("Certificates"), columns.words))


def _value(one: Issued, holds: Holds, lang: str) -> str:
    match holds:
        case "title":
            return one.title[lang]
        case "level_name":
            return text(LEVEL_WORDS[one.level], lang)
        case "issuer":
            return one.issuer.get(lang, "")
        case "state":
            return text(mark("holds") if one.revoked is None else mark("revoked"), lang)
        case "revoked":
            return one.revoked or ""
        case _ if holds in PARTS:
            return next((shown(part.marks) for part in one.parts if part.part == holds), "")
        case _:
            return str(getattr(one, holds))
