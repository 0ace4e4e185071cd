"""Whether a certificate is granted, and every reason: a pure function of a rule and what is known of a person.

Parts count together when they were passed within the time the rule keeps them; one that failed is taken
again alone. The first day on which everything is there decides, so that nothing that comes later takes a
certificate away.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from kiosk.scoring.numbers import rounded, written
from kiosk.scoring.standard import Level
from kiosk.station.certificates.ladder import LEVELS, PART_WORDS, LevelRule, Part, Way, exact
from kiosk.station.roster import LEVEL_WORDS
from kiosk.words import mark, text


class Attempt(Struct, frozen=True):
    """One time that a part was taken. `marks` are of 100; `failed` where the exam itself asked for more
    than the ladder; `source` names session or sheet. What `waits` is no last word yet."""

    part: Part
    marks: Fraction
    on: date
    source: str
    state: Literal["counts", "waits", "void"] = "counts"
    failed: bool = False


class Held(Struct, frozen=True):
    """A level of the trade that the person has had since a day."""

    level: Level
    since: date


class Facts(Struct, frozen=True):
    """What is known of one person for one level of a discipline. `names` are all that stand under the
    number; an apprenticeship has its end, work its begin."""

    attempts: tuple[Attempt, ...] = ()
    held: tuple[Held, ...] = ()
    apprenticed: date | None = None
    works_since: date | None = None
    names: frozenset[str] = frozenset()


class Verdict(StrEnum):
    GRANTED = "granted"
    NOT_YET = "not_yet"
    REFUSED = "refused"


VERDICT_WORDS: Final[Mapping[Verdict, str]] = {
    Verdict.GRANTED: mark("granted"),
    Verdict.NOT_YET: mark("not granted yet"),
    Verdict.REFUSED: mark("refused"),
}


class Reason(Struct, frozen=True):
    """A sentence of `REASONS` and what fills its places; words among them are said in the reader's
    language."""

    code: str
    values: Mapping[str, str | list[str]] = {}


REASONS: Final[Mapping[str, str]] = {
    "no_rule": mark("the ladder has no rule for this level of this trade"),
    "names": mark("different names stand under this number ({names}): correct them first"),
    "passed": mark("{part}: passed with {marks} of 100 on {day}"),
    "failed": mark("{part}: {marks} of 100 on {day}, {least} are needed; it may be taken again"),
    "below": mark("{part}: {marks} of 100 on {day}, below the exam's own pass mark"),
    "missing": mark("{part}: not taken yet"),
    "waits": mark("{part}: the result of {day} is not final yet"),
    "void": mark("{part}: the result of {day} is void"),
    "keeps": mark("{part}: passed with {marks} on {day}; it counts until {until}"),
    "lapsed": mark("{part}: passed with {marks} on {day}, and its time ended on {until}"),
    "total": mark("weighed together {marks} of 100, {least} are needed"),
    "admitted": mark("admitted: {way}"),
    "not_admitted": mark("not admitted on {day}: {ways}"),
}

_WAYS: Final[Mapping[str, str]] = {
    "holds": mark("{level} or higher held"),
    "holds_years": mark("{level} or higher held for {years} years"),
    "apprenticeship": mark("an apprenticeship ended"),
    "work": mark("{years} years of work in the trade"),
}


class Decision(Struct, frozen=True):
    """What is decided, and why. `counted` are the attempts that made it, `on` the day of the last of them,
    `until` when the certificate ends (None is never); all three are of a granted one alone."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    counted: tuple[Attempt, ...] = ()
    on: date | None = None
    until: date | None = None


