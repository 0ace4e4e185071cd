"""Candidates of an exam made up from a model: strong and weak, with options, seats and time."""

from __future__ import annotations

import numpy as np

from kiosk.station.understanding.session_answers import AskedItem, ExamAnswers, Taker

ITEMS = tuple(
    AskedItem(f"q{n:02}", "single_choice", f"K{n % 4}", ("A", "B", "C", "D"), ("A",))
    for n in range(20)
)
TITLES = {f"K{n}": {"zh-CN": f"鉴定点{n}", "en": f"Point {n}"} for n in range(4)}


def an_exam(n: int = 80, *, forms: int = 1, seed: int = 4) -> ExamAnswers:
    """`n` candidates; with two forms the first leaves out the last five items, the second the first."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=n)
    ease = np.linspace(1.5, -1.5, len(ITEMS))
    takers = []
    for row in range(n):
        form = row % forms
        asked = ITEMS if forms == 1 else (ITEMS[:15], ITEMS[5:])[form]
        right = chance.random(len(ITEMS)) < 1 / (1 + np.exp(-1.3 * (ability[row] + ease)))
        wrong = chance.choice(["B", "C", "D"], len(ITEMS), p=[0.6, 0.3, 0.1])
        chosen = {
            item.item: ("A",) if right[at] else (str(wrong[at]),)
            for at, item in enumerate(ITEMS)
            if item in asked
        }
        takers.append(a_taker(row, chosen, form=f"F{form}"))
    maxima = {item.item: 2.0 for item in ITEMS}
    return ExamAnswers(("S1",), "E1", "L4", "bank", "1", 1, ITEMS, maxima, tuple(takers), 3, TITLES)


def a_taker(row: int, chosen: dict[str, tuple[str, ...]], *, form: str = "F0") -> Taker:
    points: dict[str, float | None] = {
        item: 2.0 if answer == ("A",) else 0.0 for item, answer in chosen.items()
    }
    score = 100 * sum(one or 0.0 for one in points.values()) / (2 * len(points))
    return Taker(
        candidate=f"2026{row:04}",
        name=f"考生{row}",
        session="S1",
        seat=f"A{row + 1}",
        form=form,
        score=score,
        max_score=100.0,
        pass_score=60.0,
        passed=score >= 60,
        paper=tuple(sorted(points)),
        points=points,
        chosen=chosen,
        seconds=dict.fromkeys(points, 30.0 + row % 3),
        received_at=1_772_000_000,
    )
