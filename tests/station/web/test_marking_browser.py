"""Marking in a real browser: digits and Enter alone, and pages that everybody can use."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from kiosk.station.marking.opening import open_marking
from kiosk.station.registry import markings
from tests.station.builders import NOW, SESSION
from tests.station.marking.conftest import PLAN
from tests.station.web.console import PASSWORD, Console, a_console

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Console, str]]:
    """A console served on loopback, where `marker` and `admin` mark both essays of one candidate."""
    console = a_console(tmp_path_factory.mktemp("browser"), planned=False)
    console.day.plan(PLAN)
    console.day.import_(console.day.sit("20260001", right=10))
    people = {"markers": ("marker", "admin"), "adjudicators": ("planner",)}
    open_marking(console.station, SESSION, NOW, share="all", bound="1", **people)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(console.app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield console, f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()
    console.station.close()


@pytest.fixture(scope="module")
def page(console: tuple[Console, str]) -> Iterator[Page]:
    """A browser in English in which `marker` is signed in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(base_url=console[1], locale="en")
        page.goto("/sign-in")
        page.get_by_label("Name").fill("marker")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        yield page
        browser.close()


def _no_finding(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_digits_and_enter_are_enough_and_the_pages_are_for_everybody(
    console: tuple[Console, str], page: Page
) -> None:
    page.goto("/marking")
    _no_finding(page)
    page.get_by_role("link", name="Mark", exact=True).click()
    _no_finding(page)
    for digits in ("321", "300"):
        handle = page.get_by_role("heading", level=1).inner_text()
        expect(page.get_by_label("Point 1")).to_be_focused()
        page.keyboard.type(digits)
        expect(page.get_by_role("button", name="Give, next")).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All your answers are marked")).to_be_visible()
    _no_finding(page)

    with page.expect_navigation():
        page.get_by_role("button", name="Take my last mark back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(handle)
    expect(page.get_by_label("Point 1")).to_have_value("3")
    page.get_by_label("Point 2").fill("9")
    expect(page.get_by_label("Point 2")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Point 2").fill("0.5")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Point 3")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    with console[0].station.registry.reading() as connection:
        given = [one.points for one in markings.marks_of(connection, SESSION)]
    assert given == ["6", "3", None, "3.5"]
