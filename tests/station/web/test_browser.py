"""The console in a real browser: with script and without, by role and name, and fit for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kiosk.station.registry import jobs
from kiosk.station.understanding import session_answers
from kiosk.station.web import imports
from tests.station.builders import SESSION
from tests.station.web.console import Console
from tests.station.web.gallery import (
    CHROMIUM,
    PAGES,
    SIZES,
    a_station,
    chromium,
    many_takers,
    served,
    sign_in,
)

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here"),
    # A browser on a busy machine takes its time.
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    exam = many_takers()
    made = a_station(tmp_path_factory.mktemp("console"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session_answers, "read_exam", lambda *_args, **_options: exam)
        yield made
    made.station.close()


@pytest.fixture(scope="module")
def address(console: Console) -> Iterator[str]:
    with served(console.app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def _open(browser: Browser, address: str, *, script: bool = True, lang: str = "en") -> Page:
    context = browser.new_context(
        base_url=address, java_script_enabled=script, locale=lang, bypass_csp=script
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/")
    return page


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

    sign_in(page, "planner")
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


def test_a_page_whose_line_is_lost_for_good_asks_what_became_of_the_import(
    console: Console, address: str, browser: Browser
) -> None:
    registry = console.station.registry
    with registry.writing() as connection:
        job = jobs.begin(connection, imports.KIND, "admin", 0)
    page = _open(browser, address)
    sign_in(page, "admin")
    expect(page.get_by_role("navigation")).to_be_visible()
    page.route("**/events", lambda route: route.fulfill(status=502))
    page.goto(f"/imports/{job}")
    expect(page.get_by_role("status")).to_contain_text("Under way")
    imports.end_cut_off(console.station, 1)
    expect(page.get_by_role("main")).to_contain_text("the console was stopped")
    page.context.close()


def test_all_parts_fit_into_one_line_of_a_laptop_in_english(address: str, browser: Browser) -> None:
    page = _open(browser, address)
    sign_in(page, "admin")
    page.set_viewport_size({"width": 1366, "height": 768})
    box = page.get_by_role("banner").bounding_box()
    assert box is not None
    assert box["height"] < 72
    page.context.close()


def test_the_text_is_as_large_as_the_browser_is_set_to_and_no_form_is_cut(
    address: str, browser: Browser
) -> None:
    larger = browser.browser_type.launch(
        executable_path=str(CHROMIUM), args=["--no-sandbox", "--blink-settings=defaultFontSize=32"]
    )
    page = _open(larger, address)
    sign_in(page, "admin")
    page.set_viewport_size({"width": 1366, "height": 768})
    for path in (
        *("/certificates/evidence", "/users", "/account", f"/results/{SESSION}"),
        *("/plans", "/devices/compared"),
    ):
        page.goto(path)
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "32px"
        assert page.evaluate(_CUT) == [], path
    larger.close()


_CUT = """[...document.querySelectorAll(".card:has(form), form.card, html")]
    .filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.className)"""


@pytest.mark.parametrize("lang", ["en", pytest.param("zh-CN", marks=pytest.mark.campaign)])
def test_no_table_is_cut_on_a_laptop_or_a_tablet(address: str, browser: Browser, lang: str) -> None:
    page = _open(browser, address)
    sign_in(page, "admin")
    if lang == "zh-CN":
        page.get_by_role("button", name="中文").click()
    cut = []
    for path in PAGES:
        page.goto(path)
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            cut += [(path, width, card) for card in page.evaluate(_WIDE)]
    assert cut == []
    page.context.close()


_WIDE = """[...document.querySelectorAll(".card:has(table)")]
    .filter((card) => card.scrollWidth > card.clientWidth + 1).map((card) => card.textContent.slice(0, 80))"""


@pytest.mark.campaign
def test_no_page_has_a_serious_fault_of_access(address: str, browser: Browser) -> None:
    page = _open(browser, address)
    axe = Axe()
    _check(axe, page)
    sign_in(page, "admin")
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
    sign_in(page, "admin")
    for path in PAGES:
        page.goto(path)
    page.goto("/rounds/R15")
    page.get_by_role("button", name="Planned").first.click()
    expect(page.get_by_role("columnheader", name="Planned").first).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert complaints == []
    context.close()
