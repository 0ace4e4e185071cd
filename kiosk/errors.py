"""The one family of errors that people read.

A `KioskError` is raised where a fault is found and shown once, at the edge (a screen, the command
line). It carries what a person needs: what happened, where, and what to do next. Only `kiosk.cli`
turns it into an exit code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

Value = str | int | Sequence[str]
"""What fills a {place} of a sentence; several are said as a list."""


class KioskError(Exception):
    """A fault that a person can understand and act on.

    Args:
        summary: what happened, one plain sentence without a full stop, with {places}.
        where: the file, item, row or field it happened at; empty when the summary says it.
        remedy: what the person can do next, with {places}; empty only when nothing can be done.
        values: fill the {places}, several as a list. A sentence that goes without f-string and named
            with `words.mark` can be said in the reader's language: `words.explain`.
    """

    problems: tuple[KioskError, ...] = ()
    """Each thing to correct, where it is more than one."""

    def __init__(self, summary: str, *, where: str = "", remedy: str = "", **values: Value) -> None:
        self.sentence = summary
        self.remedy_sentence = remedy
        self.values = values
        told = {
            name: ", ".join(value) if isinstance(value, tuple | list) else value
            for name, value in values.items()
        }
        self.summary = summary.format(**told) if values else summary
        self.where = where
        self.remedy = remedy.format(**told) if values else remedy
        super().__init__(self.summary)

    def at(self, where: str) -> Self:
        """The same fault, with its place named by somebody who knows it."""
        return type(self)(self.sentence, where=where, remedy=self.remedy_sentence, **self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        # From process to process as it is: a kind of its own is made of other arguments.
        return _made, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        text = self.summary if not self.where else f"{self.where}: {self.summary}"
        told = f"{text}. {self.remedy}" if self.remedy else text
        return "\n  ".join((told, *map(str, self.problems)))


class InputRefused(KioskError):
    """What was given cannot be used: a damaged file, a wrong row, an unknown value."""


class NotThere(InputRefused):
    """A file that is named, and that whoever named it did not bring along."""


class NotPermitted(KioskError):
    """Well-formed, but not allowed: trust, window, role, revocation, replay."""


class StorageFault(KioskError):
    """The disk did not take or give what was asked: full, read-only, damaged."""


def _made(kind: type[KioskError], args: tuple[object, ...]) -> KioskError:
    return kind.__new__(kind, *args)
