"""40 parallel forms of 100 items from a bank of 2,000, against the solver's own time in the same run.

The bank is made by a seed: eight work contents of one function, twelve knowledge points each, three
kinds, every difficulty, some enemies. The solver is HiGHS; what is above it is ours.
"""

from __future__ import annotations

import random
import time
from fractions import Fraction
from typing import Any

from kiosk.assessment.items import Kind
from kiosk.scoring.blueprint import read_blueprint
from kiosk.scoring.standard import Standard, read_standard
from kiosk.station import form_model
from kiosk.station.assembly import assemble, figures
from kiosk.station.form_model import Candidate
from tests.benchmarks.measure import Result, at_most, say

GOAL = 1.3
FORMS, ITEMS, OVERLAP = 40, 2_000, 12
WEIGHTS = (20, 18, 16, 14, 12, 10, 6, 4)
POINTS_A_CONTENT = 12
BLUEPRINT = {
    "blueprint": {"id": "b", "level": "L4", "pass": 60},
    "section": [
        {"kind": "single_choice", "count": 50, "points": 0.5},
        {"kind": "true_false", "count": 20, "points": 0.5},
        {"kind": "multiple_choice", "count": 30, "points": 1},
    ],
}


class _Timed(form_model._Solver):
    """The solver, whose time is told."""

    seconds = 0.0

    def run(self) -> Any:
        begun = time.perf_counter()
        try:
            return super().run()
        finally:
            type(self).seconds += time.perf_counter() - begun


def _standard() -> Standard:
    contents = [
        {
            "id": f"C{content}",
            "title": {"en": "A content"},
            "knowledge_point": [
                {"id": f"C{content}.{point}", "title": {"en": "A point"}, "levels": ["L4"]}
                for point in range(POINTS_A_CONTENT)
            ],
        }
        for content in range(len(WEIGHTS))
    ]
    return read_standard(
        {
            "standard": {"id": "s", "title": {"en": "A standard"}, "edition": "1"},
            "function": [{"id": "F", "title": {"en": "A function"}, "content": contents}],
            "weights": {"L4": {f"C{n}": weight for n, weight in enumerate(WEIGHTS)}},
        }
    )


def _bank(chance: random.Random) -> list[Candidate]:
    kinds = (Kind.SINGLE_CHOICE, Kind.TRUE_FALSE, Kind.MULTIPLE_CHOICE)
    found = []
    for number in range(ITEMS):
        content = chance.choices(range(len(WEIGHTS)), WEIGHTS)[0]
        found.append(
            Candidate(
                id=f"i{number}",
                kind=chance.choices(kinds, (5, 2, 3))[0],
                knowledge_point=f"C{content}.{chance.randrange(POINTS_A_CONTENT)}",
                content=f"C{content}",
                levels=("L4",),
                difficulty=Fraction(chance.randrange(5, 96), 100),
                group=f"g{number // 4}" if chance.random() < 0.1 else "",
            )
        )
    return found


def run(count: int = FORMS) -> list[Result]:
    standard, items = _standard(), _bank(random.Random(5))
    blueprint = read_blueprint(BLUEPRINT)
    plain = form_model._Solver
    form_model._Solver = _Timed  # type: ignore[misc]
    try:
        begun = time.perf_counter()
        forms = assemble(
            blueprint, standard, items, seed=bytes(range(32)), forms=count, overlap=OVERLAP
        )
        took = time.perf_counter() - begun
    finally:
        form_model._Solver = plain  # type: ignore[misc]
    told = figures(forms, items)
    means = [one.difficulty for one in told if one.difficulty is not None]
    spreads = [one.spread for one in told if one.spread is not None]
    say(
        f"difficulty {min(means)} to {max(means)}, spread {min(spreads)} to {max(spreads)}, "
        f"at most {max(one.shared for one in told)} items shared"
    )
    ratio = took / _Timed.seconds
    goal, holds = at_most(ratio, GOAL)
    return [
        Result(
            name=f"{count} parallel forms of {blueprint.item_count} items from a bank of {ITEMS:,}",
            value=took,
            unit="s",
            against="the solver alone",
            ratio=ratio,
            goal=goal,
            holds=holds,
            runs=1,
        )
    ]
