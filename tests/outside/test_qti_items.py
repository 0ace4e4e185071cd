"""Real QTI, written elsewhere: every item is read or refused with a reason, and scores as it says."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from kiosk.authoring.importing import import_sources
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_rules
from kiosk.authoring.try_item import outcomes_of
from kiosk.errors import InputRefused
from kiosk.readers.xml import parse_xml

DATA = Path(os.environ["KIOSK_SHARED_DATA"]) / "qti"
FILES = sorted(DATA.rglob("*.xml"))
TRIPLES = [json.loads(line) for line in (DATA / "citolab" / "triples.jsonl").open()]


def test_the_data_is_there() -> None:
    assert len(FILES) > 200
    assert len(TRIPLES) == 53


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_every_file_is_taken_or_refused_with_a_reason(path: Path, tmp_path: Path) -> None:
    found = import_sources([path], tmp_path / "bank", lang="en")
    took = found.imported + len(found.refused)
    assert took == 1 or (took > 1 and b"ssessmentTest" in path.read_bytes())
    assert all(one.reason and one.file for one in found.refused)


@pytest.mark.parametrize(
    "triple", TRIPLES, ids=lambda triple: f"{triple['item']}-{triple['source']}"
)
def test_an_item_scores_as_its_own_tests_say_or_is_refused_by_name(triple: dict) -> None:
    path = DATA / "citolab" / triple["item"]
    problems = Problems(path.name)
    rules = read_rules(parse_xml(path.read_bytes(), path.name), problems)
    if rules is None:
        assert any(problem.refuses and problem.line for problem in problems.all)
        return
    responses = {name: tuple(values) for name, values in triple["responses"].items()}
    assert outcomes_of(rules, responses)[triple["outcome"]] == triple["expected"]


def test_items_with_a_key_score_best_by_their_key() -> None:
    scored = 0
    for path in FILES:
        try:
            root = parse_xml(path.read_bytes(), path.name)
        except InputRefused:
            continue
        rules = read_rules(root, Problems(path.name))
        if rules is None or rules.template != "match_correct":
            continue
        key = {one.id: one.correct for one in rules.responses if one.correct}
        assert Fraction(outcomes_of(rules, key)["SCORE"]) == 1
        scored += 1
    assert scored >= 5
