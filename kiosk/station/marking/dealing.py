"""Who marks what: handles that say nothing, a seeded sample that is marked twice, loads that differ by
one at most. The same scripts, markers and key always give the same deal, in whatever order they came."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Final

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.words import mark

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that looks like another."""
_HANDLE_LETTERS: Final = 8


class Dealt(Struct, frozen=True):
    """A turn of a script and whose it is."""

    handle: str
    turn: str
    marker: str


def handle_of(key: bytes, package: bytes, item: str) -> str:
    """The name of a script, from which nobody without the key can tell candidate or item: `K7QD-2MHX`."""
    digest = _keyed(key, "handle", package.hex(), item)
    number, letters = int.from_bytes(digest, "big"), ""
    for _ in range(_HANDLE_LETTERS):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return f"{letters[:4]}-{letters[4:]}"


def doubled(key: bytes, item: str, handles: Iterable[str], share: Fraction) -> frozenset[str]:
    """The scripts of an item that are marked twice: the `share` of them, rounded up, drawn by the key."""
    drawn = sorted(handles, key=lambda handle: _keyed(key, "double", item, handle))
    return frozenset(drawn[: ceil(share * len(drawn))])


def deal(
    key: bytes,
    handles: Iterable[str],
    twice: frozenset[str],
    markers: Sequence[str],
    loads: Mapping[str, int] | None = None,
) -> tuple[Dealt, ...]:
    """Turns for scripts: each goes to the marker with the least to do, among equals to the one the key
    draws, the second mark never to who has the first.

    Args:
        twice: those of `handles` that are marked twice.
        loads: what each marker has to mark already.

    Raises:
        InputRefused: nobody to mark, or one marker where two are needed.
    """
    names = sorted(set(markers))
    if not names:
        raise InputRefused(mark("nobody is named to mark"), remedy=mark("Name markers"))
    if twice and len(names) < 2:
        raise InputRefused(
            mark("answers are to be marked twice and there is one marker"),
            remedy=mark("Name a second marker, or mark each answer once"),
        )
    todo = {name: (loads or {}).get(name, 0) for name in names}
    dealt = []
    for handle in sorted(handles, key=lambda one: _keyed(key, "order", one)):
        turns = ("first", "second") if handle in twice else ("first",)
        # Both at once: who gets first and second is the key's to say, not the loads'.
        chosen = sorted(names, key=lambda name: (todo[name], _keyed(key, "deal", handle, name)))
        chosen = sorted(chosen[: len(turns)], key=lambda name: _keyed(key, "turn", handle, name))
        for turn, name in zip(turns, chosen, strict=True):
            todo[name] += 1
            dealt.append(Dealt(handle, turn, name))
    return tuple(dealt)


def deal_again(
    key: bytes, turns: Iterable[Dealt], markers: Sequence[str], taken: Mapping[str, str]
) -> tuple[Dealt, ...]:
    """Open turns of markers who are no longer there, for those who are.

    Args:
        turns: all turns that nobody has marked yet.
        taken: by handle, the marker who has (or had) the other turn of a doubled script.

    Raises:
        InputRefused: as `deal`.
    """
    names = sorted(set(markers))
    open_turns = list(turns)
    if not names and open_turns:
        raise InputRefused(mark("nobody is named to mark"), remedy=mark("Name markers"))
    todo = {name: sum(turn.marker == name for turn in open_turns) for name in names}
    other = dict(taken)
    for turn in open_turns:
        if turn.marker in todo:
            other.setdefault(turn.handle, turn.marker)
    dealt = []
    lost = [turn for turn in open_turns if turn.marker not in todo]
    for turn in sorted(lost, key=lambda one: _keyed(key, "order", one.handle, one.turn)):
        free = [name for name in names if name != other.get(turn.handle)]
        if not free:
            raise InputRefused(
                mark("answers are to be marked twice and there is one marker"),
                remedy=mark("Name a second marker, or mark each answer once"),
            )
        name = min(free, key=lambda one: (todo[one], _keyed(key, "deal", turn.handle, one)))
        todo[name] += 1
        other[turn.handle] = name
        dealt.append(Dealt(turn.handle, turn.turn, name))
    return tuple(dealt)


def _keyed(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, "\x00".join(parts).encode(), hashlib.sha256)
