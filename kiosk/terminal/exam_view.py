"""What the screens of an open sitting show: the question, the overview, the review before handing in."""

from __future__ import annotations

from kiosk.terminal.exam import Attempt
from kiosk.terminal.views import Cell, Exam, OverviewSection, Paused, Question, Review, View


def sitting_view(attempt: Attempt) -> View:
    """The exam screen, or the review where it was asked for."""
    return review_view(attempt) if attempt.reviewing else exam_view(attempt)


def exam_view(attempt: Attempt) -> Exam:
    sitting = attempt.sitting
    item = attempt.items[sitting.position]
    at = sitting.paper.section_at(sitting.position).id
    section = next(one for one in attempt.form.sections if one.id == at)
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
            highlights=sitting.highlights.get(item.id, ()),
        ),
        flagged=item.id in sitting.flags,
        saved=attempt.saved,
        overview=_overview(attempt),
        clock=attempt.clock,
        notice=attempt.notice,
        note=attempt.shown_note(item.id),
        tools=attempt.tools,
    )


def review_view(attempt: Attempt) -> Review:
    places = range(len(attempt.items))
    unanswered = tuple(at + 1 for at in places if not attempt.answered(at))
    flags = attempt.sitting.flags
    return Review(
        header=attempt.header,
        unanswered=unanswered,
        flagged=tuple(at + 1 for at in places if attempt.items[at].id in flags),
        answered=len(attempt.items) - len(unanswered),
        saved=attempt.saved,
        clock=attempt.clock,
        wait_ms=attempt.wait_ms,
        confirming=attempt.confirming,
        notice=attempt.notice,
    )


def paused_view(attempt: Attempt, challenge: str) -> Paused:
    answered = sum(attempt.answered(at) for at in range(len(attempt.items)))
    return Paused(attempt.header, challenge, attempt.clock, answered)


def _overview(attempt: Attempt) -> tuple[OverviewSection, ...]:
    titles = {section.id: section.title for section in attempt.form.sections}
    return tuple(
        OverviewSection(
            titles[section.id],
            tuple(
                Cell(
                    number=at + 1,
                    answered=attempt.answered(at),
                    flagged=attempt.items[at].id in attempt.sitting.flags,
                    current=at == attempt.sitting.position,
                )
                for at in range(start, start + len(section.items))
            ),
        )
        for section, start in attempt.sitting.paper.starts()
    )
