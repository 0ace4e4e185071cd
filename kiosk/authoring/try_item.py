"""Tries an item or a whole test: responses in, outcomes out, by the code the station scores with.

Only the item's declarations and rules are read, so an item whose interaction cannot be shown yet can
still be tried.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from kiosk.assessment.responses import Response
from kiosk.authoring.instantiate import TRIAL_SEED, plain_item
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_rules
from kiosk.authoring.qti.whole_test import read_test
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, parse_xml
from kiosk.scoring.explanations import explain_trace
from kiosk.scoring.outcomes import ItemOutcome, score_item
from kiosk.scoring.rules import ItemRules, OutcomeDeclaration
from kiosk.scoring.values import Bag, Row, Single, Value, members
from kiosk.scoring.whole_tests import Answers, WholeTest, compile_test, score_test
from kiosk.words import mark

EXPLANATION = "explanation"
"""The key that `explain` adds to a line of outcomes."""


def read_item_rules(
    data: bytes, name: str, lang: str = "en", *, seed: bytes = TRIAL_SEED, variant: int = 1
) -> ItemRules:
    """The rules of an item file; of a template those of the variant that `seed` gives.

    Raises:
        InputRefused: not an item, or with rules that cannot be computed; all problems are named.
    """
    problems = Problems(name)
    root = plain_item(parse_xml(data, name), problems, seed=seed, variant=variant)
    rules = None if root is None else read_rules(root, problems)
    problems.raise_if_refused(lang)
    if rules is None:
        raise InputRefused(mark("the item cannot be scored"), where=name)
    return rules


def read_whole_test(
    root: Element, file: str, read: Callable[[str], bytes], lang: str = "en"
) -> tuple[WholeTest, dict[str, ItemRules]]:
    """The test in the parsed file `file`, and the rules of its items by their name in the test.

    Args:
        read: gives the other files.

    Raises:
        InputRefused: the test or one of its items cannot be scored; all problems of a file are named.
    """
    problems = Problems(file)
    found = read_test(root, file, read, problems)
    problems.raise_if_refused(lang)
    if found is None:
        raise InputRefused(mark("the test cannot be scored"), where=file)
    items = {
        identifier: read_item_rules(read(path), path, lang)
        for identifier, path in found.files.items()
    }
    compile_test(found.test, items)
    return found.test, items


def read_responses(lines: Iterable[str], name: str) -> Iterator[dict[str, Response]]:
    """Each line's responses: `{"RESPONSE": ["A", "C"]}`, `[]` for none; empty lines are passed over.

    Raises:
        InputRefused: a line that says something else; `where` names it.
    """
    for where, plain in _objects(lines, name):
        yield _responses(plain, where)


def read_answers(lines: Iterable[str], name: str) -> Iterator[dict[str, dict[str, Response]]]:
    """Each line's responses to a test: `{"ITEM-1": {"RESPONSE": ["A"]}}`; an item that is not named was
    not presented.

    Raises:
        InputRefused: a line that says something else; `where` names it.
    """
    for where, plain in _objects(lines, name):
        yield {item: _responses(responses, where) for item, responses in plain.items()}


def outcomes_of(
    rules: ItemRules, responses: dict[str, Response], *, explain: str = ""
) -> dict[str, Any]:
    """Every outcome by name as a JSON value; with `explain` (a language) its reasons too.

    Raises:
        InputRefused: a response the item does not declare.
    """
    return _shown(score_item(rules, responses), rules.outcomes, explain)


def outcomes_of_test(
    test: WholeTest, items: Mapping[str, ItemRules], answers: Answers, *, explain: str = ""
) -> dict[str, Any]:
    """As `outcomes_of`, of a whole test.

    Raises:
        InputRefused: an item or a response that the test does not have.
    """
    return _shown(score_test(test, items, answers), test.outcomes, explain)


def _shown(
    outcome: ItemOutcome, declared: tuple[OutcomeDeclaration, ...], explain: str
) -> dict[str, Any]:
    found: dict[str, Any] = {
        declaration.id: _plain(outcome.values.get(declaration.id), declaration.base_type)
        for declaration in declared
    }
    if explain:
        found[EXPLANATION] = list(explain_trace(outcome.trace, explain))
    return found


def _objects(lines: Iterable[str], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line's JSON object, and where it stands."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            plain = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as fault:
            raise InputRefused(mark("not JSON"), where=where, remedy=_FORM) from fault
        if not isinstance(plain, dict):
            raise InputRefused(mark("not a JSON object"), where=where, remedy=_FORM)
        yield where, plain


def _responses(plain: Any, where: str) -> dict[str, Response]:
    if not isinstance(plain, dict):
        raise InputRefused(mark("not a JSON object"), where=where, remedy=_TEST_FORM)
    return {key: _response(value, where) for key, value in plain.items()}


def _response(value: Any, where: str) -> Response:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InputRefused(mark("a response must be a list of texts"), where=where, remedy=_FORM)
    return tuple(value)


def _plain(value: Value, base_type: str) -> Any:
    match value:
        case None:
            return None
        case Bag(values) | Row(values):
            return [_single(one, base_type) for one in values]
        case _:
            return _single(members(value)[0], base_type)


def _single(value: Single, base_type: str) -> Any:
    if not isinstance(value, Fraction):
        return value
    return int(value) if base_type == "integer" and value.denominator == 1 else float(value)


_TEST_FORM = mark('Write one line each, such as {"ITEM-1": {"RESPONSE": ["A"]}}')
_FORM = mark('Write one line each, such as {"RESPONSE": ["A", "C"]}; [] is no response')
