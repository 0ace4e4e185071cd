"""What the page on QTI says of others' items is so."""

from __future__ import annotations

import os
from pathlib import Path

from tests.docs.qti_page import PAGE, outside_of, outside_section


def test_the_page_says_what_became_of_others_items() -> None:
    said = outside_of(PAGE.read_text("utf-8"))
    found = outside_section(Path(os.environ["KIOSK_SHARED_DATA"]))
    assert said.rstrip() == found.rstrip(), "write it again: python -m tests.docs.qti_page"
