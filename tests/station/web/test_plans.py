"""Planning at the console: a form, what stands in the way, and the same plan as from a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.station.banks import bank_titles, bank_words
from kiosk.station.registry import plans
from tests.station.builders import LAYOUT, NOW, a_day, roster_csv
from tests.station.web.console import Browser, Console, a_console

USUAL_ZONE = "Asia/Shanghai"
FIELDS = {
    "session": "R15-0302",
    "round": "R15",
    "room": "5",
    "zone": USUAL_ZONE,
    "opens": "2026-03-02T09:00",
    "closes": "2026-03-02T12:00",
    "releasing_proctors": "2",
    "start": "own",
    "seats": "fixed",
    "exam": "E1",
    "bank": "solvent-extraction",
    "level": "L4",
    "duration_minutes": "60",
    "forms": "2",
    "pass": "60",
    "earliest_hand_in_minutes": "0",
    "reserves": "1",
    "kind-1": "single_choice",
    "count-1": "4",
    "points-1": "2",
    "kind-2": "text_entry",
    "count-2": "2",
    "points-2": "3",
    "kind-3": "true_false",
    "count-3": "",
    "points-3": "",
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = a_console(tmp_path_factory.mktemp("console"), planned=False)
    made.clock[0] = NOW - timedelta(days=1)
    yield made
    made.day.station.close()


def _fields(browser: Browser, seats: int = 6, **changed: str) -> dict[str, str]:
    """The form filled in, with what it offers ticked."""
    page = browser.get("/plans").text
    filled = dict(FIELDS) | changed
    for key in re.findall(r'name="(proctor-[0-9a-f]+)"', page):
        filled[key] = "1"
    for at, key in enumerate(re.findall(r'name="terminal-([0-9a-f]+)"', page)[: seats + 1], 1):
        filled |= {f"terminal-{key}": "1", f"seat-{key}": f"{at:02}" if at <= seats else ""}
    return filled


def _send(browser: Browser, fields: dict[str, str], roster: str, layout: str = "") -> Any:
    files = {"roster": ("名单.csv", roster.encode())}
    if layout:
        files = {"layout": ("3号机房.csv", layout.encode())} | files
    return browser.post("/plans", fields, files=files)


def test_a_plan_that_can_be_held_is_shown_and_then_planned(console: Console) -> None:
    browser = console.as_("planner")

    checked = _send(browser, _fields(browser), roster_csv())
    assert checked.status_code == 200
    assert "Session R15-0302 can be held" in checked.text
    assert checked.text.count("<td>2026000") == 6
    done = browser.post(str(checked.url.path))

    assert done.url.path == "/sessions/R15-0302"
    assert "is planned. Publish it when it is right" in done.text
    with console.station.registry.reading() as connection:
        session = plans.require_session(connection, "R15-0302")
        assert len(plans.roster_of(connection, session.id)) == 7
    again = browser.post(str(checked.url.path))
    assert again.status_code == 400


def test_a_table_of_the_room_takes_the_place_of_ticks(console: Console) -> None:
    browser = console.as_("planner")
    fields = _fields(
        browser, session="R15-0306", opens="2026-03-04T09:00", closes="2026-03-04T12:00"
    )
    ticked, fields = fields, {k: v for k, v in fields.items() if not k.startswith("terminal-")}

    checked = _send(browser, fields, roster_csv(), LAYOUT)
    assert "can be held" in checked.text
    browser.post(str(checked.url.path))

    plan = console.day.session("R15-0306").plan
    assert [(one.label, one.seat, one.place) for one in plan.terminals[-2:]] == [
        ("T-06", "06", (2, 1)),
        ("T-07", None, (3, 1)),
    ]
    for wrong, told in (
        (_send(browser, ticked, roster_csv(), LAYOUT), "either terminals or the layout"),
        (_send(browser, fields, roster_csv(), LAYOUT.replace(",3,1", ",2,1")), "stands twice"),
        (_send(browser, fields, roster_csv(), LAYOUT.replace("T-07", "")), "layout.csv, row 8"),
    ):
        assert wrong.status_code == 400
        assert told in wrong.text, wrong.text


def test_a_file_that_is_no_table_is_not_passed_over(console: Console) -> None:
    browser = console.as_("planner")
    files = {"roster": ("a.csv", roster_csv().encode()), "layout": ("room.ods", b"x")}
    told = browser.post("/plans", _fields(browser), files=files)
    assert (told.status_code, "no table that can be read" in told.text) == (400, True)


def test_what_stands_in_the_way_is_told_row_by_row(console: Console) -> None:
    browser = console.as_("planner", "en")
    roster = roster_csv(6).replace(",03\n", ",02\n").replace("考生5", "")
    fields = _fields(browser, closes="2026-03-02T08:00", session="R15-0303")
    fields = {name: value for name, value in fields.items() if not name.startswith("proctor-")}

    checked = _send(browser, fields, roster)

    assert checked.status_code == 400
    for told in ("row 4", "row 6", "closes before it opens", "need 2 proctors"):
        assert told in checked.text, told
    assert "Plan it" not in checked.text


def test_a_plan_that_can_be_held_no_longer_shows_why(console: Console) -> None:
    browser = console.as_("planner")
    day = {"opens": "2026-03-03T09:00", "closes": "2026-03-03T12:00"}
    checked = _send(browser, _fields(browser, session="R15-0305", **day), roster_csv())
    assert "can be held" in checked.text
    before, console.clock[0] = console.clock[0], NOW + timedelta(days=5)

    browser = console.as_("planner")
    told = browser.post(str(checked.url.path))
    console.clock[0] = before

    assert "the window of the session is over already" in told.text


def test_banks_and_levels_are_offered_by_their_names(console: Console) -> None:
    offered = console.as_("planner", "zh-CN").get("/plans").text

    assert '<option value="solvent-extraction">稀土萃取工（solvent-extraction）</option>' in offered
    assert '<option value="L4" selected>中级工（四级）</option>' in offered


def test_a_bank_whose_file_is_damaged_is_listed_by_its_id(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    assert bank_titles(day.station)["solvent-extraction"]["en"] == "Solvent-extraction operator"
    for file in (day.station.folder / "scoring").iterdir():
        file.write_bytes(file.read_bytes()[:-1] + b"?")

    titles = bank_titles(day.station)

    assert titles == {}
    assert bank_words(titles, "solvent-extraction", "1", "zh-CN") == "solvent-extraction 1"
    day.station.close()


def test_what_stands_in_the_way_is_told_in_the_language_of_the_page(console: Console) -> None:
    browser = console.as_("planner", "zh-CN")
    roster = (
        "准考证号,姓名,级别,机位,延时分钟,大字,字号\n"
        "1,A,L4,01,,,\n1,,L3,99,soon,maybe,7\n=A1,B,L4,,,,\n"
    )
    bad = {"closes": "2026-03-02T08:00", "zone": "Here", "reserves": "50", "count-1": "400"}
    fields = _fields(browser, session="?", **bad)
    fields |= dict.fromkeys([name for name in fields if name.startswith("seat-")], "02")

    told = _send(browser, fields, roster).text + _send(browser, fields, "a,b\n1,2\n").text
    told += _send(browser, fields | {"zone": USUAL_ZONE, "count-1": "0"}, roster).text

    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td>", told)
    assert len(rows) > 20
    english = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
    assert [cell for row in rows for cell in row if english.search(re.sub("“.*?”", "", cell))] == []
    assert [cell for row in rows for cell in row if ", " in cell] == []
    assert "100、125、150、200" in told
    assert "级别的单项选择题" in told
    assert {"roster.csv，第 3 行", "roster.csv，第 4 行，“准考证号”列"} <= {
        where for where, _, _ in rows
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"forms": "many"},
        {"session": 'x"\nround = "y'},
        {"room": "\x00\x7f"},
        {"opens": "tomorrow"},
        {"opens": ""},
        {"bank": "none"},
    ],
)
def test_nothing_typed_into_the_form_breaks_the_plan_file(
    console: Console, changed: dict[str, str]
) -> None:
    browser = console.as_("planner")

    checked = _send(browser, _fields(browser, **({"session": "R15-0304"} | changed)), roster_csv())

    assert checked.status_code == 400
    assert "in the way" in checked.text


def test_a_draft_is_only_where_drafts_are(console: Console) -> None:
    browser = console.as_("planner")

    assert browser.get("/plans/..%2F..%2Fkeys").status_code in (400, 404)
    assert browser.get("/plans/abcdefgh").status_code == 400
    assert console.as_("auditor").get("/plans").status_code == 403


def test_publishing_goes_to_an_offered_place_with_the_releases_apart(console: Console) -> None:
    browser = console.as_("planner")

    done = browser.post("/publish", {"to": "0", "releases": "1"})

    folder = console.station.folder / "published"
    assert done.status_code == 200
    assert (folder / "terminals" / "kiosk" / "metadata").is_dir()
    assert not list((folder / "terminals").rglob("*.release"))
    assert browser.post("/publish", {"to": "0", "releases": "0"}).status_code == 400
    assert browser.post("/publish", {"to": "99", "releases": "-1"}).status_code == 400
