"""Hours at one window: what the process holds stays what it was."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_GROWTH = 1.05
ENTRY_KIB = 0.25
"""A journal's entry in memory: kept, so that a disk that fails late cannot take the package."""
WARM = 3
"""Samples until every kind of screen was built and every question shown: a quarter of an hour."""


def soak(program, folder, moves, hours, *more):
    done = subprocess.run(
        [sys.executable, "-m", f"tests.faults.{program}", str(moves), str(hours), str(folder)]
        + [str(one) for one in more],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def holds_no_more(samples, warm_at=WARM):
    warm, last = samples[warm_at], samples[-1]
    for name in ("descriptors", "threads", "timers", "widgets"):
        assert last[name] <= warm[name], f"{name}: {samples}"
    journal = (last["entries"] - warm["entries"]) * ENTRY_KIB
    assert last["own_kib"] - journal <= warm["own_kib"] * MOST_GROWTH, samples


def test_a_short_sitting_holds_no_more_at_its_end(tmp_path):
    # A fifth of the moves shows each question once more.
    holds_no_more(soak("soak", tmp_path, 240, 0.4), warm_at=7)


@pytest.mark.campaign
def test_ten_thousand_moves_in_eight_hours(tmp_path):
    holds_no_more(soak("soak", tmp_path, 10_000, 8))


def test_a_desk_holds_no_more_after_a_short_while(tmp_path):
    holds_no_more(soak("desk_soak", tmp_path, 10, 0.1, 4), warm_at=5)


@pytest.mark.campaign
def test_a_desk_of_thirty_seats_for_four_hours(tmp_path):
    holds_no_more(soak("desk_soak", tmp_path, 960, 4))
