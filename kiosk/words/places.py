"""The places of errors in the reader's language: `roster.csv, row 3, column seat`."""

from __future__ import annotations

from kiosk.words import mark, text

_KINDS = {
    "row": mark("row {n}"),
    "column": mark("column {n}"),
    "exam": mark("exam {n}"),
    "section": mark("section {n}"),
}


def place(where: str, lang: str) -> str:
    """`where` in the language `lang`; the file, which comes first, keeps its name."""
    file, *inside = where.split(", ")
    told = [file]
    for part in inside:
        kind, _, n = part.partition(" ")
        told.append(text(_KINDS[kind], lang, n=n) if n and kind in _KINDS else part)
    return ("，" if lang == "zh-CN" else ", ").join(told)
