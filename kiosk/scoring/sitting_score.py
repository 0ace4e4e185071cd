"""A sitting's score: a pure function of the paper, the rules and the responses.

So whoever has these can derive a `Result` again.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.paper import Form, FormSection, Paper, PaperSection
from kiosk.assessment.responses import Response
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import Blueprint, Section
from kiosk.scoring.compiled import Marks
from kiosk.scoring.numbers import number, rounded, written
from kiosk.scoring.reasons import Reason
from kiosk.scoring.result import ItemResult, Result, SectionResult
from kiosk.scoring.rules import ItemRules


def score_sitting(
    paper: Paper,
    form: Form,
    blueprint: Blueprint,
    rules_by_item: Mapping[str, ItemRules],
    responses: Mapping[str, Mapping[str, Response]],
    marks: Marks | None = None,
) -> Result:
    """What a candidate's responses to a paper are worth, and why.

    Args:
        rules_by_item: accepted by `checking.compile_rules`.
        responses: as `Sitting.responses` holds them, by item and response.
        marks: those of the exam so far, where many sittings of it are scored.

    Raises:
        InputRefused: paper, form, blueprint and rules do not belong together, or a response is to
            something the paper or an item does not have.
    """
    _require_agreement(paper, form, blueprint)
    on_paper = {placed.item for placed in paper.items}
    for item in responses:
        if item not in on_paper:
            raise InputRefused(f"item {item} is not on this paper", where=form.id)
    sections = tuple(
        _score_section(blueprint, placed, start, rules_by_item, responses, marks or Marks())
        for placed, start in paper.starts()
    )
    return summed(form.id, blueprint, sections)


class Given(Struct, frozen=True):
    """What people gave an answer: `share` of its full mark (0 to 1), and `gave`, their numbers as text."""

    share: Fraction
    gave: tuple[str, ...]


def with_marks(result: Result, blueprint: Blueprint, given: Mapping[str, Given]) -> Result:
    """`result` with the marks of people in it, by item: what they mark earns its share of the section's
    points, and all is summed, floored and rounded as `score_sitting` does.

    Raises:
        InputRefused: a mark for an item that people do not mark.
    """
    by_people = {item.item for item in result.items if item.reason.code in ("people", "marked")}
    for item in given:
        if item not in by_people:
            raise InputRefused(f"people do not mark item {item}", where=result.form)
    sections = tuple(
        summed_section(
            blueprint,
            section.id,
            tuple(
                _given(blueprint, item, given[item.item]) if item.item in given else item
                for item in section.items
            ),
        )
        for section in result.sections
    )
    return summed(result.form, blueprint, sections)


def _given(blueprint: Blueprint, item: ItemResult, given: Given) -> ItemResult:
    points = _rounded(blueprint, "item", given.share * number(item.max_points))
    return replace(item, points=written(points), reason=Reason("marked", gave=given.gave))


def summed(form: str, blueprint: Blueprint, sections: tuple[SectionResult, ...]) -> Result:
    """The result of marked sections, converted and rounded. What was left out leaves the total too."""
    points = max(Fraction(0), sum((number(part.points) for part in sections), Fraction(0)))
    total = blueprint.total - sum((_left_out(part.items) for part in sections), Fraction(0))
    score = points * blueprint.max_score / total if total else Fraction(0)
    score = _rounded(blueprint, "total", score)
    return Result(
        form=form,
        blueprint=blueprint.id,
        points=written(points),
        max_points=written(total),
        score=written(score),
        max_score=written(blueprint.max_score),
        pass_score=blueprint.pass_points,
        passed=score >= number(blueprint.pass_points),
        sections=sections,
    )


def _score_section(
    blueprint: Blueprint,
    placed: PaperSection,
    start: int,
    rules_by_item: Mapping[str, ItemRules],
    responses: Mapping[str, Mapping[str, Response]],
    marks: Marks,
) -> SectionResult:
    section = blueprint.section(placed.id)
    items = []
    for position, paper_item in enumerate(placed.items, start=start):
        rules = rules_by_item.get(paper_item.item)
        if rules is None:
            raise InputRefused(f"there are no rules for item {paper_item.item}", where=placed.id)
        points, reason = _score_item(
            blueprint, section, rules, responses.get(paper_item.item, _NO_RESPONSES), marks
        )
        items.append(ItemResult(paper_item.item, position, written(points), section.points, reason))
    return summed_section(blueprint, placed.id, tuple(items))


def summed_section(
    blueprint: Blueprint, identifier: str, items: tuple[ItemResult, ...]
) -> SectionResult:
    """A section's result from its items', floored and rounded as the blueprint says."""
    section = blueprint.section(identifier)
    total = sum((number(item.points) for item in items), Fraction(0))
    if blueprint.floor == "section":
        total = max(Fraction(0), total)
    total = _rounded(blueprint, "section", total)
    most = number(section.points) * section.count - _left_out(items)
    return SectionResult(identifier, written(total), written(most), items)


def _left_out(items: tuple[ItemResult, ...]) -> Fraction:
    return sum(
        (number(item.max_points) for item in items if item.reason.code == "left_out"), Fraction(0)
    )


_NO_RESPONSES: dict[str, Response] = {}


def _score_item(
    blueprint: Blueprint,
    section: Section,
    rules: ItemRules,
    responses: Mapping[str, Response],
    marks: Marks,
) -> tuple[Fraction, Reason]:
    marked = marks.mark(section, rules, responses)
    below = marked.points.numerator < 0  # by the sign: comparing fractions is a tenth of the time
    points = Fraction(0) if below and blueprint.floor == "item" else marked.points
    return _rounded(blueprint, "item", points), marked.reason


def _rounded(blueprint: Blueprint, at: str, value: Fraction) -> Fraction:
    rule = blueprint.rounding
    return value if rule is None or rule.at != at else rounded(value, rule.places, rule.mode)


def _require_agreement(paper: Paper, form: Form, blueprint: Blueprint) -> None:
    if paper.form != form.id:
        raise InputRefused(f"the paper is of form '{paper.form}'", where=form.id)
    ids = [section.id for section in blueprint.sections]
    if [section.id for section in form.sections] != ids:
        raise InputRefused("the form has not the sections of the blueprint", where=form.id)
    if [section.id for section in paper.sections] != ids:
        raise InputRefused("the paper has not the sections of the form", where=form.id)
    for placed, asked, planned in zip(
        paper.sections, form.sections, blueprint.sections, strict=True
    ):
        _require_section(placed, asked, planned)


def _require_section(placed: PaperSection, asked: FormSection, planned: Section) -> None:
    if sorted(item.item for item in placed.items) != sorted(asked.items):
        raise InputRefused("the paper has not the items of the form", where=asked.id)
    if len(asked.items) != planned.count or asked.points != planned.points:
        raise InputRefused("the form has not the count and points of the blueprint", where=asked.id)
