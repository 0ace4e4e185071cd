"""Every benchmark still runs, at its smallest size: what is never run rots."""

from importlib import import_module
from pathlib import Path

import pytest

SMALLEST = {
    "bench_assembly": {"count": 1},
    "bench_bank": {"image_mb": 1, "runs": 1},
    "bench_click": {"clicks": 2},
    "bench_cold_start": {"runs": 1},
    "bench_import": {"packages": 4, "runs": 1},
    "bench_items": {"count": 20, "runs": 1},
    "bench_kill": {"kills": 2},
    "bench_memory": {"moves": 3},
    "bench_scoring": {"candidates": 3, "runs": 1},
}
MODULES = sorted(path.stem for path in Path(__file__).with_name("benchmarks").glob("bench_*.py"))


def test_every_benchmark_has_a_smallest_size():
    assert sorted(SMALLEST) == MODULES


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_tells_values_or_why_not(name):
    results = import_module(f"tests.benchmarks.{name}").run(**SMALLEST[name])
    assert results
    for result in results:
        assert result.name
        assert bool(result.skipped) is (result.value is None)
    assert any(result.value is not None for result in results)
