"""What a reader met and could not take: named by file, line and element, never skipped in silence.

A problem that `refuses` means the item is not used at all; otherwise it is a note of what was left
out and why that is harmless.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, line_of
from kiosk.words import listed, mark, text

MAX_PROBLEMS: Final = 200
"""What is said of one item at most; a last sentence says that there is more."""


class Problem(Struct, frozen=True):
    """`sentence` is one of the catalogue's, `values` fills it; `element` is as the author wrote it."""

    sentence: str
    values: dict[str, str]
    refuses: bool
    item: str = ""
    file: str = ""
    line: int = 0
    row: bool = False
    """`line` is a row of a table."""

    def say(self, lang: str) -> str:
        """The problem with its line, in words."""
        # A value may be a sentence of the catalogue itself: why a table's cell cannot be used.
        values = {name: text(value, lang) for name, value in self.values.items()}
        said = text(self.sentence, lang, **values)
        if not self.line:
            return said
        if self.row:
            return text("row {row}: {said}", lang, row=self.line, said=said)
        return text("line {line}: {said}", lang, line=self.line, said=said)


class Problems:
    """Collects the problems of one file, so that an author sees all of them at once.

    `line` is where a question of a file that is not QTI begins (with `row`, in a table): problems
    of elements that were made from it stand there.
    """

    def __init__(self, file: str, item: str = "", *, line: int = 0, row: bool = False) -> None:
        self.file = file
        self.item = item
        self.line = line
        self.row = row
        self.all: list[Problem] = []

    def refuse(self, where: Element | None, sentence: str, /, **values: str | int | float) -> None:
        """The item cannot be used; `sentence` comes from `kiosk.words.mark`."""
        self._add(where, sentence, values, refuses=True)

    def note(self, where: Element | None, sentence: str, /, **values: str | int | float) -> None:
        """Something was left out; the item can be used."""
        self._add(where, sentence, values, refuses=False)

    @property
    def refused(self) -> bool:
        return any(problem.refuses for problem in self.all)

    def raise_if_refused(self, lang: str = "en") -> None:
        """Raises:
        InputRefused: with every problem that refuses the item.
        """
        reasons = [problem.say(lang) for problem in self.all if problem.refuses]
        if reasons:
            raise InputRefused(listed(reasons, lang, "; "), where=self.file)

    def _add(
        self,
        where: Element | None,
        sentence: str,
        values: dict[str, str | int | float],
        *,
        refuses: bool,
    ) -> None:
        line = (line_of(where) if where is not None else 0) or self.line
        if len(self.all) >= MAX_PROBLEMS:
            sentence, values, line = _MORE, {"n": MAX_PROBLEMS}, self.line
        problem = Problem(
            sentence,
            {key: str(value)[:200] for key, value in values.items()},
            refuses,
            self.item,
            self.file,
            line,
            self.row,
        )
        if problem not in self.all:
            self.all.append(problem)


_MORE: Final = mark("more than {n} problems; the others are not listed")
