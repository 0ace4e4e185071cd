"""Sentences that were written down in English, said in the reader's language.

A registry keeps why a package was refused as one English line, whoever imports it. It was made of the
catalogue's sentences, so they are found in it again: `where: what happened. what to do`, several joined by `; `.
What is not found stays as it is.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from kiosk.words import catalogue, plurals

LEAST_LETTERS = 10
"""A sentence with {places} and fewer letters of its own would be found in anything."""
_PLACE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=4096)
def again(said: str, lang: str) -> str:
    """`said` in the language `lang`, as far as it is made of the catalogue's sentences."""
    if lang == "en" or not said:
        return said
    whole = _found(said)
    if whole is not None:
        return whole
    if "; " in said:
        return "；".join(again(part, lang) for part in said.split("; "))
    for at in [match.start() for match in re.finditer(r"\. ", said)]:
        happened, remedy = _after_where(said[:at]), _found(said[at + 2 :])
        if happened is not None and remedy is not None:
            return f"{happened}。{remedy}"
    return _after_where(said) or said


def _after_where(said: str) -> str | None:
    whole = _found(said)
    if whole is not None or ": " not in said:
        return whole
    where, _, rest = said.partition(": ")
    after = _after_where(rest)
    return None if after is None else f"{where}：{after}"


def _found(said: str) -> str | None:
    known = catalogue().get(said)
    if known is not None:
        return known
    for pattern, chinese in _patterns():
        match = pattern.fullmatch(said)
        if match is not None:
            values = {name: _found(value) or value for name, value in match.groupdict().items()}
            return chinese.format(**values)
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences with {places}, those that say most first."""
    found = []
    for english, chinese in (catalogue() | plurals()).items():
        own = _PLACE.sub("", english)
        names = _PLACE.findall(english)
        if names and len(re.findall(r"[a-z]", own)) >= LEAST_LETTERS:
            found.append((len(own), re.compile(_matching(english), re.DOTALL), chinese))
    return tuple(
        (pattern, chinese) for _, pattern, chinese in sorted(found, key=lambda one: -one[0])
    )


def _matching(english: str) -> str:
    """The expression of a sentence whose {places} are filled, each with the same wherever it stands."""
    made, seen = [], set()
    for at, part in enumerate(_PLACE.split(english)):
        if not at % 2:
            made.append(re.escape(part))
        elif part in seen:
            made.append(f"(?P={part})")
        else:
            made.append(f"(?P<{part}>.+?)")
            seen.add(part)
    return "".join(made)
