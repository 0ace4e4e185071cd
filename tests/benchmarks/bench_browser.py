"""The terminal against a browser kiosk: Chromium with an open QTI player, on the same kind of items.

Both run on one X screen (Xvfb), in turn. The browser reads its items as plain XML from the loopback and
keeps an answer in `localStorage`, as players do; ours is released by two proctors, opens an encrypted
bank and commits each answer to disk before it is called saved. A hundred items: the same numbers of
each kind, of one bank.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from pathlib import Path

from kiosk.rehearsal.xscreen import OwnScreen
from tests.benchmarks.bench_cold_start import until_painted
from tests.benchmarks.browser import VERSION, Browser, why_not
from tests.benchmarks.measure import Result, at_most, paired, percentile, say
from tests.benchmarks.seat import BANK, QUESTIONS, ROOT, a_window

PEER = f"Chromium --kiosk with @citolab/qti-components {VERSION}"
MIB = 1024 * 1024


def run(runs: int = 7, moves: int = 300, clicks: int = 300, kills: int = 20) -> list[Result]:
    names = (
        ("cold start to the first question, ours released and decrypted", "at most 0.55"),
        (f"memory (PSS) after {moves} navigations", "at most 0.25"),
        ("click to painted, ours durable first, p99", "at most 0.5"),
        (f"answers lost to {kills} kill -9 after being shown as chosen", "0 of ours"),
    )
    if reason := why_not():
        return [
            Result(name=f"{name}, against a browser", goal=goal, skipped=reason)
            for name, goal in names
        ]
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-bench-", ignore_cleanup_errors=True) as folder,
        OwnScreen() as screen,
        Browser(screen, items()) as browser,
    ):
        against = _Against(screen.display, browser, Path(folder))
        return [
            against.cold_start(names[0][0], runs),
            against.memory(names[1][0], moves),
            against.click(names[2][0], clicks),
            against.kills(names[3][0], kills),
        ]


def items() -> list[Path]:
    """The items the browser shows: as many of each kind as the terminal's paper has."""
    wanted = {
        r'max-choices="1"': QUESTIONS["single_choice"] + QUESTIONS["true_false"],
        r'<qti-choice-interaction(?![^>]*max-choices="1")': QUESTIONS["multiple_choice"],
        "<qti-text-entry-interaction": QUESTIONS["text_entry"],
        "<qti-inline-choice-interaction": QUESTIONS["inline_choice"],
    }
    chosen: list[Path] = []
    left = dict(wanted)
    for path in sorted((ROOT / "question_banks" / BANK / "items").glob("*.zh-CN.xml")):
        text = path.read_text("utf-8")
        kind = next((pattern for pattern in left if re.search(pattern, text)), None)
        if kind is not None and left[kind]:
            left[kind] -= 1
            chosen.append(path)
    assert not any(left.values()), left
    # The first must have choices to click.
    chosen.sort(key=lambda path: 'max-choices="1"' not in path.read_text("utf-8"))
    return chosen


class _Against:
    def __init__(self, display: str, browser: Browser, folder: Path) -> None:
        self._display = display
        self._browser = browser
        self._folder = folder
        self._profiles = 0

    def _profile(self) -> Path:
        self._profiles += 1
        return self._folder / f"profile-{self._profiles}"

    def cold_start(self, name: str, runs: int) -> Result:
        # A profile that was used before, as a kiosk's is: its first start ever takes longer.
        profile = self._profile()

        def ours() -> float:
            with a_window("first", display=self._display) as window:
                return until_painted(window)

        def browser() -> float:
            self._browser.open("first", profile)
            assert self._browser.told() == "painted"
            taken = time.perf_counter() - self._browser.started
            self._browser.kill()
            return taken

        value, ratio = paired(ours, browser, runs)
        return _result(name, value * 1000, "ms", value / ratio * 1000, ratio, 0.55, runs)

    def memory(self, name: str, moves: int) -> Result:
        with a_window("navigate", str(moves), display=self._display) as window:
            ours = window.told()["after"] / MIB
        self._browser.open("navigate", self._profile(), moves=moves, count=sum(QUESTIONS.values()))
        assert self._browser.told() == "navigated"
        browser = self._browser.pss() / MIB
        self._browser.kill()
        return _result(name, ours, "MiB", browser, ours / browser, 0.25, 1)

    def click(self, name: str, clicks: int) -> Result:
        with a_window("click", str(clicks), display=self._display) as window:
            ours = percentile(window.told()["click"], 99)
        self._browser.open("click", self._profile(), clicks=clicks)
        taken = self._browser.told()
        self._browser.kill()
        say(f"browser: p50 {statistics.median(taken):.1f} ms, p99 {percentile(taken, 99):.1f} ms")
        browser = percentile(taken, 99)
        return _result(name, ours, "ms", browser, ours / browser, 0.5, clicks)

    def kills(self, name: str, kills: int) -> Result:
        """The browser's losses; ours are bench_kill.py's, over more kills."""
        profile = self._profile()
        lost, chosen = 0, None
        for turn in range(kills + 1):
            self._browser.open("answer", profile, turn=turn)
            told = self._browser.told()
            if turn:
                lost += told["kept"] != chosen
            chosen = told["chosen"]
            self._browser.kill()
        return Result(
            name=f"{name}: the browser's",
            value=lost,
            unit=f"of {kills}",
            against=PEER,
            goal="ours: 0 (bench_kill)",
            runs=kills,
        )


def _result(
    name: str, value: float, unit: str, peer: float, ratio: float, most: float, runs: int
) -> Result:
    goal, holds = at_most(ratio, most)
    return Result(
        name=name,
        value=value,
        unit=unit,
        against=f"{PEER}: {peer:.4g} {unit}",
        ratio=ratio,
        goal=goal,
        holds=holds,
        runs=runs,
    )
