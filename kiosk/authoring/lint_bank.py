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
from kiosk.scoring.standard import Content, Function, KnowledgePoint
from kiosk.words import ntext, text

ITEMS_A_POINT: Final = 4
"""Every knowledge point needs at least this many (the rule of the certification trade)."""
MIN_FOR_BIAS: Final = 8
UNLIKELY: Final = 0.01
"""A habit is reported when chance alone would show it in less than this share of banks."""


def check_whole(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    """Every finding about the bank as a whole, in the language `lang`."""
    yield from _coverage(compiled, lang)
    yield from _weights(compiled, lang)
    yield from _titles(compiled, lang)
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
                    "knowledge point '{point}' has {n} item; it needs {least}: write more",
                    "knowledge point '{point}' has {n} items; it needs {least}: write more",
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
                text(
                    "the standard has no weights for level {level}; add a table [weights.{level}], "
                    "or take the level out of bank.toml",
                    lang,
                    level=level,
                ),
            )
            continue
        counts = Counter(
            content_of.get(one.about.knowledge_point, "")
            for one in compiled.items
            if level in one.about.levels
        )
        total = counts.total()
        weights = standard.weights_of(level)
        for content in sorted(counts.keys() - weights.keys() - {""}):
            said = ntext(
                "level {level}: '{content}' has {n} item but no weight, so that no form takes it; "
                "give it a weight or the item another level",
                "level {level}: '{content}' has {n} items but no weight, so that no form takes them; "
                "give it a weight or the items another level",
                counts[content],
                lang,
                level=level,
                content=content,
            )
            yield Finding("warning", "", said)
        for content, weight in weights.items():
            if not counts[content]:
                yield Finding(
                    "warning",
                    "",
                    text(
                        "level {level}: '{content}' weighs {weight} % but has no item; write some",
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
                        "level {level}: '{content}' weighs {weight} % but has only {n} of {total} "
                        "items; write more, or forms will repeat these",
                        lang,
                        level=level,
                        content=content,
                        weight=weight,
                        n=counts[content],
                        total=total,
                    ),
                )


def _titles(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    for function in compiled.source.standard.functions:
        points = (point for content in function.contents for point in content.knowledge_points)
        parts: tuple[Function | Content | KnowledgePoint, ...]
        parts = (function, *function.contents, *points)
        for part in parts:
            for language in compiled.source.head.languages:
                if not part.title.get(language):
                    said = text(
                        "'{part}' of the standard has no title in {language}; add it",
                        lang,
                        part=part.id,
                        language=language,
                    )
                    yield Finding("warning", "", said)


def _key_positions(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    """Sealing gives shuffled options a new order, so that only in fixed orders a habit shows."""
    singles = [found for found in map(_single, compiled.items) if found]
    fixed = [found for found in singles if not found[0].shuffle]
    for place, hits, n in _habits(fixed):
        said = text(
            "in {hits} of {n} single choices with a fixed order the key is option {place}; shuffle "
            "them, or move keys",
            lang,
            hits=hits,
            n=n,
            place=place,
        )
        yield Finding("warning", "", said)
    for place, hits, n in _habits([found for found in singles if found[0].shuffle]):
        said = text(
            "in {hits} of {n} single choices the key is written as option {place}; sealing shuffles "
            "them, but who gets the bank as a file should not keep that order",
            lang,
            hits=hits,
            n=n,
            place=place,
        )
        yield Finding("note", "", said)


def _habits(singles: list[tuple[Choice, str]]) -> Iterator[tuple[int, int, int]]:
    """Places that hold the key too often: place (from 1), hits, items that have the place."""
    places = max((len(choice.choices) for choice, _ in singles), default=0)
    for place in range(places):
        able = [(choice, key) for choice, key in singles if place < len(choice.choices)]
        hits = sum(choice.choices.index(key) == place for choice, key in able)
        chance = sum(1 / len(choice.choices) for choice, _ in able) / len(able)
        # As many places are looked at as there are.
        if len(able) >= MIN_FOR_BIAS and _tail(hits, len(able), chance) * places < UNLIKELY:
            yield place + 1, hits, len(able)


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
                "{right} of {n} true/false items are true, so that a guess pays; turn some round",
                lang,
                right=keys.count("true"),
                n=len(keys),
            ),
        )


def _files(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    for path in compiled.source.unlisted():
        said = text(
            "the manifest does not list the item file {path}, so that it is not in the bank; list "
            "it or remove it",
            lang,
            path=path,
        )
        yield Finding("warning", "", said)
    for path in compiled.unused:
        said = text("no item shows the picture {path}; remove it", lang, path=path)
        yield Finding("warning", "", said)


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
