"""Draws what was measured as SVG: `python -m tests.benchmarks.plots RESULTS SAMPLES FOLDER [GROWTH]`.

RESULTS is `build/bench/results.json` of `run.py browser kill`, SAMPLES the lines that `python -m
tests.faults.soak` tells. FOLDER gets `against-a-browser.svg` and `soak.svg`, each with its machine and
the day on which it was measured (of the file). GROWTH is `build/bench/growth.json` of `run.py growth`, and
draws `growth.svg`.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import altair as alt

OURS, BROWSER = "this terminal", "Chromium"
_COLOURS = alt.Scale(domain=[OURS, BROWSER], range=["#1f5fa8", "#b9771f"])
_LOST = re.compile(r"answers lost to \d+ kill -9 after being")
_MIB = 1024


def against_a_browser(results: list[dict]) -> alt.Chart:
    """A panel for each measure, each with a bar for ours and one for the browser's."""
    panels = []
    for line in results:
        if found := re.search(r"^Chromium.*: ([\d.]+) (ms|MiB)$", line.get("against", "")):
            browser = float(found[1])
            title = (
                f"{line['name'].partition(',')[0]}: {line['value'] / browser:.2f} of the browser's"
            )
            panels.append(_panel(title, found[2], {OURS: line["value"], BROWSER: browser}))
    lost = [line for line in results if _LOST.match(line["name"]) and not line.get("skipped")]
    if lost:
        # Each side in a benchmark of its own: ours counts what was called saved, over more kills.
        bars = {}
        for one in lost:
            side = BROWSER if one["name"].endswith("browser's") else OURS
            bars[f"{side}, {one['unit']}"] = one["value"]
        panels.append(
            _panel("answers lost to kill -9, once shown as chosen or saved", "answers", bars)
        )
    return alt.vconcat(*panels)


def _panel(title: str, unit: str, bars: dict[str, float]) -> alt.LayerChart:
    rows = [
        {"of": of, "side": BROWSER if of.startswith(BROWSER) else OURS, "value": value}
        for of, value in bars.items()
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("of:N", sort=list(bars), title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("value:Q", title=unit),
    )
    drawn = base.mark_bar().encode(color=alt.Color("side:N", scale=_COLOURS, legend=None))
    figures = base.mark_text(align="left", dx=4).encode(text=alt.Text("value:Q", format=",.4~g"))
    return (drawn + figures).properties(title=title, width=520, height=60)


def soak(samples: list[dict]) -> alt.Chart:
    """Memory of the process's own, and what it holds, over the moves."""
    moves = alt.X("moves:Q", title="moves from question to question")
    memory = [{"moves": one["moves"], "MiB": one["own_kib"] / _MIB} for one in samples]
    held = [
        {"moves": one["moves"], "what": name, "count": one[name]}
        for one in samples
        for name in ("descriptors", "threads", "timers", "widgets")
    ]
    above = (
        alt.Chart(alt.Data(values=memory), title="memory of its own, the journal with it")
        .mark_line(point=True, color="#1f5fa8")
        .encode(x=moves, y=alt.Y("MiB:Q", scale=alt.Scale(zero=True)))
    )
    below = (
        alt.Chart(alt.Data(values=held), title="descriptors, threads, timers, widgets")
        .mark_line(point=True)
        .encode(
            x=moves,
            y=alt.Y("count:Q", scale=alt.Scale(type="symlog"), title="held"),
            color=alt.Color("what:N", title=None),
            strokeDash=alt.StrokeDash("what:N", title=None),
        )
    )
    size = {"width": 520, "height": 180}
    return alt.vconcat(above.properties(**size), below.properties(**size))


GROWING = {
    "import_ms": "import of a package, receipt included",
    "room_ms": "page of a room of sixty",
    "sessions_ms": "page of all sessions",
}


def growth(samples: list[dict]) -> alt.Chart:
    """What a package and a page cost, over the packages that were there before; both scales by factors."""
    rows = [
        {"packages": one["packages"], "what": told, "ms": one[name]}
        for one in samples
        for name, told in GROWING.items()
    ]
    legend = alt.Legend(orient="bottom", labelLimit=400)
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("packages:Q", scale=alt.Scale(type="log"), title="packages in the registry"),
            y=alt.Y("ms:Q", scale=alt.Scale(type="log"), title="ms"),
            color=alt.Color("what:N", title=None, sort=list(GROWING.values()), legend=legend),
            strokeDash=alt.StrokeDash("what:N", sort=list(GROWING.values()), legend=None),
        )
        .properties(width=520, height=260)
    )


def save(chart: alt.Chart, title: str, under: list[str], path: Path) -> None:
    """Write `chart` as SVG, with what, where and when above it."""
    head = alt.TitleParams(title, subtitle=under, anchor="start", subtitleColor="#555")
    chart.properties(title=head, background="white").configure_axis(grid=True).save(path)


def main(
    results_file: Path, samples_file: Path, folder: Path, growth_file: Path | None = None
) -> None:
    results = json.loads(results_file.read_text("utf-8"))
    machine = results[0]["machine"].split(", ")
    where = [", ".join(machine[:2]), ", ".join(machine[2:])]
    save(
        against_a_browser(results),
        "The terminal and a browser kiosk on the same hundred items",
        [_day(results_file), *where],
        folder / "against-a-browser.svg",
    )
    samples = [json.loads(line) for line in samples_file.read_text("utf-8").splitlines()]
    save(
        soak(samples),
        f"{samples[-1]['moves']:,} moves in eight hours of simulated time",
        [_day(samples_file), *where],
        folder / "soak.svg",
    )
    if growth_file is not None:
        save(
            growth(json.loads(growth_file.read_text("utf-8"))),
            "What a package and a page cost as the registry grows",
            [_day(growth_file), *where],
            folder / "growth.svg",
        )


def _day(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
