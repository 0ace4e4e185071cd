"""What the screens of an open sitting show: the question, the overview, the review before handing in."""

from __future__ import annotations

from kiosk.assessment.accommodations import READ_ALOUD
from kiosk.terminal.exam import Attempt
from kiosk.terminal.views import (
    Alarm,
    Cell,
    Exam,
    OverviewSection,
    PartLabel,
    PartPage,
    Paused,
    Question,
    Review,
    SectionState,
    View,
)

_MINUTE_MS = 60_000


def sitting_view(attempt: Attempt) -> View:
    """The exam screen, the page before a part, or the review where it was asked for."""
    if attempt.sitting.covered:
        answered = sum(map(attempt.answered, range(len(attempt.items))))
        return Alarm(attempt.header, answered, attempt.notice)
    if attempt.sitting.waiting:
        return part_view(attempt)
    return review_view(attempt) if attempt.reviewing else exam_view(attempt)


def exam_view(attempt: Attempt) -> Exam:
    sitting = attempt.sitting
    item = attempt.items[sitting.position]
    at = sitting.paper.section_at(sitting.position).id
    section = next(one for one in attempt.form.sections if one.id == at)
    overview = _overview(attempt)
    numbers = [cell.number for part in overview for cell in part.cells if not cell.shut]
    here = numbers.index(sitting.position + 1)
    return Exam(
        header=attempt.header,
        question=Question(
            item=item,
            orders=sitting.paper.items[sitting.position].orders,
            responses=attempt.shown_responses(item.id),
            number=sitting.position + 1,
            count=len(attempt.items),
            section=section.title,
            rule=section.rule,
            points=section.points,
            struck=sitting.struck_in(item.id),
            linear=at in sitting.terms.linear,
            highlights=sitting.highlights.get(item.id, ()),
        ),
        flagged=item.id in sitting.flags,
        saved=attempt.saved,
        overview=overview,
        clock=attempt.clock,
        notice=attempt.notice,
        note=attempt.shown_note(item.id),
        tools=attempt.tools,
        scratch=attempt.shown_scratch,
        sheet=attempt.sheet,
        read_aloud=READ_ALOUD in attempt.candidate.accommodations,
        back=numbers[here - 1] if here else None,
        onward=numbers[here + 1] if here + 1 < len(numbers) else None,
        part=_part(attempt),
    )


def part_view(attempt: Attempt) -> PartPage:
    sitting, part = attempt.sitting, _part(attempt)
    assert part is not None  # nobody waits for a part where there is none
    names = sitting.terms.parts[sitting.part].sections
    sections = [one for one in attempt.form.sections if one.id in names]
    return PartPage(
        header=attempt.header,
        part=part,
        titles=tuple(one.title for one in sections),
        linear=tuple(one.id in sitting.terms.linear for one in sections),
        questions=sum(len(one.items) for one in sections),
        minutes=-(-attempt.remaining_ms // _MINUTE_MS),
        saved=attempt.saved,
        clock=attempt.clock,
        notice=attempt.notice,
    )


def _part(attempt: Attempt) -> PartLabel | None:
    parts = attempt.sitting.terms.parts
    return PartLabel(attempt.sitting.part + 1, len(parts)) if parts else None


def review_view(attempt: Attempt) -> Review:
    places = [at for at in range(len(attempt.items)) if attempt.sitting.may_change(at)]
    unanswered = tuple(at + 1 for at in places if not attempt.answered(at))
    flags = attempt.sitting.flags
    return Review(
        header=attempt.header,
        unanswered=unanswered,
        flagged=tuple(at + 1 for at in places if attempt.items[at].id in flags),
        answered=len(places) - len(unanswered),
        saved=attempt.saved,
        clock=attempt.clock,
        wait_ms=attempt.wait_ms,
        confirming=attempt.confirming,
        notice=attempt.notice,
        part=_part(attempt),
        whole=len(places) == len(attempt.items),
    )


def paused_view(attempt: Attempt, challenge: str) -> Paused:
    answered = sum(attempt.answered(at) for at in range(len(attempt.items)))
    return Paused(attempt.header, challenge, attempt.clock, answered, out=attempt.out)


def _overview(attempt: Attempt) -> tuple[OverviewSection, ...]:
    """The overview; when an answer became saved, say, it is the same as before."""
    now = attempt.sitting
    drawn_from = (attempt.answers, now.flags, now.position, now.part, now.passed)
    if drawn_from != attempt.overview[0]:
        attempt.overview = (drawn_from, _drawn_overview(attempt))
    return attempt.overview[1]


def _drawn_overview(attempt: Attempt) -> tuple[OverviewSection, ...]:
    titles = {section.id: section.title for section in attempt.form.sections}
    return tuple(
        OverviewSection(
            titles[section.id],
            tuple(
                Cell(
                    number=at + 1,
                    answered=attempt.answers[at],
                    flagged=attempt.items[at].id in attempt.sitting.flags,
                    current=at == attempt.sitting.position,
                    shut=not attempt.sitting.may_move(at),
                )
                for at in range(start, start + len(section.items))
            ),
            _state(attempt, section.id),
            section.id in attempt.sitting.terms.linear,
        )
        for section, start in attempt.sitting.paper.starts()
    )


def _state(attempt: Attempt, section: str) -> SectionState:
    parts = attempt.sitting.terms.parts
    if not parts:
        return ""
    if attempt.sitting.in_open_part(section):
        return "open"
    closed = parts[: attempt.sitting.part]
    return "closed" if any(section in part.sections for part in closed) else "coming"
