"""What another engine's own tests expect of items: the command gives exactly that."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from kiosk.cli import run

CITOLAB = Path(os.environ["KIOSK_SHARED_DATA"]) / "qti" / "citolab"
LINES = [json.loads(line) for line in (CITOLAB / "triples.jsonl").open()]
BY_ITEM = defaultdict(list)
for found in LINES:
    BY_ITEM[found["item"]].append(found)


def test_no_line_is_left_out() -> None:
    assert len(LINES) == 53
    assert sum(len(lines) for lines in BY_ITEM.values()) == 53


@pytest.mark.parametrize("item", BY_ITEM)
def test_an_item_scores_exactly_as_its_own_tests_say(
    item: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = BY_ITEM[item]
    asked = tmp_path / "responses.jsonl"
    asked.write_text("".join(json.dumps(line["responses"]) + "\n" for line in lines))
    code = run(["bank", "score", str(CITOLAB / item), "--responses", str(asked), "--json"])
    said = capsys.readouterr()
    assert code == 0, said.err
    found = [json.loads(line) for line in said.out.splitlines()]
    assert [one[line["outcome"]] for one, line in zip(found, lines, strict=True)] == [
        line["expected"] for line in lines
    ]
