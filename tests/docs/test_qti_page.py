"""The page on QTI says what the program does."""

from __future__ import annotations

from tests.docs.qti_page import PAGE, outside_of, page


def test_the_page_says_what_became_of_each_interaction_in_each_version() -> None:
    written = PAGE.read_text("utf-8")
    own = written.removesuffix(outside_of(written))
    assert own.rstrip() == page().rstrip(), "write it again: python -m tests.docs.qti_page"
