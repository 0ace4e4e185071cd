"""A round in a real browser from the plan to the last word, with script and without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.station.web.console import Console, a_console
from tests.station.web.gallery import CHROMIUM, chromium, served
from tests.station.web.story import play

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    made = a_console(tmp_path, planned=False)
    yield made
    made.station.close()


@pytest.mark.timeout(300)
def test_a_round_goes_its_way_without_script(console: Console) -> None:
    with served(console.app) as address, chromium() as browser:
        play(browser, address, console, lang="en", script=False)


@pytest.mark.parametrize("role", ["marker", "planner", "analyst", "auditor"])
def test_only_an_administrator_opens_a_marking(console: Console, role: str) -> None:
    browser = console.as_(role)
    assert browser.get("/marking/open").status_code == 403
    assert browser.post("/marking/open", {"session": "R15-0301"}).status_code == 403


@pytest.mark.campaign
@pytest.mark.timeout(600)
def test_a_round_goes_its_way_with_script_in_chinese_on_pages_for_everybody(
    console: Console,
) -> None:
    axe, found, pages = Axe(), [], []

    def look(page: Page, name: str) -> None:
        pages.append(name)
        found.extend(
            (name, one["id"], [node["html"][:200] for node in one["nodes"][:3]])
            for one in axe.run(page).response["violations"]
            if one["impact"] in ("serious", "critical")
        )

    with served(console.app) as address, chromium() as browser:
        play(browser, address, console, lang="zh-CN", script=True, seen=look)

    assert found == []
    assert len(pages) >= 14
