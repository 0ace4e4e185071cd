"""Import and compile of 10,000 QTI items, against `lxml` alone parsing the same files in the same run.

*Import and compile* is all that `kiosk bank import` does before it writes: every file of a folder is
found and read, parsed with its limits checked, read as interactions and scoring rules, the rules
checked, the text compiled to safe content, pictures re-encoded, and QTI 2 written as QTI 3. The floor
opens and parses the files, and does nothing else. What durable writing adds is a line of its own, and
so are formulae: drawing one takes longer than reading a hundred items.

The items are those of the sample banks over and over, each with an identifier and numbers of its own;
every fourth is QTI 2.1.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from lxml import etree

from kiosk.authoring.importing import Reading, read_sources
from kiosk.authoring.source_writer import write_source_bank
from tests.benchmarks.measure import Result, at_most, paired, say

ITEMS, RUNS = 10_000, 3
GOAL = 6.0
BANKS: Final = Path(__file__).parents[2] / "question_banks"
_NUMBER: Final = re.compile(r"<mn>\d+</mn>")
_IDENTIFIER: Final = re.compile(r'(<qti-assessment-item\b[^>]*? identifier=")([^"]*)')
_NAME_IN_QTI_3: Final = re.compile(r"(?<=<)(/?)qti-([a-z-]+)|(?<= )()([a-z]+(?:-[a-z]+)+)(?==)")


def run(count: int = ITEMS, runs: int = RUNS) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        plain, formulae = Path(folder) / "plain", Path(folder) / "formulae"
        _write(plain, count, formulae=False)
        _write(formulae, max(1, count // 100), formulae=True)
        read = f"import and compile of {count:,} QTI items"
        return [
            _read(plain, read, runs, GOAL),
            _written(plain, f"{read}, written as a bank", runs),
            _read(formulae, f"the same of {count // 100:,} items with formulae", runs),
        ]


def _read(folder: Path, name: str, runs: int, goal: float | None = None) -> Result:
    value, ratio = paired(lambda: _imported(folder)[0], lambda: _parsed(folder), runs)
    said, holds = at_most(ratio, goal) if goal else ("", None)
    return _result(name, value, ratio, runs, said, holds)


def _written(folder: Path, name: str, runs: int) -> Result:
    """Reading and durable writing together."""
    out = folder.with_name("bank")

    def whole() -> float:
        took, read = _imported(folder)
        begun = time.perf_counter()
        write_source_bank(out, read.items, read.media)
        writing = time.perf_counter() - begun
        shutil.rmtree(out)
        say(f"read in {took:.2f} s, written in {writing:.2f} s")
        return took + writing

    value, ratio = paired(whole, lambda: _parsed(folder), runs)
    return _result(name, value, ratio, runs)


def _result(
    name: str, value: float, ratio: float, runs: int, goal: str = "", holds: bool | None = None
) -> Result:
    return Result(
        name=name,
        value=value,
        unit="s",
        against="lxml alone: open and parse each file",
        ratio=ratio,
        goal=goal,
        holds=holds,
        runs=runs,
    )


def _imported(folder: Path) -> tuple[float, Reading]:
    begun = time.perf_counter()
    read = read_sources([folder], lang="en")
    took = time.perf_counter() - begun
    assert not read.refused, read.refused[:3]
    assert len(read.items) == len(_files(folder))
    return took, read


def _parsed(folder: Path) -> float:
    files = _files(folder)
    begun = time.perf_counter()
    for file in files:
        etree.parse(file)
    return time.perf_counter() - begun


def _files(folder: Path) -> list[str]:
    return sorted(str(path) for path in (folder / "items").glob("*.xml"))


def _write(folder: Path, count: int, *, formulae: bool) -> None:
    (folder / "items").mkdir(parents=True)
    for media in BANKS.glob("*/media"):
        shutil.copytree(media, folder / "media", dirs_exist_ok=True)
    for at, xml in enumerate(islice(_items(formulae=formulae), count)):
        (folder / "items" / f"{at:05}.xml").write_text(xml, "utf-8")


def _items(*, formulae: bool) -> Iterator[str]:
    samples = [path.read_text("utf-8") for path in sorted(BANKS.glob("*/items/*.xml"))]
    chosen = [xml for xml in samples if ("<math" in xml) is formulae]
    for at, xml in enumerate(cycle(chosen)):
        own = _IDENTIFIER.sub(rf"\g<1>\g<2>-{at}", xml, count=1)
        own = _NUMBER.sub(f"<mn>{at}</mn>", own)
        yield own if at % 4 else _in_qti_2(own)


def _in_qti_2(xml: str) -> str:
    """QTI 3 under QTI 2.1's names, which are all that differs in these items."""

    def renamed(found: re.Match[str]) -> str:
        first, *others = (found[2] or found[4]).split("-")
        return (found[1] or "") + first + "".join(word.capitalize() for word in others)

    return _NAME_IN_QTI_3.sub(renamed, xml).replace("imsqtiasi_v3p0", "imsqti_v2p1")
