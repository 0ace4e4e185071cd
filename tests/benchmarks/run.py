"""`make bench`: runs every benchmark beside this file and writes `build/bench/results.json`.

A benchmark is a module `bench_*.py` with `run() -> list[Result]`. One that cannot run here says why
and is listed as skipped, never left out.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path

import msgspec.structs
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.measure import Result  # noqa: E402 - run as a file


def machine() -> str:
    """The machine in words: processor, cores, system, Python."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{model}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}"


def _line(result: Result) -> dict[str, object]:
    """Every field, so that a reader finds what it looks for; `skipped` only where something was."""
    line = msgspec.structs.asdict(result)
    if not result.skipped:
        del line["skipped"]
    return line


def main(wanted: list[str]) -> int:
    out = Console()
    results: list[Result] = []
    for path in sorted(HERE.glob("bench_*.py")):
        if wanted and not any(name in path.stem for name in wanted):
            continue
        out.print(f"{path.stem} ...", highlight=False)
        results += import_module(f"tests.benchmarks.{path.stem}").run()
    table = Table("what", "value", "against", "ratio", "goal", "holds", "runs")
    for result in results:
        if result.skipped:
            table.add_row(result.name, "skipped", result.skipped)
            continue
        table.add_row(
            result.name,
            f"{result.value:.4g} {result.unit}",
            result.against,
            f"{result.ratio:.3g}" if result.ratio is not None else "",
            result.goal,
            {True: "yes", False: "NO", None: ""}[result.holds],
            str(result.runs),
        )
    out.print(table)
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    written = [{**_line(result), "machine": machine()} for result in results]
    (folder / "results.json").write_text(json.dumps(written, indent=2, ensure_ascii=False), "utf-8")
    out.print(f"build/bench/results.json: {machine()}", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