def decide(rule: LevelRule | None, facts: Facts, today: date) -> Decision:
    """Decides about one level of one discipline; nothing after `today` counts."""
    if rule is None:
        return Decision(Verdict.REFUSED, (Reason("no_rule"),))
    if len(facts.names) > 1:
        told = Reason("names", {"names": sorted(facts.names)})
        return Decision(Verdict.NOT_YET, (told,))
    if not rule.parts:
        return _without_parts(rule, facts, today)
    taken = sorted(
        (one for one in facts.attempts if one.part in rule.parts and one.on <= today), key=_order
    )
    too_early: Decision | None = None
    for chosen in _choices(rule, [one for one in taken if one.state == "counts"]):
        begun = min(one.on for one in chosen)
        way = _met(rule, facts, begun)
        parts = tuple(_of("passed", one) for one in chosen)
        if way is None:
            refused = Decision(Verdict.REFUSED, (*parts, _not_admitted(rule, begun)))
            too_early = too_early or refused
            continue
        on = max(one.on for one in chosen)
        until = months_after(on, rule.valid_months) if rule.valid_months else None
        weighed = () if rule.total is None else (_total(rule, chosen),)
        return Decision(Verdict.GRANTED, (*parts, *weighed, *_admitted(way)), chosen, on, until)
    return too_early or _open(rule, facts, taken, today)


def _without_parts(rule: LevelRule, facts: Facts, today: date) -> Decision:
    """A level that is reached without an exam, on the day that its conditions were met first."""
    days = [one.since for one in facts.held] + [facts.apprenticed, facts.works_since]
    for on in sorted({today, *(day for day in days if day is not None and day <= today)}):
        way = _met(rule, facts, on)
        if way is not None:
            until = months_after(on, rule.valid_months) if rule.valid_months else None
            return Decision(Verdict.GRANTED, _admitted(way), (), on, until)
    return Decision(Verdict.REFUSED, (_not_admitted(rule, today),))


def _choices(rule: LevelRule, counting: Sequence[Attempt]) -> Iterator[tuple[Attempt, ...]]:
    """Attempts at all parts that pass together, by the day that completes them; of those within a time the
    best of each part."""
    days = sorted({one.on for one in counting})
    for last in days:
        earliest = months_after(last, -rule.keeps_months)
        for first in days:
            if not earliest <= first <= last:
                continue
            within = [one for one in counting if first <= one.on <= last and _passes(rule, one)]
            best = {one.part: one for one in sorted(within, key=_worth)}
            chosen = tuple(best[part] for part in rule.parts if part in best)
            if len(chosen) == len(rule.parts) and _reaches(rule, chosen):
                yield chosen


def _order(one: Attempt) -> tuple[date, str, Fraction, str, bool, str]:
    # Whole, so that what is decided and said never depends on which record came in first.
    return one.on, one.part, one.marks, one.state, one.failed, one.source


def _worth(one: Attempt) -> tuple[Fraction, int, str]:
    # Of equal marks the earlier, so that a later attempt changes nothing.
    return one.marks, -one.on.toordinal(), one.source


def _passes(rule: LevelRule, one: Attempt) -> bool:
    return not one.failed and one.marks >= exact(rule.parts[one.part].least)


def _sum(rule: LevelRule, chosen: Sequence[Attempt]) -> Fraction:
    weighed = [one.marks * exact(rule.parts[one.part].weight) / 100 for one in chosen]
    return sum(weighed, Fraction(0))


def _reaches(rule: LevelRule, chosen: Sequence[Attempt]) -> bool:
    return rule.total is None or _sum(rule, chosen) >= exact(rule.total)


# --- Admission ---------------------------------------------------------------------------------------


_UNASKED: Final = Way()


def _met(rule: LevelRule, facts: Facts, on: date) -> Way | None:
    """The way that was open on a day; None where none was."""
    return next((way for way in rule.ways or (_UNASKED,) if _open_way(way, facts, on)), None)


def _open_way(way: Way, facts: Facts, on: date) -> bool:
    if way.holds is not None:
        enough = LEVELS[LEVELS.index(way.holds) :]
        since = [one.since for one in facts.held if one.level in enough]
        if not any(months_after(day, 12 * way.years) <= on for day in since):
            return False
    if way.apprenticeship and (facts.apprenticed is None or facts.apprenticed > on):
        return False
    return not way.work_years or (
        facts.works_since is not None and months_after(facts.works_since, 12 * way.work_years) <= on
    )


