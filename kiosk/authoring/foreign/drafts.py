"""A question of a foreign source, before it is QTI: its text, its parts, and what each answer earns.

What an answer earns is a fraction of its part's points, exact; `qti3.written_item` makes the QTI 3.
"""

from __future__ import annotations

from fractions import Fraction

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
    """An accepted text or number; `tolerance` is decimal text, for numbers alone."""

    text: str
    fraction: Fraction
    case_sensitive: bool = False
    tolerance: str = "0"
    feedback: Element | None = None


class Texts(Struct, frozen=True):
    answers: tuple[Answer, ...]
    points: int = 1


class Numbers(Struct, frozen=True):
    """The first answer whose tolerance holds what was written counts."""

    answers: tuple[Answer, ...]
    points: int = 1


Part = Choices | Texts | Numbers


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
