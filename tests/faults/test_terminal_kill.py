"""kill -9 at any moment: no answer the screen called saved is ever lost, and no time either."""

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.session import Window
from kiosk.assessment.sitting import Part
from kiosk.terminal.clock import SystemTime
from tests.faults.sitter import keys_of
from tests.terminal.room import TERMS, Floor, Room

ROOT = Path(__file__).parents[2]


class Sitters:
    """Sitters one after another, all at the terminal in `state`."""

    def __init__(self, state, keys):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sitter", str(state), str(keys)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self._lines = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_fault):
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put((line.split(), SystemTime().now_ms()))

    def run_until_killed(self, seed, after_s):
        """Start one and kill it `after_s` after it came back; what it said, and when it was dead."""
        self._process.stdin.write(f"{seed}\n")
        self._process.stdin.flush()
        process = int(self._said()[1])
        said = [self._said()]
        time.sleep(after_s)
        os.kill(process, signal.SIGKILL)
        while True:
            line, at_ms = self._lines.get(timeout=60)
            if line == ["GONE"]:
                return said, at_ms
            said.append(line)

    def _said(self):
        line, _ = self._lines.get(timeout=60)
        assert line != ["GONE"]
        return line


@pytest.fixture
def campaign(tmp_path):
    def run(kills, seed, terms=TERMS):
        keys = tmp_path / "keys"
        with Sitters(tmp_path / "state", keys) as sitters:
            return told_in(sitters, keys, kills, seed, terms)

    return run


def told_in(sitters, keys, kills, seed, terms):
    """How many answers were called saved in so many kills, when none of them is lost."""
    now = int(time.time())
    room = Room(terms=terms, window=Window(now - 600, now + 36_000), floor=Floor(0))
    keys.write_bytes(keys_of(room))
    moments = random.Random(seed)
    saved = {}
    tried = []  # the item and value that were sent last and not yet called saved
    last = None  # a moment, the time left then, and when the program that said so was dead
    told = 0
    last_part = False
    for kill in range(kills):
        lines, dead_ms = sitters.run_until_killed(kill, moments.uniform(0.0, 0.25))
        back = dict(pair.split("=") for pair in lines[0][1:])
        # One more answer may have reached the disk than the screen had time to call saved.
        lost = {
            item: (value, back.get(item))
            for item, value in saved.items()
            if back.get(item) != value and [item, back.get(item)] != tried
        }
        assert not lost, f"kill {kill}: {lost}"
        added = [[item, value] for item, value in back.items() if item not in saved]
        assert added in ([], [tried]), f"kill {kill}"
        tried = []
        saved = back
        for line in lines[1:]:
            if line[0] == "LEFT":
                released_ms, left_ms, at_ms = map(int, line[1:])
                if last is not None:
                    was_at_ms, was_ms, was_dead_ms = last
                    # Charged for no more than it ran: not for the seconds it was away.
                    ran_ms = (was_dead_ms - was_at_ms) + (at_ms - released_ms)
                    assert was_ms - left_ms <= ran_ms, f"kill {kill}"
                last = released_ms, left_ms, dead_ms
            if line[0] == "TRY":
                tried = line[1:]
            if line[0] == "SAVED" and len(line) == 5:
                saved[line[1]] = line[2]
                tried = []
                last_part |= line[1].startswith("t")
                assert not (terms.parts and last_part and line[1].startswith("i")), f"kill {kill}"
                last = int(line[3]), int(line[4]), dead_ms
                told += 1
    assert told > kills
    assert last_part
    return told


@pytest.mark.timeout(120)
def test_twenty_kills_lose_nothing(campaign):
    campaign(20, seed=1)


@pytest.mark.timeout(120)
def test_a_part_that_runs_out_among_kills_stays_closed_with_all_it_had(campaign):
    parts = (Part(("s1",), 700), Part(("s2",), 3_600_000))
    campaign(12, seed=3, terms=replace(TERMS, duration_ms=3_600_700, parts=parts))


@pytest.mark.campaign
def test_a_thousand_kills_lose_nothing(tmp_path):
    # Ten sittings: one alone would end with a journal no candidate writes, and take hours to replay.
    told = 0
    for sitting in range(10):
        keys = tmp_path / f"keys-{sitting}"
        with Sitters(tmp_path / f"state-{sitting}", keys) as sitters:
            told += told_in(sitters, keys, 100, seed=2 + sitting, terms=TERMS)
    print(f"1,000 kills: 0 of {told:,} answers lost")