def months_after(day: date, months: int) -> date:
    """The day some months later, or earlier; the last of the month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year < 1:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# --- What is said ------------------------------------------------------------------------------------


def _open(rule: LevelRule, facts: Facts, taken: Sequence[Attempt], today: date) -> Decision:
    """What is still missing of each part; refused where the person could not be admitted today either."""
    reasons = [
        _part(rule, part, [one for one in taken if one.part == part], today) for part in rule.parts
    ]
    chosen = {
        part: max((one for one in taken if one.part == part and one.state == "counts"), key=_worth)
        for part in rule.parts
        if any(one.part == part and one.state == "counts" for one in taken)
    }
    if rule.total is not None and len(chosen) == len(rule.parts):
        reasons.append(_total(rule, tuple(chosen.values())))
    if _met(rule, facts, today) is None:
        return Decision(Verdict.REFUSED, (*reasons, _not_admitted(rule, today)))
    return Decision(Verdict.NOT_YET, tuple(reasons))


def _part(rule: LevelRule, part: Part, taken: Sequence[Attempt], today: date) -> Reason:
    passed = [one for one in taken if one.state == "counts" and _passes(rule, one)]
    if passed:
        newest = max(passed, key=lambda one: (one.on, one.marks))
        until = months_after(newest.on, rule.keeps_months)
        return _of("keeps" if today <= until else "lapsed", newest, until=until.isoformat())
    if not taken:
        return Reason("missing", {"part": PART_WORDS[part]})
    newest = max(taken, key=lambda one: (one.on, one.marks))
    if newest.state != "counts":
        return _of(newest.state, newest)
    least = exact(rule.parts[part].least)
    if newest.marks >= least:
        return _of("below", newest)
    return _of("failed", newest, least=_marks(least))


def _of(code: str, one: Attempt, **more: str) -> Reason:
    told = {"part": PART_WORDS[one.part], "marks": _marks(one.marks), "day": one.on.isoformat()}
    return Reason(code, told | more)


def _marks(marks: Fraction) -> str:
    # Down: what failed by a hair must not read as the mark that passes.
    return written(rounded(marks, 2, "down"))


def _total(rule: LevelRule, chosen: Sequence[Attempt]) -> Reason:
    least = exact(rule.total or 0)
    return Reason("total", {"marks": _marks(_sum(rule, chosen)), "least": _marks(least)})


def _admitted(way: Way) -> tuple[Reason, ...]:
    return () if way is _UNASKED else (Reason("admitted", {"way": _coded([way])}),)


def _not_admitted(rule: LevelRule, on: date) -> Reason:
    return Reason("not_admitted", {"day": on.isoformat(), "ways": _coded(rule.ways)})


def _coded(ways: Sequence[Way]) -> str:
    """Ways as they stand in a reason's values, for `said` to put into words."""
    return "|".join(
        f"{way.holds or ''},{way.years},{way.apprenticeship:d},{way.work_years}" for way in ways
    )


def said(reason: Reason, lang: str) -> str:
    """A reason in words."""
    values = {
        name: value
        if not isinstance(value, str)
        else " / ".join(_way(one, lang) for one in value.split("|"))
        if name in ("way", "ways")
        else text(value, lang)
        for name, value in reason.values.items()
    }
    return text(REASONS[reason.code], lang, **values)


def _way(coded: str, lang: str) -> str:
    holds, years, apprenticeship, work = coded.split(",")
    told = []
    if holds:
        level = next(text(words, lang) for one, words in LEVEL_WORDS.items() if one == holds)
        told.append(
            text(_WAYS["holds_years" if int(years) else "holds"], lang, level=level, years=years)
        )
    if apprenticeship == "1":
        told.append(text(_WAYS["apprenticeship"], lang))
    if int(work):
        told.append(text(_WAYS["work"], lang, years=work))
    return " + ".join(told)
