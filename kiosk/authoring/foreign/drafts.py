"""A question of a foreign source, before it is QTI: its text, its parts, and what each answer earns.

What an answer earns is a fraction of its part's points, exact; `qti3.written_item` makes the QTI 3.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from msgspec import Struct

from kiosk.authoring.foreign.markup import from_plain
from kiosk.authoring.metadata import Resource
from kiosk.authoring.problems import Problems
from kiosk.readers.xml import Element


class Option(Struct, frozen=True):
    """A choice; `content` is a container (see `markup`), `id` only where the source names it."""

    content: Element
    fraction: Fraction
    feedback: Element | None = None
    id: str = ""


class Choices(Struct, frozen=True):
    """With `all_or_nothing` the choices of fraction above 0 are the key, and part of it earns nothing.

    `inline` stands within the text; `several` lets the candidate choose any number.
    """

    options: tuple[Option, ...]
    several: bool = False
    all_or_nothing: bool = False
    shuffle: bool = True
    inline: bool = False
    points: int = 1


class Answer(Struct, frozen=True):
    """An accepted text or number; `tolerance` is decimal text, for numbers alone.

    With a `pattern` (of XML Schema) whatever it matches is accepted, and `text` is one such.
    """

    text: str
    fraction: Fraction
    case_sensitive: bool = False
    tolerance: str = "0"
    feedback: Element | None = None
    pattern: str = ""


class Texts(Struct, frozen=True):
    """The first answer that what was written is, or matches, counts."""

    answers: tuple[Answer, ...]
    points: int = 1


class Numbers(Struct, frozen=True):
    """The first answer whose tolerance holds what was written counts."""

    answers: tuple[Answer, ...]
    points: int = 1


class Pairs(Struct, frozen=True):
    """Each source is joined with one target, and each right pair earns an equal share.

    `key` names pairs by their places in `sources` and `targets`.
    """

    sources: tuple[Element, ...]
    targets: tuple[Element, ...]
    key: tuple[tuple[int, int], ...]
    shuffle: bool = True
    points: int = 1


class Gaps(Struct, frozen=True):
    """Gaps that take one choice each; each right one earns an equal share.

    `key` says of each gap which choice belongs there, `limits` how often each choice may be used (0:
    any number). Without `spots` the gaps are those of the question's body; with them (left, top,
    width and height in px) they stand on `picture`.
    """

    choices: tuple[Element, ...]
    key: tuple[int, ...]
    limits: tuple[int, ...]
    shuffle: bool = True
    picture: Element | None = None
    spots: tuple[tuple[int, int, int, int], ...] = ()
    points: int = 1


class Sequence(Struct, frozen=True):
    """Choices in their right order, which is what is asked for.

    What earns the points: the whole order (`all`), each choice at its place (`places`), or each
    choice that the right one follows (`next`).
    """

    choices: tuple[Element, ...]
    grading: Literal["all", "places", "next"] = "all"
    points: int = 1


class Point(Struct, frozen=True):
    """A point of the picture, right within the area; shape and coordinates are as QTI writes them."""

    picture: Element
    shape: str
    coords: str
    points: int = 1


class Essay(Struct, frozen=True):
    """A long text that people mark; `marking` is for them."""

    lines: int = 0
    marking: Element | None = None
    points: int = 1


Part = Choices | Texts | Numbers | Pairs | Gaps | Sequence | Point | Essay


class Question(Struct, frozen=True):
    """`body` is a container; the text `markup.gap(n)` in it stands for the part n.

    Parts without a gap follow the body in their order.
    """

    id: str
    title: str
    lang: str
    body: Element
    parts: tuple[Part, ...]
    feedback: tuple[Element, ...] = ()


class Draft(Struct, frozen=True):
    """What a reader made of one question; `item` is QTI 3, None when `problems` refuse it."""

    problems: Problems
    item: Element | None = None
    about: Resource = Resource("", "")
    media: dict[str, bytes] = {}


def true_false(
    right: bool, lang: str, feedback: Element | None = None, wrong: Element | None = None
) -> Choices:
    """A true/false question; `feedback` is for its right answer, `wrong` for the other."""
    words = ("正确", "错误") if lang.startswith("zh") else ("True", "False")
    return Choices(
        tuple(
            Option(
                from_plain(word),
                Fraction(value is right),
                feedback if value is right else wrong,
                "true" if value else "false",
            )
            for word, value in zip(words, (True, False), strict=True)
        ),
        shuffle=False,
    )
