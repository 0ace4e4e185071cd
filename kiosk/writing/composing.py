"""Writing Chinese, key by key: what is spelled, the words of this page, and what goes into the text.

A value for what a screen shows (`Spelling`), and `Composer`, which the screen tells what was pressed.
Text is returned when it is to go into the field; until then nothing of it is in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from kiosk.writing import LETTERS

if TYPE_CHECKING:
    from kiosk.writing.engine import Engine  # a seat loads it once somebody writes Chinese

MOST_ON_A_PAGE = 9
"""As many as there are digits to choose them by."""

_PUNCTUATION = {
    ",": "，",
    ".": "。",
    ";": "；",
    ":": "：",
    "?": "？",
    "!": "！",
    "(": "（",
    ")": "）",
    "\\": "、",
    "<": "《",
    ">": "》",
    "[": "【",
    "]": "】",
    "^": "……",
    "_": "——",
}
_PAIRS = {'"': "“”", "'": "‘’"}
_OF_A_NUMBER = ".,:"
"""Stay as they are after a digit: 12.5, 1,391, 8:30."""


class Spelling(Struct, frozen=True):
    """What is being spelled.

    `letters` by syllable, with what was chosen of it (`萃取 ji`); `words` of this page, the one at
    `marked` being taken by the space bar; `earlier` and `more`: whether there are pages before and
    after.
    """

    letters: str = ""
    words: tuple[str, ...] = ()
    marked: int = 0
    earlier: bool = False
    more: bool = False


class Composer:
    """One field's letters on their way to words."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._starts = [0]
        self._words: tuple[str, ...] = ()
        self._marked = 0
        self._fits = MOST_ON_A_PAGE
        engine.drop()

    @property
    def spelling(self) -> Spelling:
        """What is to be shown now; nothing when nothing is being spelled."""
        return Spelling(
            letters=self._engine.spelled(),
            words=self._words[: self._fits],
            marked=self._marked,
            earlier=len(self._starts) > 1,
            more=len(self._words) > self._fits,
        )

    @property
    def busy(self) -> bool:
        """Whether something is being spelled."""
        return bool(self._engine.spelled())

    def fit(self, words: int) -> None:
        """There is room for so many of the page's words, at least one."""
        self._fits = max(1, min(words, MOST_ON_A_PAGE))
        self._marked = min(self._marked, self._fits - 1)

    def spell(self, letter: str) -> bool:
        """One more letter, or `'` between syllables; False when it cannot be spelled with."""
        if letter not in LETTERS or not self._engine.spell(letter):
            return False
        self._first_page()
        return True

    def rub_out(self) -> None:
        """Take back the last choice of a part, or the last letter."""
        self._engine.rub_out()
        self._first_page()

    def choose(self, at: int) -> str | None:
        """Choose the word `at` of this page. The text for the field when nothing is left to choose,
        an empty one while something is, None when there is no such word."""
        if not 0 <= at < min(self._fits, len(self._words)):
            return None
        text = self._engine.choose(self._starts[-1] + at)
        self._first_page()
        return text

    def choose_all(self) -> str:
        """Choose what is marked, and the likeliest for the rest; letters that mean nothing stay."""
        text = self.choose(self._marked)
        while text == "" and self._words:
            text = self.choose(0)
        return text or self.as_spelled()

    def as_spelled(self) -> str:
        """The letters as they were typed, with what was chosen of them, which ends the spelling."""
        text = self._engine.spelled().replace(" ", "").replace("'", "")
        self.drop()
        return text

    def drop(self) -> None:
        """Forget what is being spelled."""
        self._engine.drop()
        self._first_page()

    def mark(self, by: int) -> None:
        """Mark the word so many on, going round within the page."""
        shown = min(self._fits, len(self._words))
        if shown:
            self._marked = (self._marked + by) % shown

    def turn(self, forward: bool) -> None:
        """The next page, or the one before; nothing where there is none."""
        if forward and len(self._words) > self._fits:
            self._starts.append(self._starts[-1] + self._fits)
        elif not forward and len(self._starts) > 1:
            self._starts.pop()
        else:
            return
        self._fetch()

    def _first_page(self) -> None:
        self._starts = [0]
        self._fetch()

    def _fetch(self) -> None:
        self._words = self._engine.words(self._starts[-1], MOST_ON_A_PAGE + 1)
        self._fits, self._marked = MOST_ON_A_PAGE, 0


def punctuation(typed: str, before: str) -> str:
    """The Chinese sign for a sign of the keyboard, as it stands after the text `before`; the same
    sign where there is none. A quotation mark opens or closes by how many stand before it."""
    if typed in _OF_A_NUMBER and before[-1:].isdigit():
        return typed
    if pair := _PAIRS.get(typed):
        opened = before.count(pair[0]) - before.count(pair[1])
        return pair[1] if opened > 0 else pair[0]
    return _PUNCTUATION.get(typed, typed)
