"""Hostile and broken sources: each refused by name in words, in bounded time and memory, and the good
item beside it still read."""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.authoring.compile import compile_text
from kiosk.authoring.foreign.recognise import format_of, read_drafts
from kiosk.authoring.importing import import_sources
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_item
from kiosk.errors import InputRefused
from kiosk.readers.xml import parse_xml
from tests.authoring.bombs import BOMBS, GOOD, TABLE, Files, moodle, true_false
from tests.authoring.builders import a_choice, a_png, a_text_entry, an_svg, two_lists
from tests.authoring.foreign import a_workbook, whole_or_said
from tests.authoring.mutations import mutated, mutated_tree

WORST = (
    "billion laughs",
    "EXIF that reads itself",
    "a bracket a million em high",
    "attributes without end",
    "shared strings without end",
    "closed without end",
)
MEMORY_BYTES = 1536 * 1024**2
"""Of addresses, the interpreter and its libraries included."""


def written(folder: Path, files: Files) -> Path:
    source = folder / "source"
    source.mkdir(parents=True)
    for name, data in {"good.xml": GOOD, **files}.items():
        (source / name).write_bytes(data)
    return source


@pytest.mark.timeout(90)
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_a_hostile_source_is_refused_by_name_and_the_good_item_beside_it_is_read(
    bomb: Callable[[], Files], tmp_path: Path
) -> None:
    files = bomb()
    found = import_sources([written(tmp_path, files)], tmp_path / "bank", lang="en", say="zh-CN")
    assert found.imported >= 1
    said = [*((one.file, one.reason) for one in found.refused)]
    said += [(one.file, one.text) for one in found.notes]
    assert any(file.endswith(name) for file, _ in said for name in files), said
    assert all(0 < len(reason) < 20_000 for _, reason in said)


def test_the_worst_of_them_together_take_little_memory_and_time(tmp_path: Path) -> None:
    for at, name in enumerate(WORST):
        written(tmp_path / str(at), BOMBS[name]())
    command = [sys.executable, "-m", "kiosk", "bank", "import", "--json"]
    command += ["--out", str(tmp_path / "bank"), *(str(tmp_path / str(at)) for at in range(6))]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=100,
        env={"KIOSK_LANG": "en", "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 3, done.stderr
    found = json.loads(done.stdout)
    assert found["imported"] >= 1
    assert len(found["refused"]) >= len(WORST)


# --- mutations ------------------------------------------------------------------------------------

XML = {
    "choice": a_choice("A"),
    "text": a_text_entry("x"),
    "lists": two_lists(),
    "moodle": moodle(true_false("<p>a <b>b</b> $$x^2$$</p>")),
    "svg": an_svg('<g transform="scale(2)"><path d="M0 0L1 1z"/><text x="1" y="2">a</text></g>'),
}
PLAIN = {
    "gift": b"::N::A [html]<b>b</b> {=a#f ~%50%b ####g}\n\n::M::{=a -> b =c -> d}\n\n{#3:0.1}",
    "aiken": b"Question?\nA) one\nB. two\nANSWER: A\n",
    "table": TABLE,
    "workbook": a_workbook([["type", "stem", "key"], ["T/F", "Acid strips.", "T"]]),
}


def read_all(data: bytes, name: str) -> None:
    """Reads it as an import does; only refusals come out."""
    with contextlib.suppress(InputRefused):
        kind = format_of(data, name)
        if kind == "qti":
            problems = Problems(name)
            source = read_item(parse_xml(data, name), problems)
            if source is not None:
                compile_text(source, Pictures(_load), problems)
            assert source is not None or problems.refused
        elif kind is not None:
            assert all(map(whole_or_said, read_drafts(data, kind, name, "en")))


def _load(path: str) -> bytes:
    return an_svg("<rect width='1' height='1'/>") if path.endswith(".svg") else a_png()


def _few(count: int) -> settings:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=count, deadline=None, suppress_health_check=quiet)


@pytest.mark.parametrize("name", XML)
@_few(15)
@given(data=st.data())
def test_a_damaged_tree_is_read_or_refused_and_nothing_else(name: str, data: st.DataObject) -> None:
    read_all(mutated_tree(data, XML[name]), f"{name}.xml")


@pytest.mark.parametrize("name", [*PLAIN, *XML])
@_few(15)
@given(data=st.data())
def test_damaged_bytes_are_read_or_refused_and_nothing_else(name: str, data: st.DataObject) -> None:
    read_all(mutated(data, {**PLAIN, **XML}[name]), name)


@pytest.mark.campaign
@pytest.mark.parametrize("name", XML)
@_few(20_000)
@given(data=st.data())
def test_a_damaged_tree_again_and_again(name: str, data: st.DataObject) -> None:
    read_all(mutated_tree(data, XML[name]), f"{name}.xml")


@pytest.mark.campaign
@pytest.mark.parametrize("name", [*PLAIN, *XML])
@_few(20_000)
@given(data=st.data())
def test_damaged_bytes_again_and_again(name: str, data: st.DataObject) -> None:
    read_all(mutated(data, {**PLAIN, **XML}[name]), name)


@pytest.mark.campaign
@pytest.mark.parametrize("name", [*PLAIN, *XML])
def test_a_fuzzer_guided_by_coverage_finds_nothing(name: str) -> None:
    pytest.importorskip("atheris", reason="not installed: .venv/bin/pip install atheris")
    command = [sys.executable, "-m", "tests.authoring.fuzz", name, "-max_total_time=600"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
