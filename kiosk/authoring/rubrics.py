"""What an item tells its markers: the rubric blocks for scorers, as marking points in plain words.

    <qti-rubric-block view="scorer" use="scoring"> ... <li>Two causes (1 point)</li>

A line of a list, or a paragraph, that ends with its points is a marking point; all else is guidance. The
languages of an item must name the same points in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Lang
from kiosk.authoring.compile import compile_text, for_markers
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import SourceItem
from kiosk.authoring.qti.dialect import name_of
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, text_of
from kiosk.scoring.numbers import number, written
from kiosk.scoring.rubric import MarkingPoint, Rubric, split_points
from kiosk.scoring.rules import SCORE
from kiosk.words import mark

MAX_POINTS = 30
"""Marking points of an item: what a person can look for in one answer."""


def rubric_of(sources: dict[Lang, SourceItem], problems: Problems) -> Rubric:
    """What markers of an item are told, from all its languages; empty where it tells them nothing."""
    lines = {lang: [split_points(line) for line in _lines(one)] for lang, one in sources.items()}
    first = next(iter(sources.values()))
    worth = [points for _, points in next(iter(lines.values())) if points]
    for lang, told in lines.items():
        if [points for _, points in told if points] != worth:
            problems.file = sources[lang].file
            problems.refuse(
                sources[lang].body,
                mark("{file} differs from {other} in its marking points"),
                file=sources[lang].file,
                other=first.file,
            )
            return Rubric()
    if len(worth) > MAX_POINTS:
        problems.refuse(first.body, mark("more than {n} marking points"), n=MAX_POINTS)
        return Rubric()
    words = {lang: [line for line, points in told if points] for lang, told in lines.items()}
    guidance = {
        lang: "\n".join(line for line, points in told if not points) for lang, told in lines.items()
    }
    rubric = Rubric(
        points=tuple(
            MarkingPoint({lang: said[at] for lang, said in words.items()}, points)
            for at, points in enumerate(worth)
        ),
        guidance={lang: said for lang, said in guidance.items() if said},
        most=_most(first),
    )
    _note_sum(rubric, first, problems)
    return rubric


def _most(source: SourceItem) -> str | None:
    """The full mark an item names; of one that rules mark it is no business of a person's."""
    score = source.rules.outcome(SCORE)
    if score is None or source.rules.template or source.rules.processing:
        return None
    try:
        return score.normal_maximum if number(score.normal_maximum or "0") > 0 else None
    except InputRefused:
        return None


def _note_sum(rubric: Rubric, source: SourceItem, problems: Problems) -> None:
    total = sum((number(point.points) for point in rubric.points), Fraction(0))
    if rubric.points and rubric.most is not None and total < number(rubric.most):
        problems.note(
            source.body,
            mark("the marking points sum to {total}, the full mark is {most}: nobody can reach it"),
            total=written(total),
            most=rubric.most,
        )


def _lines(source: SourceItem) -> Iterator[str]:
    for block in source.body.iter("{*}*"):
        if name_of(block) != "rubric-block" or not for_markers(block):
            continue
        entries = [part for part in block.iter("{*}*") if name_of(part) in ("li", "p", "td")]
        for entry in entries or [block]:
            if any(part is not entry and part in entries for part in entry.iter("{*}*")):
                continue  # its parts are lines of their own
            yield from _plain(source, entry).splitlines()


def _plain(source: SourceItem, entry: Element) -> str:
    """The words of a line; formulae say theirs, and a picture its own."""
    scratch = Problems(source.file)
    alone = SourceItem(
        source.id, "", source.lang, source.file, entry, (), {}, source.rules
    )  # an answer field has no place in it
    text = compile_text(alone, Pictures(_nothing), scratch)
    return plain_text(text.body) if text is not None else " ".join(text_of(entry).split())


def _nothing(path: str) -> bytes:
    raise InputRefused(f"no picture is shown to markers: {path}")
