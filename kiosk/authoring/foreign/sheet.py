"""Questions in a table, one a row, in the layout that docs/author.md describes (Chinese or English).

A header names each column; `sheet_words` has all names. Every fault names its row and its column,
and no row is taken by half.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from msgspec.structs import replace

from kiosk.authoring.foreign.drafts import (
    Answer,
    Choices,
    Draft,
    Essay,
    Numbers,
    Option,
    Pairs,
    Part,
    Question,
    Sequence,
    Texts,
    true_false,
)
from kiosk.authoring.foreign.markup import clean, from_plain, gap
from kiosk.authoring.foreign.qti3 import written_item
from kiosk.authoring.foreign.sheet_words import (
    DIFFICULTY_WORDS,
    FALSE_WORDS,
    LEVEL_WORDS,
    TRUE_WORDS,
    TYPE_WORDS,
    Column,
    Columns,
    folded,
    read_columns,
)
from kiosk.authoring.foreign.texts import identifier_from, number_text
from kiosk.authoring.metadata import DIFFICULTIES, Resource
from kiosk.authoring.problems import Problems
from kiosk.errors import InputRefused
from kiosk.readers.tables import Fault, Row, read_table
from kiosk.words import mark

_BLANK: Final = re.compile(r"_{2,}|＿{2,}|（\s*）|\(\s*\)")
_LETTERS: Final = re.compile(r"[A-Z]([\s,、;/.和]*[A-Z])*")
_PAIRS: Final = re.compile(r"([A-Z])\s*[-=:>→–—]{1,2}\s*([A-Z])(?:[\s,、;/.和]+|$)")
_TOLERANCE: Final = re.compile(r"(.*?)\s*(?:±|\+/-|\+-)\s*(.*)", re.DOTALL)
_DIFFICULTIES: Final = tuple(DIFFICULTIES.values())


def read_sheet(data: bytes, file: str, stem: str) -> Iterator[Draft]:
    """Every row of a CSV or XLSX table; an item in two languages gives two drafts.

    Args:
        stem: names rows that have no identifier.

    Raises:
        InputRefused: no table, or without the columns that are needed.
    """
    refused: list[InputRefused] = []
    table = read_table(data, file, refused)
    columns = read_columns(table.columns)
    missing = [name for name in ("type", "stem", "key") if not columns.has(name)]
    if missing:
        raise InputRefused(
            mark("the table has no column for: {columns}"),
            where=file,
            remedy=mark("Begin with the header of the example: kiosk bank example --out FILE.xlsx"),
            columns=missing,
        )
    for name in columns.unknown:
        problems = Problems(file)
        problems.note(None, mark("the column '{column}' is not known; it is not read"), column=name)
        yield Draft(problems)
    for row in table.rows:
        yield from _Row(row, columns, Problems(file, line=row.number, row=True), stem).drafts()
    for fault in refused:
        problems = Problems(file)
        problems.refuse(
            None,
            mark("{where}: {reason}; {remedy}"),
            where=fault.where,
            reason=fault.summary,
            remedy=fault.remedy,
        )
        yield Draft(problems)


class _Row:
    """One question."""

    def __init__(self, row: Row, columns: Columns, problems: Problems, stem: str) -> None:
        self.row = row
        self.columns = columns
        self.problems = problems
        problems.item = identifier_from(self.value(Column("id"))) or f"{stem}-{row.number}"
        if self.value(Column("id")) and not identifier_from(self.value(Column("id"))):
            problems.note(
                None,
                mark("the identifier has no Latin letters; {item} is used"),
                item=problems.item,
            )

    def drafts(self) -> list[Draft]:
        problems = self.problems
        for name, cell in self.row.cells.items():
            if isinstance(cell, Fault) and name in self.columns.known:
                problems.refuse(
                    None,
                    mark("column '{column}': {reason}; {remedy}"),
                    column=name,
                    reason=cell.summary,
                    remedy=cell.remedy,
                )
        kind = TYPE_WORDS.get(folded(self.value(Column("type"))), "")
        if not kind:
            problems.refuse(
                None,
                mark("the type '{text}' is not known; write one of: {known}"),
                text=self.value(Column("type"))[:40],
                known="单选 多选 判断 填空 计算 连线 排序 简答"
                " / single multiple true/false text number matching order essay",
            )
        about = self.about()
        made = [] if problems.refused else [self.draft(lang, kind, about) for lang in self.langs()]
        # An item whose one language is refused is refused whole.
        return [Draft(problems)] if problems.refused else made

    def langs(self) -> list[str]:
        """The languages this row is written in, the sheet's own first."""
        return [
            lang
            for lang in self.columns.langs
            if lang == self.columns.langs[0] or self.value(Column("stem", lang))
        ]

    def draft(self, lang: str, kind: str, about: Resource) -> Draft:
        stem = self.value(Column("stem", lang))
        if not stem:
            self.problems.refuse(None, mark("the question has no text"))
        body, parts = self.parts(kind, stem, lang)
        title = " ".join(stem.split())[:60]
        question = Question(self.problems.item, title, lang, from_plain(body), parts)
        item = None if self.problems.refused else written_item(question, self.problems)
        return Draft(self.problems, item, replace(about, title=title))

    def parts(self, kind: str, stem: str, lang: str) -> tuple[str, tuple[Part, ...]]:
        """The text with its gaps, and what is to be answered."""
        key = self.value(Column("key"))
        if kind == "essay":
            return stem, (Essay(marking=from_plain(key) if key else None),)
        if not key:
            self.problems.refuse(None, mark("the key is missing"))
            return stem, ()
        match kind:
            case "single" | "multiple":
                return stem, self.choices(key, lang, several=kind == "multiple")
            case "true_false":
                return stem, self.true_false(key, lang)
            case "text":
                return self.blanks(key, stem)
            case "number":
                return self.number(key, stem)
            case "matching":
                return stem, self.pairs(key, lang)
            case _:
                return stem, self.sequence(key, lang)

    def choices(self, key: str, lang: str, *, several: bool) -> tuple[Part, ...]:
        options = self.options(lang)
        plain = folded(key).upper()
        letters = re.findall("[A-Z]", plain)
        if not _LETTERS.fullmatch(plain) or len(set(letters)) != len(letters):
            self.problems.refuse(
                None, mark("the key '{text}' is not letters of options, such as A or ABD"), text=key
            )
        elif not several and len(letters) != 1:
            self.problems.refuse(
                None, mark("a single choice with the key '{text}'; is it multiple?"), text=key
            )
        self.check_letters(letters, options)
        if self.problems.refused:
            return ()
        return (
            Choices(
                tuple(
                    Option(from_plain(text), Fraction(letter in letters), id=letter)
                    for letter, text in options.items()
                ),
                several=several,
                all_or_nothing=several,
            ),
        )

    def options(self, lang: str) -> dict[str, str]:
        """The options of this row by letter, without the letters that all of them begin with."""
        texts = {
            letter: self.value(Column("option", lang, letter)) for letter in self.columns.letters
        }
        written = {letter: text for letter, text in texts.items() if text}
        bare = {letter: _without_letter(letter, text) for letter, text in written.items()}
        return written if None in bare.values() else {key: text or "" for key, text in bare.items()}

    def check_letters(self, letters: Iterable[str], options: dict[str, str]) -> None:
        for letter in sorted(set(letters) - options.keys()):
            self.problems.refuse(
                None, mark("the key names {letter}, but there is no such option"), letter=letter
            )

    def pairs(self, key: str, lang: str) -> tuple[Part, ...]:
        """`A-C B-D`: what stands first in a pair is left, all other options are right."""
        options = self.options(lang)
        plain = folded(key).upper()
        pairs = _PAIRS.findall(plain)
        lefts = [left for left, _ in pairs]
        rights = [letter for letter in options if letter not in lefts]
        if _PAIRS.sub("", plain) or len(set(lefts)) != len(lefts) or not pairs:
            self.problems.refuse(
                None, mark("the key '{text}' is not pairs of options, such as A-C B-D"), text=key
            )
        self.check_letters((letter for pair in pairs for letter in pair), options)
        for _, right in pairs:
            if right in lefts:
                self.problems.refuse(
                    None, mark("{letter} stands on both sides of the pairs"), letter=right
                )
        if self.problems.refused:
            return ()
        return (
            Pairs(
                tuple(from_plain(options[letter]) for letter in lefts),
                tuple(from_plain(options[letter]) for letter in rights),
                tuple((at, rights.index(right)) for at, (_, right) in enumerate(pairs)),
            ),
        )

    def sequence(self, key: str, lang: str) -> tuple[Part, ...]:
        """`CABD`: all options in their right order."""
        options = self.options(lang)
        plain = folded(key).upper()
        letters = re.findall("[A-Z]", plain)
        if not _LETTERS.fullmatch(plain) or sorted(letters) != sorted({*letters, *options}):
            self.problems.refuse(
                None,
                mark("the key '{text}' is not every option once, in order, such as CABD"),
                text=key,
            )
        self.check_letters(letters, options)
        if self.problems.refused:
            return ()
        return (Sequence(tuple(from_plain(options[letter]) for letter in letters)),)

    def true_false(self, key: str, lang: str) -> tuple[Part, ...]:
        plain = folded(key)
        # Some write 正确 and 错误 as options A and B, and the letter as the key.
        plain = folded(self.options(lang).get(plain.upper(), plain))
        if plain not in TRUE_WORDS | FALSE_WORDS:
            self.problems.refuse(
                None,
                mark("the key '{text}' is neither true nor false (对, 错, √, ×, T, F)"),
                text=key,
            )
            return ()
        return (true_false(plain in TRUE_WORDS, lang),)

    def blanks(self, key: str, stem: str) -> tuple[str, tuple[Part, ...]]:
        """One field for each `____` of the text; `|` parts equivalents, `;` parts fields."""
        count = len(_BLANK.findall(stem))
        keys = re.split("[;；]", key) if count > 1 else [key]
        if count > 1 and len(keys) != count:
            self.problems.refuse(
                None,
                mark("{blanks} blanks but {keys} keys; write one key a blank, with ; between"),
                blanks=count,
                keys=len(keys),
            )
            return stem, ()
        parts = []
        for one in keys:
            texts = [" ".join(text.split()) for text in re.split("[|｜]", one)]
            if not all(texts):
                self.problems.refuse(None, mark("an empty answer"))
                return stem, ()
            known = {text.casefold(): text for text in reversed(texts)}
            ordered = sorted(known.values(), key=texts.index)
            parts.append(Texts(tuple(Answer(text, Fraction(1)) for text in ordered)))
        return _with_gaps(stem), tuple(parts)

    def number(self, key: str, stem: str) -> tuple[str, tuple[Part, ...]]:
        found = _TOLERANCE.fullmatch(folded(key))
        value = number_text(found[1] if found else folded(key))
        margin = number_text(found[2] if found else folded(self.value(Column("tolerance"))) or "0")
        if value is None or margin is None or margin.startswith("-"):
            self.problems.refuse(
                None, mark("the key '{text}' is not a number, such as 3.5 or 3.5±0.1"), text=key
            )
            return stem, ()
        if len(_BLANK.findall(stem)) > 1:
            self.problems.refuse(None, mark("a number is asked for at one blank only"))
        return _with_gaps(stem), (Numbers((Answer(value, Fraction(1), tolerance=margin),)),)

    def about(self) -> Resource:
        """The metadata."""
        levels = []
        for word in re.split(r"[\s,、;/，；]+", self.value(Column("level"))):
            level = LEVEL_WORDS.get(folded(word))
            if word and level is None:
                self.problems.refuse(
                    None, mark("the level '{text}' is not known, such as L5 or 初级工"), text=word
                )
            elif level:
                levels.append(level)
        said = folded(self.value(Column("difficulty")))
        step = DIFFICULTY_WORDS.get(said)
        if said and step is None:
            self.problems.refuse(
                None, mark("the difficulty '{text}' is not 1 to 5, nor 易, 中 or 难"), text=said
            )
        return Resource(
            id=self.problems.item,
            href="",
            knowledge_point=self.value(Column("knowledge_point")),
            levels=tuple(dict.fromkeys(levels)),
            difficulty=_DIFFICULTIES[step - 1] if step else None,
            reason=self.value(Column("reason")),
        )

    def value(self, column: Column) -> str:
        cell = self.row.cells.get(self.columns.names.get(column, ""), "")
        return clean(cell, self.problems) if isinstance(cell, str) else ""


def _without_letter(letter: str, text: str) -> str | None:
    """The option of `A. text` or `Ａ、text`; None where it does not begin with its letter."""
    full_width = chr(ord(letter) + ord("Ａ") - ord("A"))
    found = re.fullmatch(rf"\s*[{letter}{full_width}]\s*[.．、:：)）]\s*(.+)", text, re.DOTALL)
    return found[1] if found else None


def _with_gaps(stem: str) -> str:
    numbers = iter(range(len(_BLANK.findall(stem))))
    return _BLANK.sub(lambda _: gap(next(numbers)), stem)
