"""What can be wrong with a bank as a whole: coverage of the standard, and habits that give keys away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Choice, Kind
from kiosk.authoring.compiled import CompiledBank, CompiledItem
from kiosk.authoring.findings import Finding
from kiosk.authoring.pictures import HUGE_BYTES
from kiosk.words import ntext, text

ITEMS_A_POINT: Final = 4
"""Every knowledge point needs at least this many (the rule of the certification trade)."""
MIN_FOR_BIAS: Final = 20
UNLIKELY: Final = 0.01
"""A habit is reported when chance alone would show it in less than this share of banks."""


def check_whole(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    """Every finding about the bank as a whole, in the language `lang`."""
    yield from _coverage(compiled, lang)
    yield from _weights(compiled, lang)
    yield from _key_positions(compiled, lang)
    yield from _longest(compiled, lang)
    yield from _true_false(compiled, lang)
    yield from _files(compiled, lang)


def _coverage(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    counts = Counter(one.about.knowledge_point for one in compiled.items)
    levels = set(compiled.source.head.levels)
    for content in compiled.source.standard.contents():
        for point in content.knowledge_points:
            n = counts[point.id]
            if levels & set(point.levels) and n < ITEMS_A_POINT:
                said = ntext(
                    "knowledge point '{point}' has {n} item; it needs {least}",
                    "knowledge point '{point}' has {n} items; it needs {least}",
                    n,
                    lang,
                    point=point.id,
                    least=ITEMS_A_POINT,
                )
                yield Finding("warning", "", said)


def _weights(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    standard = compiled.source.standard
    content_of = {
        point.id: content.id
        for content in standard.contents()
        for point in content.knowledge_points
    }
    for level in compiled.source.head.levels:
        if level not in standard.weights:
            yield Finding(
                "error",
                "",
                text("the standard has no weights for level {level}", lang, level=level),
            )
            continue
        counts = Counter(
            content_of.get(one.about.knowledge_point, "")
            for one in compiled.items
            if level in one.about.levels
        )
        total = counts.total()
        for content, weight in standard.weights_of(level).items():
            if not counts[content]:
                yield Finding(
                    "warning",
                    "",
                    text(
                        "level {level}: '{content}' weighs {weight} % but has no item",
                        lang,
                        level=level,
                        content=content,
                        weight=weight,
                    ),
                )
            elif counts[content] * 200 < weight * total:
                yield Finding(
                    "note",
                    "",
                    text(
                        "level {level}: '{content}' weighs {weight} % but has only {n} of {total} items",
                        lang,
                        level=level,
                        content=content,
                        weight=weight,
                        n=counts[content],
                        total=total,
                    ),
                )


def _key_positions(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    """Sealing gives shuffled options a new order, so only fixed orders can show a habit."""
    singles = [found for found in map(_single, compiled.items) if found and not found[0].shuffle]
    for place in range(max((len(choice.choices) for choice, _ in singles), default=0)):
        able = [(choice, key) for choice, key in singles if place < len(choice.choices)]
        hits = sum(choice.choices.index(key) == place for choice, key in able)
        chance = sum(1 / len(choice.choices) for choice, _ in able) / max(1, len(able))
        if len(able) >= MIN_FOR_BIAS and _tail(hits, len(able), chance) < UNLIKELY:
            yield Finding(
                "warning",
                "",
                text(
                    "in {hits} of {n} single choices with a fixed order the key is option {place}",
                    lang,
                    hits=hits,
                    n=len(able),
                    place=place + 1,
                ),
            )


def _longest(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    for language in compiled.source.head.languages:
        hits = n = 0
        chances = 0.0
        for one in compiled.items:
            found = _single(one)
            if found is None or language not in one.item.texts:
                continue
            choice, key = found
            words = one.item.texts[language].choices[choice.response]
            lengths = {name: len(plain_text(content)) for name, content in words.items()}
            longest = max(lengths.values())
            at_top = [name for name, length in lengths.items() if length == longest]
            if len(at_top) > 1:
                continue  # no option stands out
            n += 1
            chances += 1 / len(lengths)
            hits += at_top == [key]
        if n >= MIN_FOR_BIAS and _tail(hits, n, chances / n) < UNLIKELY:
            yield Finding(
                "warning",
                "",
                text(
                    "in {hits} of {n} single choices the key is the longest option ({language}); "
                    "shorten keys or lengthen the others",
                    lang,
                    hits=hits,
                    n=n,
                    language=language,
                ),
            )


def _true_false(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    keys = [
        key
        for one in compiled.items
        if one.item.kind is Kind.TRUE_FALSE
        for key in one.rules.responses[0].correct or ()
    ]
    hits = max(keys.count("true"), keys.count("false"))
    if len(keys) >= MIN_FOR_BIAS and 2 * _tail(hits, len(keys), 0.5) < UNLIKELY:
        yield Finding(
            "warning",
            "",
            text(
                "{right} of {n} true/false items are true; a guess pays",
                lang,
                right=keys.count("true"),
                n=len(keys),
            ),
        )


def _files(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    for path in compiled.source.unlisted():
        said = text("the manifest does not list the item file {path}", lang, path=path)
        yield Finding("warning", "", said)
    for path in compiled.unused:
        yield Finding("warning", "", text("no item shows the picture {path}", lang, path=path))
    for name, png in compiled.media.items():
        if len(png) > HUGE_BYTES:
            yield Finding(
                "warning",
                "",
                text(
                    "a picture of {n} KiB ({name}); make it smaller",
                    lang,
                    n=len(png) // 1024,
                    name=name[:12],
                ),
            )


def _single(one: CompiledItem) -> tuple[Choice, str] | None:
    """The interaction and key of a single choice item."""
    if one.item.kind is not Kind.SINGLE_CHOICE or len(one.item.interactions) != 1:
        return None
    choice = one.item.interactions[0]
    correct = one.rules.responses[0].correct
    if not isinstance(choice, Choice) or not correct or correct[0] not in choice.choices:
        return None
    return choice, correct[0]


def _tail(hits: int, n: int, chance: float) -> float:
    """The probability of at least `hits` of `n` by chance (binomial)."""
    return sum(math.comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(hits, n + 1))
