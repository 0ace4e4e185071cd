"""From the click on a choice until it is on disk, shown as chosen and saved, and painted.

Against a bare commit plus a bare paint: one row in SQLite (WAL, synchronous=FULL) and one check box
clicked and painted in an empty window of the same size, in the same process, click by click.
"""

from __future__ import annotations

from tests.benchmarks.measure import Result, percentile
from tests.benchmarks.seat import a_window

CLICKS = 300


def run(clicks: int = CLICKS) -> list[Result]:
    with a_window("click", str(clicks)) as window:
        told = window.told()
    floor = [commit + paint for commit, paint in zip(told["commit"], told["paint"], strict=True)]
    return [
        Result(
            name=f"click to chosen, durable, saved and painted, p{percent}",
            value=percentile(told["click"], percent),
            unit="ms",
            against="a bare commit + a bare paint",
            ratio=percentile(told["click"], percent) / percentile(floor, percent),
            runs=clicks,
        )
        for percent in (50, 99)
    ]
