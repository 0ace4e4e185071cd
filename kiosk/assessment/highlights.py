"""Passages of a question's text that a candidate highlighted, for their own use.

A passage lies in one line of the compiled content: a paragraph, a cell, a caption. It is named by
language, block path and characters, so that it means the same on every screen; a highlight in one
language says nothing about the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.content import (
    Block,
    Figure,
    ItemList,
    Paragraph,
    Place,
    Preformatted,
    Span,
    Table,
    Text,
)
from kiosk.assessment.items import Item

MOST_PASSAGES = 100
"""Passages highlighted in one item, all languages together."""
THING = "\ufffc"
"""The one character that a formula, a picture or a field is in its line."""

_ENDS = "。！？；\n"


class Passage(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, order=True):
    """Characters `start` to before `end` of one line.

    `path` leads to the line: the block's number, then for a list the entry's and the block's in it,
    for a table the row's and the cell's. It starts in the text of `choice` of `response`, or in the
    item's body where both are empty.
    """

    lang: str
    path: tuple[int, ...]
    start: int
    end: int
    response: str = ""
    choice: str = ""

    def same_line(self, other: Passage) -> bool:
        return replace(self, start=other.start, end=other.end) == other


Passages = tuple[Passage, ...]
"""Sorted; none touches another."""


def with_passage(passages: Passages, passage: Passage, on: bool) -> Passages:
    """`passages` with one more highlighted, or taken back; what touches is one."""
    beside = [one for one in passages if not one.same_line(passage)]
    line = [one for one in passages if one.same_line(passage)]
    start, end = passage.start, passage.end
    if on:
        met = [one for one in line if one.start <= end and one.end >= start]
        beside += [one for one in line if one not in met]
        first = min([start, *(one.start for one in met)])
        beside.append(replace(passage, start=first, end=max([end, *(one.end for one in met)])))
    else:
        for one in line:
            left = replace(one, end=min(one.end, start))
            right = replace(one, start=max(one.start, end))
            beside += [part for part in (left, right) if part.start < part.end]
    return tuple(sorted(beside))


def covers(passages: Passages, passage: Passage) -> bool:
    """Whether all of `passage` is highlighted."""
    return any(
        one.same_line(passage) and one.start <= passage.start and one.end >= passage.end
        for one in passages
    )


def lines_of(
    blocks: tuple[Block, ...], before: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[int, ...], str]]:
    """Each line of `blocks` with its path, as characters one can point at."""
    for at, block in enumerate(blocks):
        path = (*before, at)
        match block:
            case Paragraph(spans):
                yield path, characters(spans)
            case Preformatted(text):
                yield path, text
            case ItemList(entries):
                for number, entry in enumerate(entries):
                    yield from lines_of(entry, (*path, number))
            case Table(rows, caption):
                if caption:
                    yield path, characters(caption)
                for down, row in enumerate(rows):
                    for across, cell in enumerate(row):
                        yield (*path, down, across), characters(cell.spans)
            case Figure(_, caption):
                if caption:
                    yield path, characters(caption)
            case Place():
                pass


def characters(spans: tuple[Span, ...]) -> str:
    """A line with one character for each thing in it that is no text."""
    return "".join(_characters(span) for span in spans)


def _characters(span: Span) -> str:
    return span.text if isinstance(span, Text) else THING


def words_of(item: Item, passage: Passage) -> str | None:
    """What stands in `passage` as one hears it; None where the item has no such place."""
    words = item.texts.get(passage.lang)
    if words is None:
        return None
    if passage.response or passage.choice:
        blocks = words.choices.get(passage.response, {}).get(passage.choice, ())
    else:
        blocks = words.body
    line = dict(lines_of(blocks)).get(passage.path, "")
    if not 0 <= passage.start < passage.end <= len(line):
        return None
    return line[passage.start : passage.end]


def sentence_around(line: str, at: int) -> tuple[int, int]:
    """The start and end of the sentence in `line` that holds the character `at`."""
    ends = [place + 1 for place in range(len(line)) if _ends_sentence(line, place)]
    for start, end in pairwise([0, *ends, len(line)]):
        if at < end:
            return start + len(line[start:end]) - len(line[start:end].lstrip()), end
    return 0, len(line)


def _ends_sentence(line: str, place: int) -> bool:
    if line[place] in ".!?;":
        return line[place + 1 : place + 2] == " "  # 0.5 goes on
    return line[place] in _ENDS
