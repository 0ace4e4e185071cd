"""Collects text and blocks as markup is walked, and gives them out tidy.

White space counts as XHTML counts it, with one difference: a line break in the source between two
Chinese characters is nothing, because Chinese has no blanks between words.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from kiosk.assessment.content import Block, LineBreak, Paragraph, Span, Style, Text

_BLANKS: Final = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
"""White space other than a single blank, which is most of it and stays."""
_BREAK: Final = "\n"
"""Stands for a white space with a line break until its neighbours are known."""
_CJK: Final = (
    r"[\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]"
)
_BREAK_IN_CHINESE: Final = re.compile(f"(?<={_CJK}){_BREAK}(?={_CJK})")
_RUN: Final = re.compile(f"[ {_BREAK}]+")


class Flow:
    """The blocks of one container (a body, a list entry, a cell) in the making."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._spans: list[Span] = []

    def text(self, text: str | None, styles: tuple[Style, ...]) -> None:
        """Text as it stands in the source."""
        if text:
            tidy = _BLANKS.sub(lambda run: _BREAK if "\n" in run[0] else " ", text)
            self._spans.append(Text(tidy, styles))

    def span(self, span: Span) -> None:
        self._spans.append(span)

    def block(self, block: Block) -> None:
        """A block of its own; the text before it becomes a paragraph."""
        self.end_paragraph()
        self._blocks.append(block)

    def end_paragraph(self) -> None:
        spans = tidy_spans(self._spans)
        self._spans = []
        if spans:
            self._blocks.append(Paragraph(spans))

    def blocks(self) -> tuple[Block, ...]:
        self.end_paragraph()
        return tuple(self._blocks)


def tidy_spans(spans: list[Span]) -> tuple[Span, ...]:
    """Spans with white space collapsed, none at the ends of lines, equal neighbours joined."""
    return _trimmed(_joined(_collapsed(_joined(spans))))


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    kept = (span for span in spans if not isinstance(span, Text) or span.text)
    for styles, run in itertools.groupby(
        kept, lambda span: span.styles if isinstance(span, Text) else None
    ):
        if styles is None:
            joined += run
        else:
            joined.append(
                Text("".join(span.text for span in run if isinstance(span, Text)), styles)
            )
    return joined


def _collapsed(spans: list[Span]) -> list[Span]:
    """One blank between words at most, over the borders of spans too."""
    texts = [span.text if isinstance(span, Text) else None for span in spans]
    found: list[Span] = []
    before = " "  # at the start of a line white space is nothing
    for at, span in enumerate(spans):
        if not isinstance(span, Text):
            before = " " if isinstance(span, LineBreak) else ""
            found.append(span)
            continue
        after = next((text[0] for text in texts[at + 1 : at + 2] if text), "")
        text = span.text
        if _BREAK in text:
            # The neighbours are only looked at; neither is a break that could be taken out.
            around = _BREAK_IN_CHINESE.sub("", before + text + after)
            text = around[len(before) : len(around) - len(after)]
        text = _RUN.sub(" ", text)
        if before == " ":
            text = text.lstrip(" ")
        if text:
            found.append(Text(text, span.styles))
            before = text[-1]
    return found


def _trimmed(spans: list[Span]) -> tuple[Span, ...]:
    """Without white space and line breaks at the end, and none before a line break."""
    kept: list[Span] = []
    ends = True
    for span in reversed(spans):
        if ends and isinstance(span, LineBreak) and not kept:
            continue
        if ends and isinstance(span, Text):
            text = span.text.rstrip(" ")
            if not text:
                continue
            span = Text(text, span.styles)
        ends = isinstance(span, LineBreak)
        kept.append(span)
    kept.reverse()
    while kept and isinstance(kept[0], LineBreak):
        kept.pop(0)
    return tuple(kept)
