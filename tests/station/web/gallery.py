"""Every page of the console as a picture, in both languages, as a laptop and a tablet show it.

    python -m tests.station.web.gallery build/console [PAGE...]

The station is made up: a session of which some came, and 150 candidates in its analysis.
"""

from __future__ import annotations

import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kiosk.artefacts.chain import Checked
from kiosk.artefacts.enrolment import OUTLASTED, RESTART, enrolment_code
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.station.acts import Why
from kiosk.station.standings import Kind, move
from kiosk.station.understanding import session_answers
from kiosk.station.web.devices import CODES, FOLDER
from tests.station.builders import SESSION, enrol_file
from tests.station.understanding.takers import an_exam
from tests.station.web.console import PASSWORD, Console, a_console

CHROMIUM = Path("/usr/bin/chromium")
SIZES = {"laptop": (1366, 768), "tablet": (820, 1180)}
ANALYSIS = f"/analysis/{SESSION}?exam=E1&whole=1"
PAGES = (
    "/sessions",
    f"/sessions/{SESSION}",
    "/rounds/R15",
    f"/sessions/{SESSION}/checks",
    f"/sessions/{SESSION}/candidates/20260002",
    f"/sessions/{SESSION}/candidates/20260003",
    f"/sessions/{SESSION}/candidates/20260003/conflict",
    "/imports",
    "/quarantine",
    "/files",
    "/devices",
    "/devices/compared",
    "/users",
    "/account",
    "/marking",
    "/marking/open",
    "/acts",
    "/plans",
    "/publish",
    "/results",
    f"/results/{SESSION}",
    f"/results/{SESSION}/candidates/20260002",
    "/certificates",
    "/certificates/evidence",
    f"/certificates/sessions/{SESSION}",
    f"/results/{SESSION}/scoring",
    "/analysis",
    ANALYSIS,
    f"/analysis/{SESSION}/item?exam=E1&whole=1&name=q09",
)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address at which an app answers real browsers."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://localhost:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def chromium() -> Iterator[Browser]:
    # Nothing here is about time: a machine that is busy is waited for.
    expect.set_options(timeout=40_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, name: str) -> None:
    """Signs somebody in at a page in English."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def many_takers() -> session_answers.ExamAnswers:
    """An exam of 150 in two rooms; the key of one item is wrong, and two neighbours agree too well."""
    exam = an_exam(150)
    items = tuple(replace(item, key=("B",)) if item.item == "q09" else item for item in exam.items)
    weak = min(exam.takers[:40], key=lambda taker: taker.score)
    takers = [
        replace(
            taker,
            session=f"R15-030{1 + (place > 75)}",
            points={**taker.points, "q09": 2.0 if taker.chosen["q09"] == ("B",) else 0.0},
        )
        for place, taker in enumerate(exam.takers)
    ]
    place = exam.takers.index(weak)
    beside = takers[place + 1]
    takers[place + 1] = replace(
        takers[place], candidate=beside.candidate, name=beside.name, seat=beside.seat
    )
    return replace(exam, items=items, takers=tuple(takers), sessions=("R15-0301", "R15-0302"))


def a_station(folder: Path) -> Console:
    """A session of which two candidates came, one of them under review; one is in conflict, and something
    in quarantine. Devices wait to be let in."""
    console = a_console(folder)
    day = console.day
    open_seat = {"compositor": "weak: gnome-shell", "swap": "weak: /dev/sda5", "machine": "unknown"}
    day.import_(
        day.sit("20260001", right=8, events=(Checked(20, {"processes": "weak: bash"}),)),
        day.sit("20260002", right=2, events=(Checked(20, open_seat), Checked(30, {"swap": "ok"}))),
    )
    day.import_(day.sit("20260003", right=8), day.sit("20260003", right=1, terminal="T-07"))
    day.import_(day.file("broken.package", b"nonsense"))
    now, why = console.clock[0], Why("admin", "R15")
    move(day.station, Kind.PUBLISH, SESSION, (), why, now, days=7)
    asked = Why("planner", "第 3 题我填了 2.5，请核对")
    move(day.station, Kind.REVIEW, SESSION, ["20260002"], asked, now, days=10)
    _ask(console.station.folder / FOLDER / "compared")
    return console


def _ask(folder: Path) -> None:
    """Requests of terminals of which one shows what it asked with, one shows another key, one was not
    restarted and one is not here; and a request that is none."""
    keys = [PrivateKeys.generate(Role.TERMINAL, f"T-{n}") for n in (90, 91, 91, 92, 93)]
    same, false, true, forgets, silent = keys
    folder.mkdir(parents=True)
    for number, data in enumerate(
        (
            *(enrol_file(one, **{RESTART: OUTLASTED}) for one in (same, false)),
            enrol_file(forgets),
            b"nonsense",
        )
    ):
        (folder / f"{number}.enrol").write_bytes(data)
    shown = (
        enrolment_code(enrol_file(one, **{RESTART: OUTLASTED})) for one in (same, true, silent)
    )
    (folder / CODES).write_text("\n".join(shown))


def shoot(page: Page, path: Path) -> None:
    """The whole page, once all of it is there."""
    page.wait_for_load_state("networkidle")
    for image in page.get_by_role("img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=True)


def main(folder: Path, only: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    exam = many_takers()
    session_answers.read_exam = lambda *_args, **_options: exam  # type: ignore[assignment]
    with TemporaryDirectory() as made:
        console = a_station(Path(made))
        with served(console.app) as address, chromium() as browser:
            for lang in ("zh-CN", "en"):
                context = browser.new_context(base_url=address, locale=lang)
                page = context.new_page()
                page.goto("/")
                if lang == "zh-CN":
                    shoot(page, folder / "sign-in.zh-CN.png")
                    page.get_by_role("button", name="English").click()
                sign_in(page, "admin")
                if lang == "zh-CN":
                    page.get_by_role("button", name="中文").click()
                for size, (width, height) in SIZES.items():
                    page.set_viewport_size({"width": width, "height": height})
                    for path in only or PAGES:
                        page.goto(path)
                        name = re.sub(r"\W+", "-", path.partition("?")[0].strip("/"))
                        shoot(page, folder / f"{name}.{lang}.{size}.png")
                context.close()
        console.station.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
