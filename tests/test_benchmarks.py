"""Every benchmark still runs, at its smallest size: what is never run rots."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.benchmarks import bench_browser
from tests.benchmarks.seat import QUESTIONS

SMALLEST = {
    "bench_analysis": {"candidates": 40, "runs": 1},
    "bench_assembly": {"count": 1},
    "bench_bank": {"image_mb": 1, "runs": 1},
    "bench_click": {"clicks": 2},
    "bench_cold_start": {"runs": 1},
    "bench_console": {"candidates": (5,), "runs": 2},
    "bench_growth": {"sizes": (0, 8), "room": 2},
    "bench_import": {"packages": 4, "runs": 1},
    "bench_items": {"count": 20, "runs": 1},
    "bench_kill": {"kills": 2},
    "bench_memory": {"moves": 3},
    "bench_scoring": {"candidates": 3, "runs": 1},
    "bench_sync": {"packages": 4},
    "bench_writing": {"letters": 14},
}
MODULES = sorted(path.stem for path in Path(__file__).with_name("benchmarks").glob("bench_*.py"))


NOT_HERE = {
    "bench_browser": "fetches a QTI player: never in a test, so only its other parts are kept alive here",
    "bench_cluster": "starts a cluster, as tests/station/test_cluster.py does and tests more",
}


def test_every_benchmark_has_a_smallest_size():
    assert sorted([*SMALLEST, *NOT_HERE]) == MODULES


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", SMALLEST)
def test_a_benchmark_tells_values_or_why_not(name):
    results = list(import_module(f"tests.benchmarks.{name}").run(**SMALLEST[name]))
    assert results
    for result in results:
        assert result.name
        assert bool(result.skipped) is (result.value is None)
    assert any(result.value is not None for result in results)


def test_what_needs_a_browser_is_listed_with_the_reason_where_there_is_none(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    results = bench_browser.run()
    assert len(results) == 4
    for result in results:
        assert "Chromium" in result.skipped


def test_the_browser_gets_a_hundred_items_and_one_to_click_first():
    items = bench_browser.items()
    assert len(items) == sum(QUESTIONS.values()) == 100
    assert 'max-choices="1"' in items[0].read_text("utf-8")
