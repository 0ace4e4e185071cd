"""Why a score is what it is, as plain values: what was looked at, and what came of it.

They are kept with a result and read again years later, by those too who have no rule and no key.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kiosk.assessment.responses import Response


class Matched(Struct, frozen=True, tag="matched"):
    """A response was compared with the correct one."""

    response: str
    given: Response
    correct: Response
    right: bool


class Mapped(Struct, frozen=True, tag="mapped"):
    """A response earned points by its mapping; `earned` pairs each value with what it earned."""

    response: str
    earned: tuple[tuple[str, str], ...]
    total: str


class Tried(Struct, frozen=True, tag="tried"):
    """A branch of a condition was tried; `result` None is NULL, which does not act."""

    place: str
    test: str
    result: bool | None


class Looked(Struct, frozen=True, tag="looked"):
    """An outcome's own table was asked: `source` stands in it for `target`."""

    outcome: str
    source: str
    target: str


class Asked(Struct, frozen=True, tag="asked"):
    """A question of a test's rules about its items was answered; `answer` is empty for NULL."""

    question: str
    answer: str


class Exited(Struct, frozen=True, tag="exited"):
    """The rules end here."""


class Assigned(Struct, frozen=True, tag="assigned"):
    """An outcome got a value."""

    outcome: str
    value: str


Step = Matched | Mapped | Tried | Looked | Asked | Exited | Assigned

Code = Literal[
    "unanswered",
    "right",
    "wrong",
    "incomplete",
    "options",
    "blanks",
    "own",
    "people",
    "marked",
    "full_marks",
    "left_out",
    "also_right",
]
"""`people` waits for their marks, `marked` has them; the last three are of a bad item (`amendments`)."""


class Reason(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Why an answer got its points: the options (or blanks) right, wrong and missed, the steps of an
    item's own processing, and of people's marks what they `gave`, of how much."""

    code: Code
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    gave: tuple[str, ...] = ()
