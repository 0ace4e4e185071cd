"""Rules compiled for many answers: what one costs again and again is worked out once a process.

Rules travel as values (`rules`); a worker turns each item's into a closure. For a standard template
the closure keeps what every answer seen so far earned, because a thousand candidates give few
different answers to an item; any other processing is interpreted each time, since a draw or a trace
may hang on more than the answer. `outcomes.score_item` stays what defines a score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from kiosk.assessment.responses import Response
from kiosk.scoring.blueprint import Section
from kiosk.scoring.marking import Mark, mark
from kiosk.scoring.numbers import number
from kiosk.scoring.outcomes import score_item, template_responses
from kiosk.scoring.rules import ItemRules

Scorer = Callable[[Mapping[str, Response]], Fraction]
"""From an item's responses to its SCORE."""

MOST_KEPT = 512
"""Different answers kept an item: a choice has fewer, typed texts may have any number."""

MOST_MARKS = 20_000
"""Different answers kept an exam: a hundred items with two hundred each."""

_NOTHING: Response = ()


def compile_scorer(rules: ItemRules) -> Scorer:
    """A function that gives what `score_item` gives, without its trace.

    Args:
        rules: accepted by `checking.compile_rules`.
    """
    if rules.template is None:
        return lambda responses: score_item(rules, responses).score
    declared = tuple(response.id for response in template_responses(rules))
    if len(declared) == 1 and len(rules.responses) == 1:
        return _of_one_response(rules, declared[0])
    return _of_responses(rules)


def _of_one_response(rules: ItemRules, identifier: str) -> Scorer:
    kept: dict[Response | None, Fraction] = {}
    find = kept.get

    def score(responses: Mapping[str, Response]) -> Fraction:
        # The length tells a response to something the item does not have, which is refused.
        if len(responses) == 1:
            found = find(responses.get(identifier))
            if found is not None:
                return found
        found = score_item(rules, responses).score
        if len(kept) < MOST_KEPT and identifier in responses:
            kept[responses[identifier]] = found
        return found

    return score


def _of_responses(rules: ItemRules) -> Scorer:
    names = tuple(response.id for response in rules.responses)
    known = frozenset(names)
    kept: dict[tuple[Response, ...], Fraction] = {}

    def score(responses: Mapping[str, Response]) -> Fraction:
        if not known.issuperset(responses):
            return score_item(rules, responses).score
        key = tuple([responses.get(name, _NOTHING) for name in names])
        found = kept.get(key)
        if found is None:
            found = score_item(rules, responses).score
            if len(kept) < MOST_KEPT:
                kept[key] = found
        return found

    return score


class Marks:
    """What answers are worth in the sections of one exam: `marking.mark`, each answer marked once.

    A mark hangs on nothing but the section, the rules and the answer, so that it may be kept, with
    its reason.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, tuple[tuple[str, Response], ...]], Mark] = {}

    def mark(self, section: Section, rules: ItemRules, responses: Mapping[str, Response]) -> Mark:
        """As `marking.mark` does; `section` and `rules` are told apart by their identifiers."""
        key = (section.id, rules.item, tuple(responses.items()))
        found = self._kept.get(key)
        if found is None:
            found = mark(section.marking, number(section.points), rules, responses)
            if len(self._kept) < MOST_MARKS:
                self._kept[key] = found
        return found
