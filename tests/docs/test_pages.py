"""Links lead somewhere, and every command and option that a page names is there."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from kiosk.cli import GROUPS, built
from tests.docs.pages import ROOT, anchors, commands, every_page, links

PAGES = every_page()


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_a_page_names_takes_the_options_it_shows(page: Path) -> None:
    spans = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S))
    lines = [*commands(page), *(" ".join(span.split()) for span in spans)]
    for line in lines:
        if line.startswith("kiosk "):
            assert _unknown(line) == [], line


def _unknown(line: str) -> list[str]:
    """What of the line the program would not know."""
    _, name, *rest = shlex.split(line)
    if name not in GROUPS:
        return [] if name in ("...", "NAME", "--help", "vectors:") else [name]
    command = built(import_module(f"kiosk.cli.{name}").app)
    while (
        (children := getattr(command, "commands", None))
        and rest
        and rest[0] not in ("...", "--help")
    ):
        if rest[0] not in children:
            return rest[:1]
        command, rest = children[rest[0]], rest[1:]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return [word for word in rest if word.startswith("--") and word not in {*known, "--help"}]


def test_the_pictures_of_the_pages_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))

    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > 200_000] == []
