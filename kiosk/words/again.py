"""Sentences that were written down in English, said in the reader's language.

A registry keeps why a package was refused, and what a candidate's result waits for, as one English line: the
same for everybody who reads the table, its exports and `--json`, and as it was said by the version that
recorded it. What a page needs of it is found again in the catalogue: `where: what happened. what to do`,
several joined by `; `. What is not found, because the sentence has changed since or a value in it reads like
another sentence, stays as it is, in English.

A line can hold what a hostile file says of itself. So nothing here searches back and forth: a sentence's
own words are looked for once, from left to right, and no more than a few places are tried as its ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache, partial
from itertools import islice

from msgspec import Struct

from kiosk.words import catalogue, listed, plurals

LEAST_LETTERS = 10
"""A sentence with {places} and fewer letters of its own would be found in anything."""
MOST_CHARACTERS = 2_000
"""A longer line is no sentence of ours with its values."""
MOST_TRIED = 4
"""So many colons may end where it was, so many stops what happened, so many parts be one sentence."""
MOST_PARTS = 16
_PLACE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=4096)
def again(said: str, lang: str) -> str:
    """`said` in the language `lang`, as far as it is made of the catalogue's sentences."""
    parts, told, at = said.split("; "), [], 0
    if lang == "en" or not said or len(said) > MOST_CHARACTERS or len(parts) > MOST_PARTS:
        return said
    while at < len(parts):
        found, at = _next(parts, at)
        told.append(found)
    return "；".join(told)


def _next(parts: list[str], at: int) -> tuple[str, int]:
    """What begins at a part, and where it ends: behind the fewest parts that are a sentence. Where what
    follows is none, more of them that are one: a remedy can be of two parts, of which the first is another."""
    found, behind = parts[at], 0
    for end in range(at + 1, min(at + MOST_TRIED, len(parts)) + 1):
        line = _line("; ".join(parts[at:end]))
        if line is not None:
            found, behind = line, end
        if behind == len(parts) or (behind and _line(parts[behind]) is not None):
            break
    return found, behind or at + 1


def _line(said: str) -> str | None:
    """`where: what happened. what to do`, of which only what happened is always there."""
    told = _behind_where(said)
    for at in () if told else _ends(". ", said):
        remedy = _found(said[at:])
        happened = _behind_where(said[: at - 2]) if remedy else None
        if happened:
            return f"{happened}。{remedy}"
    return told


def _behind_where(said: str) -> str | None:
    for at in (0, *_ends(": ", said)):
        found = _found(said[at:])
        if found:
            return said[:at].replace(": ", "：") + found
    return None


def _ends(mark: str, said: str) -> Iterator[int]:
    """Where something new may begin: behind each `mark`."""
    return islice((at.end() for at in re.finditer(re.escape(mark), said)), MOST_TRIED)


def _found(said: str, *, within: bool = False) -> str | None:
    """`said` as one sentence; its values are sentences once more, and theirs (`within`) only words."""
    known = catalogue().get(said)
    if known is not None:
        return known
    for sentence in _sentences():
        values = sentence.values_in(said)
        if values is not None:
            inner = catalogue().get if within else partial(_found, within=True)
            return sentence.chinese.format(
                **{name: inner(value) or _row(value) for name, value in values.items()}
            )
    return None


def _row(value: str) -> str:
    """Several names in a row, of which none has a blank in it, as Chinese has them; else `value` itself."""
    parts = value.split(", ")
    return value if any(" " in part for part in parts) else listed(parts, "zh-CN")


class _Sentence(Struct, frozen=True):
    """A sentence with {places}: its own words around them, and the places' names."""

    words: tuple[str, ...]
    places: tuple[str, ...]
    chinese: str

    def values_in(self, said: str) -> dict[str, str] | None:
        """What fills the places where `said` is this sentence, each with the same wherever it stands; no
        value is empty or has a full stop in it, behind which another sentence begins."""
        first, last = self.words[0], self.words[-1]
        if not (said.startswith(first) and said.endswith(last)):
            return None
        values: dict[str, str] = {}
        at, end = len(first), len(said) - len(last)
        for place, following in zip(self.places, (*self.words[1:-1], None), strict=True):
            to = end if following is None else said.find(following, at + 1, end)
            value = said[at : max(to, at)]
            if not value or ". " in value or values.setdefault(place, value) != value:
                return None
            at = to + len(following or "")
        return values


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """The sentences with {places}, those that say most first."""
    found = []
    for english, chinese in (catalogue() | plurals()).items():
        words, places = _PLACE.split(english)[::2], _PLACE.findall(english)
        own = "".join(words)
        if places and len(re.findall(r"[a-z]", own)) >= LEAST_LETTERS:
            found.append((len(own), _Sentence(tuple(words), tuple(places), chinese)))
    return tuple(sentence for _, sentence in sorted(found, key=lambda one: -one[0]))
