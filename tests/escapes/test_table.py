"""docs/escapes.md names all escapes there are, and says of each what was seen when it was tried."""

from __future__ import annotations

import re
from pathlib import Path

from tests.escapes.scenes import SCENES
from tests.escapes.table import PAGE, Outcome, Seen, observed, outcome_of, page

TESTS = Path(__file__).parents[1]
NAMES = [scene.name for scene in SCENES]


def test_the_page_is_as_the_program_writes_it() -> None:
    assert PAGE.read_text("utf-8") == page(SCENES, observed()), "make docs"


def test_the_page_has_one_row_for_each_scene() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| .* \| \*\*([^|]+)\*\* \|", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert [name for name, _ in rows] == NAMES
    assert len(set(NAMES)) == len(NAMES)


def test_what_was_seen_is_of_scenes_there_are_and_what_each_must_come_to() -> None:
    seen = observed()
    assert set(seen) <= set(NAMES)
    assert {one.name for one in SCENES if one.act} <= set(seen), "make campaign ARGS=tests/escapes"
    for scene in SCENES:
        if scene.name in seen:
            assert outcome_of(scene, seen) == scene.must, scene.name


def test_what_is_gained_is_open_unless_the_journal_has_it() -> None:
    assert Seen().outcome is Outcome.DEFEATED
    assert Seen((), recorded=("focus-lost",)).outcome is Outcome.DEFEATED
    assert Seen(("the paper is copied",)).outcome is Outcome.OPEN
    assert (
        Seen(("the paper is off the screen",), recorded=("window-gone",)).outcome
        is Outcome.RECORDED
    )


def test_what_is_not_defeated_says_what_stands_against_it() -> None:
    assert [one.name for one in SCENES if one.must is not Outcome.DEFEATED and not one.stands] == []


def test_the_tests_that_the_page_names_are_there() -> None:
    for name in (name for scene in SCENES for name in scene.shown_by):
        file, _, test = name.partition("::")
        assert f"def {test}(" in (TESTS / file).read_text("utf-8"), name
