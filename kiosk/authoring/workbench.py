"""The author's window without the window: a bank's items, tried out one by one.

A `Workbench` holds one bank as it was last read, the item that is looked at and the answers given to
it, and says what these score and why, by the very code that seals and scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from kiosk.assessment.items import Item
from kiosk.assessment.responses import Response, checked
from kiosk.authoring.compiled import CompiledBank, CompiledItem, compile_bank
from kiosk.authoring.findings import Finding, Severity
from kiosk.authoring.lint import check_bank
from kiosk.authoring.source_bank import read_source_bank
from kiosk.errors import InputRefused
from kiosk.scoring.explanations import explain_trace
from kiosk.scoring.marking import best_score, by_people
from kiosk.scoring.numbers import written
from kiosk.scoring.outcomes import score_item
from kiosk.words import text


class Row(Struct, frozen=True):
    """An item in the list; `worst` is the gravest finding about it."""

    item: str
    title: str
    worst: Severity | Literal["fine"]


class Scored(Struct, frozen=True):
    """What the answers earn: `points` of `most` as text, and the reasons in words."""

    points: str
    most: str
    why: tuple[str, ...]


class Workbench:
    """Raises InputRefused when the bank in `folder` cannot be read at all."""

    def __init__(self, folder: Path, lang: str) -> None:
        self.folder = folder
        self.lang = lang
        self.at = 0
        self._responses: dict[str, dict[str, Response]] = {}
        self._read()

    def read_again(self) -> None:
        """The bank as it is on the disk now; answers to what can still have them stay."""
        at = self.rows[self.at].item if self.rows else ""
        self._read()
        self.at = next((place for place, row in enumerate(self.rows) if row.item == at), 0)
        for item, given in self._responses.items():
            one = self._items.get(item)
            self._responses[item] = {} if one is None else _still_valid(one.item, given)

    def speak(self, lang: str) -> None:
        """Say findings and reasons in `lang`."""
        self.lang = lang
        self._find()

    # --- the list ---------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        titles = self.compiled.source.head.title
        return titles.get(self.lang) or next(iter(titles.values()))

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def select(self, at: int) -> None:
        if 0 <= at < len(self._rows):
            self.at = at

    # --- the item ---------------------------------------------------------------------------------

    @property
    def item(self) -> Item | None:
        """The item that is looked at; None when it could not be compiled (`findings` say why)."""
        one = self._one()
        return None if one is None else one.item

    @property
    def responses(self) -> Mapping[str, Response]:
        return self._responses.get(self._name(), {})

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be said of the item, the gravest first."""
        name = self._name()
        return tuple(finding for finding in self._findings if finding.item == name)

    @property
    def scored(self) -> Scored | None:
        """None for an item that cannot be scored here: not compiled, or read by people."""
        one = self._one()
        if one is None or by_people(one.rules):
            return None
        outcome = score_item(one.rules, self.responses)
        try:
            most = written(best_score(one.rules))
        except InputRefused:
            most = "?"
        return Scored(written(outcome.score), most, explain_trace(outcome.trace, self.lang))

    def media(self, name: str) -> bytes:
        return self.compiled.media[name]

    # --- answering --------------------------------------------------------------------------------

    def answer(self, response: str, value: Response) -> None:
        """Give an answer; one the item cannot have changes nothing."""
        one = self._one()
        if one is None:
            return
        try:
            given = checked(one.item, response, value)
        except InputRefused:
            return
        self._responses.setdefault(self._name(), {})[response] = given

    def answer_right(self) -> None:
        """Give the declared right answers, as far as the item declares any."""
        one = self._one()
        if one is not None:
            for response in one.rules.responses:
                if response.correct:
                    self.answer(response.id, response.correct)

    def clear(self) -> None:
        self._responses.pop(self._name(), None)

    # --- within -----------------------------------------------------------------------------------

    def _read(self) -> None:
        self.compiled: CompiledBank = compile_bank(read_source_bank(self.folder))
        self._items: dict[str, CompiledItem] = {one.item.id: one for one in self.compiled.items}
        self._find()

    def _find(self) -> None:
        self._findings = check_bank(self.compiled, self.lang)
        # Errors stand first, so the first finding about an item is its gravest.
        worst: dict[str, Severity] = {}
        for finding in self._findings:
            worst.setdefault(finding.item, finding.severity)
        self._rows = tuple(
            Row(
                entry.id,
                next(
                    (one.title for one in (entry.resources.get(self.lang), entry.about) if one),
                    "",
                ),
                worst.get(entry.id, "fine"),
            )
            for entry in self.compiled.source.entries
        )

    def _name(self) -> str:
        return self._rows[self.at].item if self._rows else ""

    def _one(self) -> CompiledItem | None:
        return self._items.get(self._name())


def _still_valid(item: Item, given: dict[str, Response]) -> dict[str, Response]:
    kept = {}
    for response, value in given.items():
        try:
            kept[response] = checked(item, response, value)
        except InputRefused:
            continue
    return kept


def summary(rows: tuple[Row, ...], lang: str) -> str:
    """How many items there are, and how many want a look."""
    errors = sum(row.worst == "error" for row in rows)
    warnings = sum(row.worst == "warning" for row in rows)
    return text(
        "{items} items, {errors} with errors, {warnings} with warnings",
        lang,
        items=len(rows),
        errors=errors,
        warnings=warnings,
    )
