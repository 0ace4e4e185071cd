"""Moodle's questions in which something is put somewhere: pairs, orders, gaps of a text or a picture,
a marker on a picture.

Each is taken only where its marking can be kept exactly; a right place earns an equal share, as in
Moodle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Sequenced
from fractions import Fraction
from typing import Final, Literal

from kiosk.authoring.foreign.drafts import Choices, Gaps, Option, Pairs, Part, Point, Sequence
from kiosk.authoring.foreign.markup import clean, container, from_html, from_plain, gap
from kiosk.authoring.foreign.moodle_texts import MoodleTexts, text_at
from kiosk.errors import InputRefused
from kiosk.readers.images import reencode
from kiosk.readers.xml import Element
from kiosk.scoring.areas import coordinates
from kiosk.words import mark

MAX_GAPS: Final = 60

_GAP: Final = re.compile(r"\[\[(\d{1,3})\]\]", re.ASCII)
_GRADINGS: Final[dict[str, Literal["all", "places", "next"]]] = {
    "ALL_OR_NOTHING": "all",
    "ABSOLUTE_POSITION": "places",
    "RELATIVE_NEXT_EXCLUDE_LAST": "next",
    "": "next",  # what Moodle takes where nothing is said
}
_LINE_PX: Final = 28
_LETTER_PX: Final = 9
_PICTURE_PX: Final = (80, 60)
"""The size of a picture that cannot be read; the item is refused for it when it is compiled."""


def matching(question: MoodleTexts) -> Pairs:
    """`matching`: an answer without a question is one more to choose from."""
    sources: list[Element] = []
    targets: dict[str, Element] = {}
    places: dict[str, int] = {}
    key: list[tuple[int, int]] = []
    for sub in question.element.iterchildren("subquestion"):
        answer = " ".join(clean(text_at(sub, "answer/text"), question.problems).split())
        asked = question.content(sub)
        if not answer:
            question.problems.refuse(sub, mark("an empty answer"))
            continue
        places.setdefault(answer, len(places))
        targets.setdefault(answer, from_plain(answer))
        if (asked.text or "").strip() or len(asked):
            key.append((len(sources), places[answer]))
            sources.append(asked)
    shuffle = question.flag("shuffleanswers", otherwise=True)
    return Pairs(tuple(sources), tuple(targets.values()), tuple(key), shuffle)


def ordering(question: MoodleTexts) -> Sequence | None:
    """`ordering`: its answers stand in their right order."""
    if question.text("selecttype").upper() not in ("", "ALL"):
        question.problems.refuse(None, mark("every candidate would get other choices to order"))
        return None
    graded = question.text("gradingtype").upper()
    if graded not in _GRADINGS:
        question.problems.refuse(
            None, mark("an order marked by {grading} cannot be scored as in Moodle"), grading=graded
        )
        return None
    answers = question.element.iterchildren("answer")
    return Sequence(tuple(question.content(answer) for answer in answers), _GRADINGS[graded])


def gapselect(question: MoodleTexts) -> tuple[Element, tuple[Part, ...]]:
    """`gapselect`: each gap of the text offers the choices of its answer's group."""
    drags = [_Drag(one, question) for one in question.element.iterchildren("selectoption")]
    body, key = _with_gaps(question, drags)
    shuffle = question.flag("shuffleanswers")
    return body, tuple(
        Choices(
            tuple(
                Option(drag.content, Fraction(drag is drags[right]))
                for drag in drags
                if drag.group == drags[right].group
            ),
            shuffle=shuffle,
            inline=True,
        )
        for right in key
    )


def ddwtos(question: MoodleTexts) -> tuple[Element, tuple[Part, ...]]:
    """`ddwtos`: words are put into the gaps of the text."""
    drags = [_Drag(one, question) for one in question.element.iterchildren("dragbox")]
    body, key = _with_gaps(question, drags)
    return body, (_gaps(question, drags, key),)


def ddimageortext(question: MoodleTexts) -> Gaps | None:
    """`ddimageortext`: words or pictures are put on places of a picture."""
    drags = {one.text("no"): one for one in _drags(question)}
    drops = list(question.element.iterchildren("drop"))
    picture = question.picture(question.element, _words(question))
    if picture is None:
        question.problems.refuse(question.element, mark("there is no picture to put anything on"))
        return None
    if max(len(drops), len(drags)) > MAX_GAPS:
        question.problems.refuse(None, mark("more than {n} fields in a question"), n=MAX_GAPS)
        return None
    key = []
    spots = []
    for drop in drops:
        right = drags.get(text_at(drop, "choice"))
        left, top = text_at(drop, "xleft"), text_at(drop, "ytop")
        if right is None or not (_is_whole(left) and _is_whole(top)):
            question.problems.refuse(drop, mark("a place that nothing belongs on"))
            continue
        sizes = [drag.size for drag in drags.values() if drag.group == right.group]
        key.append(list(drags.values()).index(right))
        spots.append((int(left), int(top), max(x for x, _ in sizes), max(y for _, y in sizes)))
    return _gaps(question, list(drags.values()), key, picture, tuple(spots))


