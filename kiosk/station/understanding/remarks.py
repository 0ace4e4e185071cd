"""What a figure says, in words, for somebody who reads no statistics.

The bounds are those of the trade (Ebel and Frisbie 1991 for discrimination, Nunnally 1978 for
reliability); a bound is crossed only by more than chance would do with as many candidates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from kiosk.words import ntext, text

FEW, ROUGH = 30, 100
TOO_EASY, TOO_HARD = 0.95, 0.20
WEAK = 0.20
LEFT_UNREACHED = 0.10
NOISY = 1.3


class Remark(Struct, frozen=True):
    """`code` is for scripts, `text` for people."""

    code: str
    text: str


def of_item(
    n: int, p: float | None, rir: float | None, not_reached: float, lang: str
) -> tuple[Remark, ...]:
    """What difficulty, correlation with the rest and the share that did not reach an item say."""
    found: list[Remark] = []
    if p is not None and p >= 1:
        found.append(
            Remark("all_right", text("everyone got it right: it tells nobody apart", lang))
        )
    elif p is not None and p <= 0:
        found.append(
            Remark("all_wrong", text("nobody got it right: check the key and the question", lang))
        )
    else:
        if p is not None and p > TOO_EASY:
            found.append(Remark("too_easy", text("very easy: it tells few apart", lang)))
        if p is not None and p < TOO_HARD:
            found.append(
                Remark("too_hard", text("very hard: check the key and the teaching", lang))
            )
        found.extend(_of_discrimination(n, rir, lang))
    if not_reached > LEFT_UNREACHED:
        found.append(Remark("not_reached", text("many did not come to it: look at the time", lang)))
    return tuple(found)


def _of_discrimination(n: int, rir: float | None, lang: str) -> list[Remark]:
    if rir is None or n < FEW:
        return []
    chance = 2 / math.sqrt(n)
    if rir < -chance:
        return [
            Remark(
                "negative",
                text("stronger candidates did worse at it: check the key first", lang),
            )
        ]
    if n < ROUGH:
        return []
    if rir < chance:
        return [
            Remark(
                "unrelated",
                text("no more to do with the rest than chance: ask what it measures", lang),
            )
        ]
    if rir < WEAK:
        return [Remark("weak", text("tells strong from weak only a little", lang))]
    return []


def of_fit(infit: float | None, lang: str) -> tuple[Remark, ...]:
    """What an item's infit in Rasch's model says."""
    if infit is None or infit <= NOISY:
        return ()
    told = text("answers to it are more erratic than ability explains (Rasch infit)", lang)
    return (Remark("misfit", told),)


def of_group(group: str, delta: float | None, ets_class: str, lang: str) -> tuple[Remark, ...]:
    """What a large difference between a group and equally able others says."""
    if delta is None or ets_class != "C":
        return ()
    told = (
        text(
            "much harder for {group} than for others as able: look at its words and practice there",
            lang,
            group=group,
        )
        if delta < 0
        else text(
            "much easier for {group} than for others as able: was it known there?",
            lang,
            group=group,
        )
    )
    return (Remark("dif", told),)


def of_options(
    options: Sequence[tuple[str, bool, int, float | None]], n: int, lang: str
) -> tuple[Remark, ...]:
    """What the choices of options say.

    Args:
        options: of each its name, whether it is right, how many chose it, and the correlation of
            choosing it with the rest of the test.
        n: the candidates who had the item.
    """
    if n < FEW:
        return ()
    found = [
        Remark(
            "strong_chose_wrong",
            text("option {option} attracted strong candidates: check the key", lang, option=option),
        )
        for option, key, _, r in options
        if not key and r is not None and r > 2 / math.sqrt(n)
    ]
    unused = [option for option, key, chosen, _ in options if not key and not chosen]
    if unused:
        told = text("nobody chose {options}: it misleads nobody", lang, options=unused)
        found.append(Remark("unused_option", told))
    return tuple(found)


def several_forms(n: int, lang: str) -> Remark:
    """That candidates had unlike papers, and what follows from it."""
    return Remark(
        "several_forms",
        text(
            "{n} forms: each item goes by the candidates who had it, reliability and error are the "
            "forms' own, averaged; totals are in proportion to the form's points",
            lang,
            n=n,
        ),
    )


def of_session(unmarked: int, lang: str) -> tuple[Remark, ...]:
    """What of a session is left out."""
    if not unmarked:
        return ()
    told = ntext(
        "{n} answer that people have yet to mark is left out",
        "{n} answers that people have yet to mark are left out",
        unmarked,
        lang,
    )
    return (Remark("unmarked", told),)


def of_test(
    n: int,
    items: int,
    alpha: float | None,
    sd: float | None,
    blank: int,
    not_reached: int,
    left_out: int,
    assumed_maxima: bool,
    lang: str,
) -> tuple[Remark, ...]:
    """What the figures of the whole test say, and what was assumed on the way."""
    found: list[Remark] = []
    if n < FEW:
        found.append(
            Remark(
                "few",
                ntext(
                    "{n} candidate: every figure here may be chance; judge no item by it",
                    "{n} candidates: every figure here may be chance; judge no item by it",
                    n,
                    lang,
                ),
            )
        )
    elif n < ROUGH:
        found.append(
            Remark(
                "rough",
                text("{n} candidates: take every figure here as a hint only", lang, n=n),
            )
        )
    if alpha is not None:
        found.append(Remark("reliability", of_alpha(alpha, lang)))
    elif items < 2:
        found.append(
            Remark("one_item", text("one item has no reliability: it takes two at least", lang))
        )
    elif sd is not None:
        found.append(
            Remark("no_spread", text("all have the same total: nothing can be told apart", lang))
        )
    if blank or not_reached:
        found.append(
            Remark(
                "gaps",
                text(
                    "Cells without a score: {blank} passed over, {left} at the end of a row (not "
                    "reached). They are left out, not counted as wrong: each item goes by those who "
                    "have it, a total by the items that are there",
                    lang,
                    blank=blank,
                    left=not_reached,
                ),
            )
        )
    if left_out:
        found.append(
            Remark(
                "left_out",
                ntext(
                    "{n} candidate without any score was left out",
                    "{n} candidates without any score were left out",
                    left_out,
                    lang,
                ),
            )
        )
    if assumed_maxima:
        found.append(
            Remark(
                "assumed_maxima",
                text("The highest score seen at an item counts as its maximum", lang),
            )
        )
    return tuple(found)


def of_alpha(alpha: float, lang: str) -> str:
    """What a reliability says."""
    if alpha < 0.5:
        return text("reliability is low: decide about nobody by this score alone", lang)
    if alpha < 0.7:
        return text("reliability is modest: good for groups, weak for single people", lang)
    if alpha < 0.8:
        return text("reliability is fair: near the pass mark chance still decides", lang)
    if alpha < 0.9:
        return text("reliability is good", lang)
    return text("reliability is very good", lang)
