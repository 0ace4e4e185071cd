"""Items that ask nearly the same: on one form they give each other away, or count one thing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Choice, InlineChoice, ItemText, pictures_of
from kiosk.authoring.compiled import CompiledBank, CompiledItem
from kiosk.authoring.findings import Finding
from kiosk.authoring.likeness import Alike, Shingles, nearest, shingles
from kiosk.words import text

ALIKE: Final = 0.8
"""Items that have this share of their text in common are named (`likeness`)."""
LONG_PART: Final = 40
"""A paragraph of so many letters that stands in several items is a text they share."""


def check_alike(compiled: CompiledBank, lang: str) -> Iterator[Finding]:
    """Of each item the one before it that reads nearly the same, in the language `lang`.

    Enemies are named only where their keys differ: no form holds both.
    """
    items = {one.item.id: one for one in compiled.items}
    for near in _pairs(compiled):
        one, other = items[near.one], items[near.other]
        if near.percent == 100 and _reads(one) == _reads(other) and _keys(one) != _keys(other):
            said = text(
                "it asks the same as '{other}' but has another key; one of the two is wrong",
                lang,
                other=near.other,
            )
            yield Finding("error", near.one, said)
        elif near.other not in one.about.enemies and near.one not in other.about.enemies:
            said = text(
                "it is {percent} % the same as '{other}'; rewrite or remove one, or make them enemies",
                lang,
                percent=near.percent,
                other=near.other,
            )
            yield Finding("warning", near.one, said)


def _pairs(compiled: CompiledBank) -> list[Alike]:
    """The nearest item of each, in the language in which they are most alike."""
    found: dict[str, Alike] = {}
    for language in compiled.source.head.languages:
        there = [one for one in compiled.items if language in one.item.texts]
        shared = Counter(part for one in there for part in _long_parts(one.item.texts[language]))
        groups: dict[str, dict[str, Shingles]] = {}
        for one in there:
            words = one.item.texts[language]
            asked = shingles(_asked(words, shared))
            groups.setdefault(_answered_in(one, words), {})[one.item.id] = asked
        for group in groups.values():
            for near in nearest(group, ALIKE):
                if near.one not in found or found[near.one].percent < near.percent:
                    found[near.one] = near
    return [found[one.item.id] for one in compiled.items if one.item.id in found]


def _answered_in(one: CompiledItem, words: ItemText) -> str:
    """Another way to answer or other pictures make another question."""
    kinds = [type(interaction).__name__ for interaction in one.item.interactions]
    return repr((kinds, [replace(picture, words="") for picture in pictures_of(words)]))


def _asked(words: ItemText, shared: Counter[str]) -> str:
    """What an item asks and offers, without a text that it shares with others, if there is more."""
    parts = [plain_text((block,)) for block in words.body]
    own = [part for part in parts if shared[part] < 2]
    return "\n".join((own if any(own) else parts) + _offered(words))


def _offered(words: ItemText) -> list[str]:
    return sorted(
        plain_text(content) for named in words.choices.values() for content in named.values()
    )


def _long_parts(words: ItemText) -> Iterator[str]:
    """Parts that could be a common text of several items."""
    for block in words.body:
        part = plain_text((block,))
        if len(part) >= LONG_PART:
            yield part


def _reads(one: CompiledItem) -> dict[str, tuple[str, list[str]]]:
    """All that a candidate reads, by language."""
    return {
        language: (plain_text(words.body), _offered(words))
        for language, words in one.item.texts.items()
    }


def _keys(one: CompiledItem) -> list[list[str]]:
    """The right choices in words."""
    choices = next(iter(one.item.texts.values())).choices
    return [
        sorted(
            plain_text(choices[interaction.response].get(name, ()))
            for response in one.rules.responses
            if response.id == interaction.response
            for name in response.correct or ()
        )
        for interaction in one.item.interactions
        if isinstance(interaction, Choice | InlineChoice)
    ]
