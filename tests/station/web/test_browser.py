"""The console in a real browser: with script and without, by role and name, and fit for everybody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.station.builders import SESSION
from tests.station.web.console import PASSWORD, Console, a_console

CHROMIUM = Path("/usr/bin/chromium")
PAGES = (
    "/sessions",
    f"/sessions/{SESSION}",
    f"/sessions/{SESSION}/candidates/20260002",
    f"/sessions/{SESSION}/candidates/20260003",
    f"/sessions/{SESSION}/candidates/20260003/conflict",
    "/imports",
    "/quarantine",
    "/files",
    "/users",
    "/acts",
    "/plans",
    "/publish",
)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = a_console(tmp_path_factory.mktemp("console"))
    day = made.day
    day.import_(day.sit("20260001", right=8), day.sit("20260002", right=2))
    day.import_(day.sit("20260003", right=8), day.sit("20260003", right=1, terminal="T-07"))
    day.import_(day.file("broken.package", b"nonsense"))
    yield made
    day.station.close()


@pytest.fixture(scope="module")
def address(console: Console) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(console.app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def _open(browser: Browser, address: str, *, script: bool = True, lang: str = "en") -> Page:
    context = browser.new_context(
        base_url=address, java_script_enabled=script, locale=lang, bypass_csp=script
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/")
    return page


def _sign_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize(
    "script",
    [True, pytest.param(False, marks=pytest.mark.campaign)],
    ids=["script", "no script"],
)
def test_a_planner_brings_a_stick_and_sees_who_is_still_missing(
    console: Console, address: str, browser: Browser, script: bool
) -> None:
    number = "20260005" if script else "20260006"
    package = console.day.file("P.package", console.day.sit(number))
    page = _open(browser, address, script=script)

    _sign_in(page, "planner")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("Files from a collecting stick").set_input_files([package])
    page.get_by_role("button", name="Import these files").click()
    expect(page.get_by_role("heading", name="Import", exact=False).first).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Imported")).to_contain_text("1")
    page.get_by_role("link", name="Sessions").click()
    page.get_by_role("link", name=SESSION).click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("Imported")
    page.get_by_role("link", name="Not collected").click()
    expect(page.get_by_role("row").filter(has_text="20260004")).to_contain_text("What to do")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("link", name="场次")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.context.close()


@pytest.mark.campaign
def test_no_page_has_a_serious_fault_of_access(address: str, browser: Browser) -> None:
    page = _open(browser, address)
    axe = Axe()
    _check(axe, page)
    _sign_in(page, "admin")
    for path in PAGES:
        page.goto(path)
        _check(axe, page)
    page.emulate_media(color_scheme="dark")
    page.goto(PAGES[1])
    _check(axe, page)
    page.context.close()


def _check(axe: Axe, page: Page) -> None:
    found = [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in axe.run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert found == [], page.url


@pytest.mark.campaign
def test_nothing_on_a_page_breaks_its_own_rules(address: str, browser: Browser) -> None:
    context = browser.new_context(base_url=address, locale="en")
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.goto("/")
    _sign_in(page, "admin")
    for path in PAGES:
        page.goto(path)
    page.goto("/sessions/" + SESSION)
    page.get_by_role("button", name="Score").click()
    expect(page.get_by_role("columnheader", name="Score")).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert complaints == []
    context.close()
