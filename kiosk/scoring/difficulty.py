"""How hard items proved: what an analysis says, and what the author's next bank is sealed with.

A file of JSON, `difficulties.json`, by the author's names of the items. A difficulty goes from 0 (everyone
right) to 1, as a share of the points.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec
from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.words import mark

LEAST_ANSWERS = 30
"""With fewer answers the share that is right says little (a standard error above 0.09): the author's
estimate counts then."""


class Proved(Struct, frozen=True, kw_only=True):
    """An item by `answers` candidates; None where nothing can be said. Only the first two are read."""

    difficulty: float | None
    answers: int
    discrimination: float | None = None
    rasch: float | None = None


class Difficulties(Struct, frozen=True):
    """Of which bank and level, where that is known: of a table of scores it is not."""

    items: dict[str, Proved]
    bank: str = ""
    version: str = ""
    level: str = ""


def write_difficulties(told: Difficulties) -> bytes:
    return msgspec.json.format(msgspec.json.encode(told), indent=1)


def read_difficulties(data: bytes, where: str) -> Difficulties:
    """
    Raises:
        InputRefused: no such file, or a difficulty beyond 0 to 1.
    """
    try:
        told = msgspec.json.decode(data, type=Difficulties)
    except (msgspec.MsgspecError, ValueError, RecursionError) as fault:
        raise InputRefused(
            mark("no difficulties of items: {fault}"),
            where=where,
            remedy=mark("Give a file that `kiosk station analyse --difficulties` wrote"),
            fault=str(fault),
        ) from fault
    for name, item in told.items.items():
        if item.answers < 0 or not 0 <= (item.difficulty or 0) <= 1:
            raise InputRefused(
                mark("item {item} has a difficulty or a number of answers that cannot be"),
                where=where,
                item=name[:80],
            )
    return told


def together(files: Iterable[Difficulties]) -> dict[str, Fraction]:
    """The difficulty of each item that enough candidates answered in all files together, each of them
    counted alike."""
    answers: dict[str, int] = {}
    missed: dict[str, Fraction] = {}
    for told in files:
        for name, item in told.items.items():
            if item.difficulty is not None:
                answers[name] = answers.get(name, 0) + item.answers
                wrong = Fraction(item.difficulty) * item.answers
                missed[name] = missed.get(name, Fraction(0)) + wrong
    return {name: missed[name] / n for name, n in answers.items() if n >= LEAST_ANSWERS}
