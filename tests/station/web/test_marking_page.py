"""Marking at the console, as a browser without script does it; and what a marker never gets to see."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kiosk.station.marking.opening import open_marking
from kiosk.station.results import session_results
from kiosk.station.users import UserRole, add_user
from tests.station.builders import NOW, SESSION
from tests.station.marking.conftest import PLAN
from tests.station.web.console import PASSWORD, Browser, Console, a_console

ANSWER = "Because <b>it</b> floats."


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    console = a_console(tmp_path_factory.mktemp("console"), planned=False)
    day = console.day
    day.plan(PLAN)
    answers = day.answers("20260001", 10)
    told = {item: (ANSWER,) if item[0] == "e" else value for item, value in answers.items()}
    day.import_(day.sit("20260001", answers=told))
    people = ("Chen", "Li", "Wang")
    for name in people:
        add_user(day.station, name, PASSWORD, [UserRole.MARKER], console.clock[0], by="test")
    open_marking(
        day.station,
        SESSION,
        NOW,
        markers=people[:2],
        adjudicators=people[2:],
        share="all",
        bound="1",
    )
    yield console
    day.station.close()


def _as(console: Console, name: str) -> Browser:
    browser = console.browser()
    assert browser.sign_in(name).status_code == 200
    return browser


def _mark_all(browser: Browser, kind: str, *numbers: str) -> int:
    """Marks all there is, giving one number more each time the form comes back; how many were marked."""
    done = 0
    while True:
        page = browser.get(f"/marking/{SESSION}/{kind}").text
        form = re.search(r'action="(/marking/[^"]+/(?:first|second|third))"', page)
        if form is None:
            return done
        revision = re.search(r'name="revision" value="(\d+)"', page)
        assert revision is not None
        for n in range(1, len(numbers) + 1):
            fields = {f"p{at}": value for at, value in enumerate(numbers[:n], start=1)}
            answer = browser.post(form[1], {**fields, "revision": revision[1]})
            assert answer.status_code == 200
            wanted = re.search(r'id="(p\d)"[^>]*autofocus', answer.text, re.S)
            if n < len(numbers):
                assert wanted is not None
                assert wanted[1] == f"p{n + 1}"
        done += 1


def test_two_mark_a_third_adjudicates_and_the_result_is_there(console: Console) -> None:
    chen, li, wang = (_as(console, name) for name in ("Chen", "Li", "Wang"))
    page = chen.get(f"/marking/{SESSION}/next").text
    assert "Because &lt;b&gt;it&lt;/b&gt; floats." in page
    for hidden in ("20260001", "考生1", "T-01", "3 号机房", "Li"):
        assert hidden not in re.sub(r'value="[^"]*"', "", page)

    assert _mark_all(chen, "next", "3", "2", "1") == 2
    assert chen.post(f"/marking/{SESSION}/back").status_code == 200
    assert 'value="3"' in chen.get(f"/marking/{SESSION}/next").text
    assert _mark_all(chen, "next", "3", "1", "1") == 1
    assert _mark_all(li, "next", "0", "0", "0") == 2
    assert session_results(console.station, SESSION)[0].state == "pending"
    page = wang.get(f"/marking/{SESSION}/adjudicate").text
    assert "Mark 2" in page
    assert _mark_all(wang, "adjudicate", "3", "2", "1") == 2

    assert session_results(console.station, SESSION)[0].score == 100
    admin = console.as_("admin")
    assert "Stricter" in admin.get(f"/marking/{SESSION}/statistics").text
    assert SESSION in admin.get("/marking").text


def test_who_does_not_mark_here_is_told_so(console: Console) -> None:
    assert console.as_("analyst").get(f"/marking/{SESSION}/next").status_code == 403
    marker = console.as_("marker")
    assert "No answers wait for marker" in marker.get("/marking").text
    assert marker.get(f"/marking/{SESSION}/next").status_code == 403
    assert marker.get(f"/marking/{SESSION}/statistics").status_code == 403
    assert marker.post(f"/marking/{SESSION}/AAAA-AAAA/first", {"p1": "1"}).status_code == 400
    assert marker.get("/marking/nothing/next").status_code == 400


def test_the_pages_speak_both_languages(console: Console) -> None:
    browser = console.browser("zh-CN")
    browser.sign_in("admin")
    for path in ("/marking", f"/marking/{SESSION}/statistics"):
        page = browser.get(path).text
        assert "阅卷" in page
        assert "Marking" not in page
