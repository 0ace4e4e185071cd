"""TeX in questions of other formats: drawn as a formula, or the question is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.assessment.content import Formula, spans_of
from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.importing import Imported, import_sources
from kiosk.authoring.source_bank import read_source_bank


def taken(text: str, tmp_path: Path) -> tuple[Imported, list[str]]:
    """What became of an Aiken question, and the words of its formulae."""
    file = tmp_path / "questions.txt"
    file.write_text(f"{text}\nA. \\(x^2\\)\nB. costs $5 or $6\nANSWER: A\n", "utf-8")
    found = import_sources([file], tmp_path / "bank", lang="en")
    if not found.imported:
        return found, []
    (item,) = compile_bank(read_source_bank(tmp_path / "bank")).items
    words = item.item.texts["en"]
    blocks = [*words.body, *(block for c in words.choices["RESPONSE"].values() for block in c)]
    spans = spans_of(tuple(blocks))
    return found, [span.drawing.words for span in spans if isinstance(span, Formula)]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"What is \(\frac{1}{2}\) of \(y\) here?", [r"\frac{1}{2}", "y"]),
        (r"\[a+b\] at the start?", ["a+b"]),
        (r"At the end $$\sqrt{3}$$", [r"\sqrt{3}"]),
        ("No formula, 3 $ or 4 $?", []),
        (r"A path C:\(none", []),
    ],
)
def test_tex_becomes_a_formula_in_its_place(text: str, formulas: list[str], tmp_path: Path) -> None:
    found, words = taken(text, tmp_path)
    assert found.refused == ()
    assert words == [*formulas, "x^2"]


@pytest.mark.parametrize(
    "tex", [r"\frac{", r"\nosuchthing{a}", "^", "a & b", r"\left( x", "{" * 1500, "x" * 2001]
)
def test_tex_that_cannot_be_read_refuses_the_question(tex: str, tmp_path: Path) -> None:
    found, _ = taken(rf"What is \({tex}\) here?", tmp_path)
    assert found.imported == 0
    assert "formula" in found.refused[0].reason
