"""Sources that are not QTI, imported in one line and looked at as an author would."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl

from kiosk.authoring.compiled import CompiledItem, compile_bank
from kiosk.authoring.foreign.drafts import Draft
from kiosk.authoring.importing import Imported, import_sources
from kiosk.authoring.lint import check_bank
from kiosk.authoring.reach import reach_of
from kiosk.authoring.source_bank import read_source_bank
from kiosk.scoring.marking import best_score, by_people
from kiosk.scoring.outcomes import score_item


class Taken:
    """What an import of one file gave, the bank read back by our own reader."""

    def __init__(self, folder: Path, name: str, data: bytes, lang: str = "en") -> None:
        path = folder / name
        path.write_bytes(data)
        self.bank = folder / "bank"
        self.found: Imported = import_sources([path], self.bank, lang=lang)
        self.items: dict[str, CompiledItem] = {}
        self.errors: list[str] = []
        self.media: dict[str, bytes] = {}
        if self.found.imported:
            compiled = compile_bank(read_source_bank(self.bank))
            self.items = {one.item.id: one for one in compiled.items}
            self.errors = [one.text for one in check_bank(compiled) if one.severity == "error"]
            self.media = compiled.media

    @property
    def refused(self) -> dict[str, str]:
        return {one.item: one.reason for one in self.found.refused}

    @property
    def notes(self) -> str:
        return "\n".join(f"{one.item}: {one.text}" for one in self.found.notes)

    def score(self, item: str, *values: str, **others: str) -> float:
        """The share of the item's points that a response earns."""
        responses = {name: (value,) for name, value in others.items()}
        rules = self.items[item].rules
        if values:
            responses["RESPONSE"] = values
        return float(score_item(rules, responses).score / best_score(rules))

    def all_keys_score_full(self) -> bool:
        for one in self.items.values():
            if by_people(one.rules):
                continue
            reach = reach_of(one.item, one.rules)
            assert reach.key == reach.best == best_score(one.rules), one.item.id
            assert reach.silence == 0
        return bool(self.items) and not self.errors


def whole_or_said(draft: Draft) -> bool:
    """Whether a draft is an item, or nothing of it and the reason."""
    if draft.problems.refused:
        return draft.item is None
    return draft.item is not None or bool(draft.problems.all)


def a_workbook(rows: list[list[Any]], *merged: str) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
