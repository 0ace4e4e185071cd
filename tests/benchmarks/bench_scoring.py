"""139,100 answers to items of match_correct, against a bare look-up of the key in a dictionary.

1,391 candidates, 100 items, four of five with one key of four, the others with several; a good half of
the answers is right. Items are compiled once, which is part of what is measured.
"""

from __future__ import annotations

import random
import time
from fractions import Fraction

from kiosk.assessment.responses import Response
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.compiled import compile_scorer
from kiosk.scoring.rules import ItemRules, OutcomeDeclaration, ResponseDeclaration
from tests.benchmarks.measure import Result, at_most, paired

CANDIDATES, ITEMS, RUNS = 1_391, 100, 7
GOAL = 5.0
_OUTCOMES = (OutcomeDeclaration("SCORE", "single", "float", ("0",)),)


def _rules(number: int, chance: random.Random) -> ItemRules:
    many = number % 5 == 0
    key = tuple(sorted(chance.sample("ABCD", 3 if many else 1)))
    response = ResponseDeclaration("RESPONSE", "multiple" if many else "single", "identifier", key)
    rules = ItemRules(f"item-{number}", (response,), _OUTCOMES, template="match_correct")
    compile_rules(rules)
    return rules


def _answer(rules: ItemRules, chance: random.Random) -> Response:
    key = rules.responses[0].correct or ()
    return key if chance.random() < 0.55 else tuple(sorted(chance.sample("ABCD", len(key))))


def run(candidates: int = CANDIDATES, runs: int = RUNS) -> list[Result]:
    chance = random.Random(4)
    items = [_rules(number, chance) for number in range(ITEMS)]
    keys = {rules.item: rules.responses[0].correct for rules in items}
    given = [
        (rules.item, {"RESPONSE": _answer(rules, chance)})
        for _ in range(candidates)
        for rules in items
    ]
    bare = [(item, responses["RESPONSE"]) for item, responses in given]
    scores: list[Fraction] = []
    right: list[bool] = []

    def scored() -> float:
        nonlocal scores
        begun = time.perf_counter()
        scorers = {rules.item: compile_scorer(rules) for rules in items}
        scores = [scorers[item](responses) for item, responses in given]
        return time.perf_counter() - begun

    def looked_up() -> float:
        nonlocal right
        begun = time.perf_counter()
        right = [keys[item] == texts for item, texts in bare]
        return time.perf_counter() - begun

    value, ratio = paired(scored, looked_up, runs)
    assert scores == right
    goal, holds = at_most(ratio, GOAL)
    return [
        Result(
            name=f"scoring of {len(given):,} answers by match_correct",
            value=value * 1000,
            unit="ms",
            against="a look-up of the key in a dictionary",
            ratio=ratio,
            goal=goal,
            holds=holds,
            runs=runs,
        )
    ]
