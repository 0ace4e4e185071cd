"""Memory of the terminal after 300 navigations, against what it held at the first question."""

from __future__ import annotations

from tests.benchmarks.measure import Result, at_most
from tests.benchmarks.seat import a_window

MOVES = 300
MIB = 1024 * 1024


def run(moves: int = MOVES) -> list[Result]:
    with a_window("navigate", str(moves)) as window:
        told = window.told()
    name = f"memory (PSS) after {moves} navigations"
    results = []
    for since, against in (
        ("before", "the same process at its first question"),
        ("seen", "the same process when each question was shown once"),
    ):
        ratio = told["after"] / told[since]
        goal, holds = at_most(ratio, 1.05)
        results.append(
            Result(
                name=name,
                value=told["after"] / MIB,
                unit="MiB",
                against=against,
                ratio=ratio,
                goal=goal,
                holds=holds,
                runs=1,
            )
        )
    return results
