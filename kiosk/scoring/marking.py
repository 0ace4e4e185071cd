"""How an answer becomes points: the item says what is right, the section what that is worth.

One marking rule a section (DESIGN 8). An item that brings its own response processing keeps it: its
SCORE is scaled to the section's points. No answer is 0, whatever the rule; points may be below zero
here, the blueprint's floor is `result`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from kiosk.assessment.responses import Response
from kiosk.errors import InputRefused
from kiosk.scoring.mapping import map_points, map_values
from kiosk.scoring.numbers import number, stored
from kiosk.scoring.outcomes import (
    matches,
    score_item,
    template_responses,
)
from kiosk.scoring.reasons import Code, Reason
from kiosk.scoring.rules import SCORE, ItemRules, ResponseDeclaration

ZERO = Fraction(0)
MOST_UNORDERED_BLANKS = 12
"""Finding the best order of n blanks takes n * 2**n steps."""


class AllOrNothing(Struct, frozen=True, forbid_unknown_fields=True, tag="all_or_nothing"):
    """All points for the whole right answer; a wrong one costs `deduction`."""

    deduction: str = "0"


class Incomplete(Struct, frozen=True, forbid_unknown_fields=True, tag="incomplete"):
    """A fixed mark for any incomplete answer without a wrong option."""

    points: str
    deduction: str = "0"


class PerRight(Struct, frozen=True, forbid_unknown_fields=True, tag="per_right"):
    """`each` for each right option when none is wrong (少选得分), an incomplete answer at most `most`;
    without `each` an equal share of the points."""

    each: str | None = None
    most: str | None = None


class PerOption(Struct, frozen=True, forbid_unknown_fields=True, tag="per_option"):
    """Each right option gains `right` (an equal share without it), each wrong one costs `wrong`."""

    wrong: str
    right: str | None = None


class Blanks(Struct, frozen=True, forbid_unknown_fields=True, tag="blanks"):
    """Each blank is worth an equal share; without `ordered` the answers may stand in any order."""

    ordered: bool = True


class People(Struct, frozen=True, forbid_unknown_fields=True, tag="people"):
    """People mark every answer, by the item's marking points (采分点); a key that it has is what they
    compare with."""


Marking = AllOrNothing | Incomplete | PerRight | PerOption | Blanks | People


class Mark(Struct, frozen=True):
    points: Fraction
    reason: Reason


def mark(
    marking: Marking, points: Fraction, rules: ItemRules, responses: Mapping[str, Response]
) -> Mark:
    """What `responses` to an item earn in a section.

    Args:
        points: what the whole right answer is worth.
        rules: accepted by `checking.compile_rules` and `check_marking`.
    """
    for identifier in responses:
        if rules.response(identifier) is None:
            raise InputRefused(f"there is no response '{identifier}'", where=rules.item)
    if not any(text.strip() for texts in responses.values() for text in texts):
        return Mark(ZERO, Reason("unanswered"))
    if isinstance(marking, People) or by_people(rules):
        return Mark(ZERO, Reason("people"))
    if isinstance(marking, Blanks) and rules.template:
        return _blanks(marking, points, rules, responses)
    if rules.template == "match_correct":
        return _options(marking, points, _compare(rules, responses))
    outcome = score_item(rules, responses)
    share = min(outcome.score / best_score(rules), Fraction(1))
    return Mark(stored(share * points), Reason("own", steps=outcome.trace))


def by_people(rules: ItemRules) -> bool:
    """Whether no rule can mark the item: a text that somebody has to read."""
    return rules.template is None and not rules.processing


def check_marking(marking: Marking, rules: ItemRules) -> None:
    """Raises InputRefused when `mark` could not mark such an item by such a rule."""
    if isinstance(marking, Blanks) and not marking.ordered and rules.template:
        blanks = len(template_responses(rules))
        if blanks > MOST_UNORDERED_BLANKS:
            raise InputRefused(
                f"{blanks} blanks in any order, at most {MOST_UNORDERED_BLANKS} are possible",
                where=rules.item,
            )
    if (
        rules.template != "match_correct"
        and not by_people(rules)
        and not isinstance(marking, People)
    ):
        best_score(rules)


def best_score(rules: ItemRules) -> Fraction:
    """The SCORE that is worth an item's full points: its normal-maximum, else the outcome MAXSCORE,
    else the best its mappings give, else what its correct responses earn.

    Raises:
        InputRefused: none of these is above zero.
    """
    best = _best_score(rules)
    if best <= 0:
        raise InputRefused(
            "it cannot be told which SCORE is the best",
            where=rules.item,
            remedy="Give SCORE a normal-maximum, or the item a correct response",
        )
    return best


def _best_score(rules: ItemRules) -> Fraction:
    score, most = rules.outcome(SCORE), rules.outcome("MAXSCORE")
    if score is not None and score.normal_maximum is not None:
        return number(score.normal_maximum)
    if most is not None and most.default:
        return number(most.default[0])
    if rules.template in ("map_response", "map_response_point"):
        return sum((_best_mapped(response) for response in template_responses(rules)), ZERO)
    correct = {response.id: response.correct or () for response in rules.responses}
    return score_item(rules, correct).score


def _best_mapped(response: ResponseDeclaration) -> Fraction:
    mapping = response.mapping or response.areas
    if mapping is None:
        return ZERO
    values = [number(entry.value) for entry in mapping.entries]
    if response.cardinality == "single":
        best = max([*values, number(mapping.default)])
    else:
        best = sum((value for value in values if value > 0), ZERO)
    return best if mapping.upper is None else min(best, number(mapping.upper))


# --- by options -----------------------------------------------------------------------------------


def _compare(rules: ItemRules, responses: Mapping[str, Response]) -> Reason:
    """Options (or, in a typed answer, the whole of it) right, wrong and missed."""
    right: list[str] = []
    wrong: list[str] = []
    missed: list[str] = []
    declarations = template_responses(rules)
    for response in declarations:
        texts = responses.get(response.id, ())
        name = f"{response.id}: " if len(declarations) > 1 else ""
        correct = response.correct or ()
        if response.base_type in _BY_OPTION and response.cardinality != "ordered":
            chosen = {_undirected(response, text) for text in texts}
            correct = tuple(_undirected(response, text) for text in correct)
            right += [name + option for option in correct if option in chosen]
            missed += [name + option for option in correct if option not in chosen]
            wrong += [name + option for option in sorted(chosen - set(correct))]
        elif matches(response, texts):
            right.append(name + " ".join(texts))
        elif texts:
            wrong.append(name + " ".join(texts))
        else:
            missed.append(name + " ".join(correct))
    code: Code = "wrong" if wrong else "incomplete" if missed else "right"
    return Reason(code, tuple(right), tuple(wrong), tuple(missed))


_BY_OPTION = frozenset({"identifier", "pair", "directedPair"})
"""Base types whose values are right or wrong one by one."""


def _undirected(response: ResponseDeclaration, value: str) -> str:
    """`value` as it compares: the ends of a pair without direction in one order."""
    return " ".join(sorted(value.split())) if response.base_type == "pair" else value


def _options(marking: Marking, points: Fraction, found: Reason) -> Mark:
    match marking:
        case PerOption(wrong, right):
            gain = _each(right, points, found) * len(found.right)
            earned = min(gain, points) - number(wrong) * len(found.wrong)
            return Mark(earned, _recoded(found, "options"))
        case _ if found.code == "right":
            return Mark(points, found)
        case AllOrNothing(deduction):
            return Mark(-number(deduction), found)
        case Incomplete(fixed, deduction):
            earned = -number(deduction) if found.wrong else number(fixed)
            return Mark(min(earned, points), found)
        case PerRight(each, most):
            if found.wrong:
                return Mark(ZERO, found)
            gain = _each(each, points, found) * len(found.right)
            return Mark(min(gain, points, points if most is None else number(most)), found)
        case Blanks() | People():
            # `mark` sends the items of these elsewhere.
            raise AssertionError(found)


def _each(stated: str | None, points: Fraction, found: Reason) -> Fraction:
    """What one right option earns: as stated, or its equal share."""
    if stated is not None:
        return number(stated)
    return points / max(1, len(found.right) + len(found.missed))


def _recoded(found: Reason, code: Code) -> Reason:
    return found if found.code == "right" else Reason(code, found.right, found.wrong, found.missed)


# --- blank by blank -------------------------------------------------------------------------------


def _blanks(
    marking: Blanks, points: Fraction, rules: ItemRules, responses: Mapping[str, Response]
) -> Mark:
    declarations = template_responses(rules)
    texts = [responses.get(response.id, ()) for response in declarations]
    shares = [[_blank_share(rules, blank, given) for given in texts] for blank in declarations]
    order = tuple(range(len(texts))) if marking.ordered else _best_order(shares)
    earned = ZERO
    right: list[str] = []
    wrong: list[str] = []
    missed: list[str] = []
    for blank, place in enumerate(order):
        share, given = shares[blank][place], texts[place]
        earned += share
        said = f"{declarations[place].id}: {' '.join(given)}"
        (right if share == 1 else wrong if given else missed).append(said)
    reason = Reason("blanks", tuple(right), tuple(wrong), tuple(missed))
    return Mark(points * earned / len(declarations), reason)


def _blank_share(rules: ItemRules, blank: ResponseDeclaration, texts: Response) -> Fraction:
    if rules.template == "match_correct":
        return Fraction(int(matches(blank, texts)))
    best = _best_mapped(blank)
    earned = map_points if rules.template == "map_response_point" else map_values
    share = earned(blank, texts)[1] / best if best > 0 else ZERO
    return max(ZERO, min(share, Fraction(1)))


def _best_order(shares: list[list[Fraction]]) -> tuple[int, ...]:
    """The answer for each blank, each answer used once, that earns most (over sets of answers)."""
    best: dict[int, tuple[Fraction, tuple[int, ...]]] = {0: (ZERO, ())}
    for row in shares:
        longer: dict[int, tuple[Fraction, tuple[int, ...]]] = {}
        for used, (earned, order) in best.items():
            for place, share in enumerate(row):
                mask = used | 1 << place
                if mask != used and (mask not in longer or earned + share > longer[mask][0]):
                    longer[mask] = (earned + share, (*order, place))
        best = longer
    return best[(1 << len(shares)) - 1][1]
