"""How alike two texts are, and which of many are nearly the same, in bounded time.

A text is the set of its runs of three letters (shingles), written small and without spaces and
punctuation; the likeness of two is the share of shingles that they have in common (Dice).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

_LENGTH: Final = 3
_MOST_COMPARED: Final = 40
_MOST_LISTED: Final = 50
"""Texts kept by shingle. What hundreds share finds its like by the rarer ones, which come first."""

_NOISE: Final = re.compile(r"[.,-](?!\d)|[^\w.,+\-±×÷/=<>≤≥≠≈~√←→↑↓⇌%°]|_")
"""Spaces and punctuation, but not what belongs to a number or a formula."""
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}|\b[A-Z][a-z]{2}\b")

Shingles = frozenset[str]


class Alike(Struct, frozen=True):
    """`other` stands before `one` among the texts; `percent` is 100 for texts that read the same."""

    one: str
    other: str
    percent: int


def plain(words: str) -> str:
    """`words` without what nobody reads: width of letters, spaces, punctuation, most of the case.

    Short words keep their case: Co is cobalt, CO is not.
    """
    folded = _LONG_WORD.sub(lambda word: word[0].lower(), unicodedata.normalize("NFKC", words))
    return _NOISE.sub("", folded)


def shingles(words: str) -> Shingles:
    """The runs of three letters of `words`; of shorter words all of them."""
    letters = plain(words)
    count = max(1, len(letters) - _LENGTH + 1)
    return frozenset(letters[at : at + _LENGTH] for at in range(count) if letters)


def likeness(one: Shingles, other: Shingles) -> float:
    """From 0 to 1; 0 where one of them is empty."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def percent(share: float) -> int:
    """Rounded down, so that 100 is said of the same text only."""
    return int(share * 100)


def nearest(texts: Mapping[str, Shingles], least: float) -> Iterator[Alike]:
    """Of each text the one before it that is most like it, where they are at least `least` alike.

    Two texts that alike share one of the rarest shingles of each, so only those that do are compared:
    2,000 items take about a second.
    """
    counts = Counter(shingle for text in texts.values() for shingle in text)
    listed: dict[str, list[str]] = {}
    for name, text in texts.items():
        rare = _rarest(text, counts, least)
        sharing = Counter(other for shingle in rare for other in listed.get(shingle, ()))
        others = [other for other, _ in sharing.most_common(_MOST_COMPARED)]
        near = max(
            ((likeness(text, texts[other]), other) for other in others),
            default=None,
            key=lambda found: found[0],
        )
        if near is not None and near[0] >= least:
            yield Alike(name, near[1], percent(near[0]))
        for shingle in rare:
            known = listed.setdefault(shingle, [])
            if len(known) < _MOST_LISTED:
                known.append(name)


def _rarest(text: Shingles, counts: Mapping[str, int], least: float) -> Sequence[str]:
    """So many of the rarest shingles that a text alike must have one of them among its own rarest.

    Of `n` shingles a text that is `least` alike shares at least n * least / (2 - least) (their
    Jaccard index), whatever its size.
    """
    ordered = sorted(text, key=lambda shingle: (counts[shingle], shingle))
    shared = len(ordered) * least / (2 - least)
    return ordered[: len(ordered) - int(shared) + 1]