def ddmarker(question: MoodleTexts) -> Point | None:
    """`ddmarker` with one marker and one zone; how Moodle counts several has no like at a seat."""
    drags = _drags(question)
    drops = list(question.element.iterchildren("drop"))
    picture = question.picture(question.element, _words(question))
    if picture is None:
        question.problems.refuse(question.element, mark("there is no picture to put anything on"))
        return None
    once = len(drags) == 1 and not drags[0].is_infinite and drags[0].text("noofdrags") in ("", "1")
    if not once or len(drops) != 1:
        question.problems.refuse(
            None, mark("several markers on a picture: a seat has one, and cannot mark the others")
        )
        return None
    shape = {"circle": "circle", "rectangle": "rect", "polygon": "poly"}.get(
        text_at(drops[0], "shape").lower(), ""
    )
    numbers = [part.strip() for part in re.split("[,;]", text_at(drops[0], "coords"))]
    if shape == "rect" and len(numbers) == 4 and all(_is_whole(one) for one in numbers):
        left, top, width, height = (int(one) for one in numbers)
        numbers = [str(one) for one in (left, top, left + width, top + height)]
    try:
        if not all(_is_whole(one) for one in numbers):
            raise InputRefused(",".join(numbers))
        coordinates(shape, ",".join(numbers))
    except InputRefused:
        question.problems.refuse(
            drops[0],
            mark("the zone '{coords}' is no shape on a picture"),
            coords=text_at(drops[0], "coords"),
        )
        return None
    return Point(picture, shape, ",".join(numbers))


class _Drag:
    """Something that can be put into gaps of its group."""

    def __init__(self, element: Element, question: MoodleTexts) -> None:
        self.element = element
        self.group = text_at(element, "group") or text_at(element, "draggroup") or "1"
        self.is_infinite = element.find("infinite") is not None
        words = clean(text_at(element, "text"), question.problems)
        self.size = (max(_PICTURE_PX[0], _LETTER_PX * len(words)), _LINE_PX)
        picture = question.picture(element, words)
        if picture is None:
            self.content = from_html(words, question.problems)
        else:
            self.content = container()
            self.content.append(picture)
            self.size = _size_of(question.media.get(picture.get("src", ""), b""))

    def text(self, path: str) -> str:
        return text_at(self.element, path)


def _drags(question: MoodleTexts) -> list[_Drag]:
    return [_Drag(one, question) for one in question.element.iterchildren("drag")]


def _gaps(
    question: MoodleTexts,
    drags: list[_Drag],
    key: Sequenced[int],
    picture: Element | None = None,
    spots: tuple[tuple[int, int, int, int], ...] = (),
) -> Gaps:
    if len({drag.group for drag in drags}) > 1:
        question.problems.note(None, mark("the groups of what may be matched are not enforced"))
    return Gaps(
        tuple(drag.content for drag in drags),
        tuple(key),
        tuple(
            0 if drag.is_infinite else max(1, list(key).count(at)) for at, drag in enumerate(drags)
        ),
        question.flag("shuffleanswers"),
        picture,
        spots,
    )


def _with_gaps(question: MoodleTexts, drags: list[_Drag]) -> tuple[Element, tuple[int, ...]]:
    """The question's text with a gap for each `[[n]]`, and which drag belongs into each."""
    key: list[int] = []

    def placed(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        if not 0 <= at < len(drags):
            question.problems.refuse(
                None, mark("the gap {gap} names a choice that is not there"), gap=found[0]
            )
            return ""
        key.append(at)
        return gap(len(key) - 1)

    holder = question.element.find("questiontext")
    body = question.content(holder, lambda text: _GAP.sub(placed, text))
    if len(key) > MAX_GAPS:
        question.problems.refuse(None, mark("more than {n} fields in a question"), n=MAX_GAPS)
    return body, tuple(key)


def _words(question: MoodleTexts) -> str:
    """What a picture without words of its own is called."""
    return clean(question.text("name/text"), question.problems)[:200]


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _size_of(picture: bytes) -> tuple[int, int]:
    try:
        drawn = reencode(picture, "")
    except InputRefused:
        return _PICTURE_PX
    return drawn.width_px, drawn.height_px
