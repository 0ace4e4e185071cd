"""docs/threat-model.md names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.findall(
    r"`([\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs" / "threat-model.md").read_text("utf-8")
)


def test_every_claim_of_the_threat_model_names_a_test_that_is_there() -> None:
    assert len(NAMED) > 40
    missing = [
        f"{file}::{name}"
        for file, name in NAMED
        if not (ROOT / "tests" / file).is_file()
        or (name and f"def {name}(" not in (ROOT / "tests" / file).read_text("utf-8"))
    ]
    assert missing == []
