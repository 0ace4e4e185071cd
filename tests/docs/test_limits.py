"""The limits that the page states are those of the code."""

from __future__ import annotations

from importlib import import_module
from operator import attrgetter

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "limits.md"


def rows() -> list[tuple[str, str]]:
    """Each limit's name in the code, and what the page says it is."""
    cells = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if "| `" in line]
    return [(row[3].strip().strip("`"), row[2].strip()) for row in cells]


def test_every_limit_of_the_page_is_that_of_the_code() -> None:
    assert len(rows()) > 25
    for name, said in rows():
        module, _, constant = name.partition(":")
        value = attrgetter(constant)(import_module(f"kiosk.{module}"))
        amount, _, unit = said.partition(" ")
        number = int(amount.replace(",", "")) * {"MiB": 2**20, "KiB": 2**10}.get(unit, 1)
        assert value == number, name
