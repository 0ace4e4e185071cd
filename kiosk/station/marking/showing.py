"""What a marker reads, as plain words: the question, what to look for, the answer."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Lang
from kiosk.station.marking.opening import MarkedItem
from kiosk.words import ntext, text


def in_language(words: Mapping[Lang, str], lang: str) -> str:
    """What is said in `lang`, else in whichever language there is."""
    return next(
        (said for known, said in words.items() if known == lang), next(iter(words.values()), "")
    )


def question(item: MarkedItem, lang: str) -> str:
    """The question as text; formulae and pictures say their words."""
    texts = item.item.texts
    known = next((one for one in texts if one == lang), next(iter(texts)))
    return plain_text(texts[known].body)


def rubric_lines(item: MarkedItem, lang: str) -> list[str]:
    """What to look for, a line each: guidance, the key, and the marking points with what they are worth."""
    rubric = item.rubric
    lines = [in_language(rubric.guidance, lang)] if rubric.guidance else []
    if item.key:
        lines.append(text("Key: {key}", lang, key=item.key))
    lines += [
        text(
            "{n}. {words} (0 to {points})",
            lang,
            n=n,
            words=in_language(point.words, lang),
            points=point.points,
        )
        for n, point in enumerate(rubric.points, start=1)
    ]
    return lines


def share_words(share: str, lang: str) -> str:
    """What part of the answers is marked twice, in words."""
    match share.strip().lower():
        case "all":
            return text("All answers", lang)
        case "none":
            return text("No answers", lang)
        case part:
            return text("{share} of the answers", lang, share=part)


def bound_words(bound: str, lang: str) -> str:
    """How far two marks may differ, in words."""
    said = bound.strip()
    if said.isdigit():
        return ntext("{n} point", "{n} points", int(said), lang)
    if said.endswith(("%", "％")):
        return text("{share} of the full mark", lang, share=said)
    return text("{points} points", lang, points=said)


def answer_lines(answer: str) -> list[str]:
    return answer.splitlines() or [""]
