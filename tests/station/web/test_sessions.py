"""What the console shows of sessions and takes in as files: the same as the command line."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from kiosk.artefacts import evidence
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import HandIn, ProctorLog, write_log
from kiosk.assessment.sitting import Incident
from kiosk.station import enrol
from kiosk.station.receiving import receive
from kiosk.station.registry import jobs, packages
from kiosk.station.registry import users as registered
from kiosk.station.web import dropped, imports, sessions
from tests.station.builders import NOW, SESSION, Day
from tests.station.certificates.sheets import ASSESSOR, rows, signed
from tests.station.web.console import Console, a_console

FORM_TYPE = "multipart/form-data; boundary=x"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Six candidates: two imported, one in conflict, one in quarantine, two missing."""
    made = a_console(tmp_path_factory.mktemp("console"))
    day = made.day
    day.import_(day.sit("20260001", right=8), day.sit("20260002", right=2))
    day.import_(day.sit("20260003", right=8), day.sit("20260003", right=1, terminal="T-07"))
    day.import_(day.sit("20260004", edit=_dishonest))
    yield made
    day.station.close()


def _dishonest(content):  # type: ignore[no-untyped-def]
    from msgspec.structs import replace

    return replace(content, bank_image_sha256=bytes(32))


def _figures(page: str) -> list[int]:
    return [int(found) for found in re.findall(r"<strong[^>]*>(\d+)</strong>", page)][:5]


def _upload(*files: tuple[str, bytes], csrf: str = "") -> bytes:
    parts = [b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + csrf.encode()]
    parts += [
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s'
        % (name.encode(), data)
        for name, data in files
    ]
    return b"\r\n".join(parts) + b"\r\n--x--\r\n"


def test_the_list_of_sessions_says_where_somebody_must_act(console: Console) -> None:
    page = console.as_("planner").get("/sessions").text

    assert f'href="/sessions/{SESSION}"' in page
    assert "1 in conflict" in page
    assert "1 in quarantine" in page
    assert "who is missing?" in page


def test_a_sessions_figures_add_up_to_its_roster(console: Console) -> None:
    page = console.as_("planner").get(f"/sessions/{SESSION}").text

    roster, *states = _figures(page)
    assert roster == 6 == sum(states)
    assert states == [2, 0, 3, 1]


def test_the_page_shows_what_the_command_line_tells(console: Console) -> None:
    page = console.as_("analyst").get(f"/sessions/{SESSION}").text

    assert page.count("<td>2026000") == 6
    assert "In conflict" in page
    assert "Not collected" in page
    assert "Packages that did not come" not in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("state=came", ["20260001", "20260002"]),
        ("state=to_decide", ["20260003"]),
        ("find=考生5", ["20260005"]),
        ("find=06", ["20260006"]),
    ],
)
def test_a_list_is_filtered(console: Console, query: str, numbers: list[str]) -> None:
    page = console.as_("analyst").get(f"/sessions/{SESSION}?{query}").text

    assert re.findall(r"<td>(2026\d+)</td>", page) == numbers


def test_a_long_list_is_cut_into_pages_that_lead_to_each_other(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ON_A_PAGE", 4)
    browser = console.as_("analyst")

    first = browser.get(f"/sessions/{SESSION}?order=name").text
    assert "Page 1 of 2, 6 candidates" in first
    onward = re.search(r'href="([^"]+)" rel="next"', first)
    assert onward is not None
    last = browser.get(f"/sessions/{SESSION}{html.unescape(onward[1])}").text
    assert re.findall(r"<td>(2026\d+)</td>", last) == ["20260005", "20260006"]
    assert 'rel="next"' not in last
    assert browser.get(f"/sessions/{SESSION}?page=99").text.count("<td>2026") == 2
    assert browser.get(f"/sessions/{SESSION}?order=x").status_code == 400


def test_a_marker_learns_no_name_and_a_planner_without_results_no_other_page(
    console: Console,
) -> None:
    marker = console.as_("marker")

    for path in ("/sessions", f"/sessions/{SESSION}", "/imports", "/quarantine", "/acts", "/users"):
        assert marker.get(path).status_code == 403
        assert "考生" not in marker.get(path).text


@pytest.mark.parametrize("path", [f"/sessions/{SESSION}", "/rounds/R15"])
def test_results_leave_as_a_table_for_a_session_and_a_round(console: Console, path: str) -> None:
    browser = console.as_("admin", "zh-CN")
    answer = browser.get(f"{path}/results.csv")

    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    ahead = rows[0].index("准考证号")
    assert rows[0][ahead : ahead + 2] == ["准考证号", "姓名"]
    assert rows[1][ahead : ahead + 6] == ["20260001", "考生1", "E1", "01", "100", "100"]
    assert len(rows) == 7
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{path}/results.xlsx").content)).active
    assert sheet is not None
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert [["" if one is None else str(one) for one in row] for row in cells] == rows
    assert cells[1][ahead + 4] == 100
    assert browser.get("/rounds/none/results.csv").status_code == 400


def test_a_round_is_told_in_figures_on_a_page_and_as_a_table(console: Console) -> None:
    browser = console.as_("auditor", "zh-CN")
    page = browser.get("/rounds/R15").text
    assert "应考人次 <strong>6</strong>" in page
    assert "有成绩 <strong>2</strong>" in page
    assert "待处理 <strong>1</strong>" in page
    assert "中级工（四级）" in page
    assert '<th scope="row">稀土萃取工</th>' in page
    rows = list(csv.reader(io.StringIO(browser.get("/rounds/R15/figures.csv").text)))
    assert [row[2:5] for row in rows[1:]] == [["6", "2", "1"]] * len(rows[1:])
    assert browser.get("/rounds/none").status_code == 400
    assert console.as_("marker").get("/rounds/R15").status_code == 403


def test_what_a_terminal_journalled_of_a_sitting_stands_with_the_candidate(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    codes = ("window-gone", "focus-lost", "window-gone")
    events = [Incident(20 + at, code) for at, code in enumerate(codes)]
    console.day.import_(console.day.sit("20260001", events=events), console.day.sit("20260002"))
    browser, path = console.as_("auditor"), f"/sessions/{SESSION}/candidates"
    told = "Incidents: the window was covered, hidden or made smaller (2), another program had the keyboard"
    assert told in browser.get(f"{path}/20260001").text
    assert "Incidents" not in browser.get(f"{path}/20260002").text
    console.station.close()


def test_the_evidence_of_a_result_is_given_to_who_may_act_and_noted(
    console: Console, tmp_path: Path
) -> None:
    path = f"/sessions/{SESSION}/candidates/20260002"
    browser = console.as_("planner")
    assert f"{path}/evidence" in browser.get(path).text
    answer = browser.get(f"{path}/evidence")
    assert 'filename="R15-0301-20260002.evidence"' in answer.headers["content-disposition"]
    told = evidence.evidence(
        evidence.read_evidence(answer.content), console.station.record(Role.STATION)
    )
    assert told.scoring_version == 1
    with console.station.registry.reading() as connection:
        (noted,) = registered.noted(connection, 1)
    assert (noted.act, noted.subject) == ("evidence written", f"{SESSION} 20260002")
    auditor = console.as_("auditor")
    assert f"{path}/evidence" not in auditor.get(path).text
    assert auditor.get(f"{path}/evidence").status_code == 403
    assert browser.get(f"/sessions/{SESSION}/candidates/20260006/evidence").status_code == 400


def test_a_candidates_page_shows_points_with_reasons_and_the_place_in_the_log(
    console: Console,
) -> None:
    page = console.as_("analyst").get(f"/sessions/{SESSION}/candidates/20260002").text

    assert page.count('<th scope="row">author-') == 8
    assert "leaf 1, receipt made" in page
    assert re.search(r"<code>[0-9a-f]{64}</code>", page)


def test_a_conflict_shows_its_packages_side_by_side(console: Console) -> None:
    page = console.as_("analyst").get(f"/sessions/{SESSION}/candidates/20260003").text

    assert "Package 1 of T-03" in page
    assert "Package 1 of T-07" in page
    assert "Neither counts" in page


def test_an_admin_decides_a_conflict_and_the_second_is_told(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    day = console.day
    day.import_(day.sit("20260003", right=8), day.sit("20260003", right=1, terminal="T-07"))
    path = f"/sessions/{SESSION}/candidates/20260003/conflict"
    admin = console.as_("admin", "zh-CN")

    shown = admin.get(path).text
    assert "1 题作答相同" in shown
    sight = re.search(r'name="sight" value="([^"]+)"', shown)
    digests = re.findall(r'name="counts" value="([0-9a-f]{64})"', shown)
    assert sight is not None
    fields = {"sight": sight[1], "counts": digests[0]}
    assert admin.post(path, {**fields, "reason": " "}).status_code == 400
    assert console.as_("auditor").post(path, {**fields, "reason": "x"}).status_code == 403
    assert 'name="counts"' not in console.as_("auditor").get(path).text
    done = admin.post(path, {**fields, "reason": "考场记录"})
    assert "考场记录" in done.text
    late = console.as_("admin").post(path, {**fields, "counts": "neither", "reason": "y"})
    assert late.status_code == 403
    assert "admin decided about this meanwhile: 考场记录" in late.text
    assert "20260003" not in admin.get(f"/sessions/{SESSION}?state=to_decide").text
    with console.station.registry.reading() as connection:
        assert "conflict decided" in [one.act for one in registered.noted(connection, 9)]


def test_a_session_and_a_candidate_that_are_not_there_are_told(console: Console) -> None:
    browser = console.as_("analyst")

    assert browser.get("/sessions/NONE").status_code == 400
    assert browser.get(f"/sessions/{SESSION}/candidates/1").status_code == 400
    assert "no session NONE" in browser.get("/sessions/NONE").text


def test_files_of_a_stick_are_imported_and_unrelated_ones_passed_over(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    browser = console.as_("planner")
    package = console.day.sit("20260001")
    body = _upload(
        ("T-01/../../../1.package", package),
        ("holiday.jpg", b"x" * 300_000),
        ("again.package", package),
        ("broken.package", b"nonsense"),
        csrf=browser.csrf(),
    )

    page = browser.get("/imports")
    assert 'enctype="multipart/form-data"' in page.text
    done = browser.client.post("/imports", content=body, headers={"content-type": FORM_TYPE})

    assert done.url.path == "/imports/1"
    assert _figures(done.text) == [1, 1, 0, 1, 5]
    assert "00004/broken.package" not in done.text
    assert "broken.package" in done.text
    assert str(tmp_path) not in done.text
    assert list((console.station.folder / "brought").iterdir()) == []
    events = browser.get("/imports/1/events")
    assert events.text.startswith("event: end\n")
    assert json.loads(events.text.split("data: ")[1])["done"] == 1
    with console.station.registry.reading() as connection:
        assert [one.verdict for one in packages.seen(connection)][-3:] != []
        (act, *_) = [one for one in registered.noted(connection, 9) if one.act == "files imported"]
    assert (act.who, act.note) == ("planner", "3")

    listed = browser.get("/quarantine").text
    assert "broken.package" in listed
    name = re.search(r'href="/quarantine/([^"]+)"', listed)
    assert name is not None
    copy = browser.get(f"/quarantine/{name[1]}")
    assert copy.content == b"nonsense"
    assert copy.headers["content-disposition"].startswith("attachment")
    assert "broken.package" in browser.get("/files").text
    again = browser.post("/imports/retry")
    assert _figures(again.text)[3] == 1


def test_an_import_tells_what_became_of_every_kind_of_file(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    enrol.enrol(console.station, ASSESSOR.record, NOW)
    browser = console.as_("planner")
    keys = console.day.proctors["李监考"]
    terminal = console.day.terminals["T-01"].record.kid
    log = ProctorLog(
        SESSION, keys.record.kid, 0, (), (), {}, (HandIn(1, terminal, "20260001", b""),)
    )
    marks = rows(("20260001", "考生1", "技能操作", 90, "2026-03-02"))
    body = _upload(
        ("2.package", console.day.sit("20260002")),
        ("li.proctorlog", write_log(log, keys)),
        ("practice.scoresheet", signed(marks)),
        csrf=browser.csrf(),
    )

    done = browser.client.post("/imports", content=body, headers={"content-type": FORM_TYPE})

    assert done.status_code == 200
    others = done.text.split("<h2>Other files</h2>")[1].split("</section>")[0]
    assert "li.proctorlog: a proctor&#39;s log, recorded" in others
    assert "practice.scoresheet: 1 mark," in others
    assert "handed in at terminal T-01 by candidate 20260001" in done.text
    assert str(tmp_path) not in done.text


def test_what_is_refused_for_want_of_a_terminal_is_taken_once_it_is_known(tmp_path: Path) -> None:
    """The same function as the command line's, so the same registry."""
    console = a_console(tmp_path)
    day: Day = console.day
    browser = console.as_("admin")
    body = _upload(("a.package", day.sit("20260001")), csrf=browser.csrf())
    headers = {"content-type": FORM_TYPE}

    browser.client.post("/imports", content=body, headers=headers)
    by_hand = receive(day.station, [], NOW, retry=True)

    assert (by_hand.imported, by_hand.refused) == (0, ())
    twice = browser.client.post("/imports", content=body, headers=headers)
    assert _figures(twice.text)[:2] == [0, 1]


@pytest.mark.parametrize("cut", [0.0, 0.3, 0.9, 0.99])
def test_a_form_that_is_cut_off_keeps_nothing(console: Console, cut: float) -> None:
    browser = console.as_("planner")
    body = _upload(("a.package", b"x" * 1000), csrf=browser.csrf())

    answer = browser.client.post(
        "/imports", content=body[: int(len(body) * cut)], headers={"content-type": FORM_TYPE}
    )

    assert answer.status_code in (400, 403)
    assert list((console.station.folder / "brought").iterdir()) == []


def test_a_file_larger_than_its_kind_is_refused_while_it_comes(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = console.as_("planner")
    monkeypatch.setitem(dropped.MAX_BYTES, ".package", 999)
    body = _upload(("a.package", b"x" * 1000), csrf=browser.csrf())

    answer = browser.client.post("/imports", content=body, headers={"content-type": FORM_TYPE})

    assert answer.status_code == 400
    assert "longer than a file of its kind" in answer.text
    assert list((console.station.folder / "brought").iterdir()) == []


def test_no_byte_of_a_file_is_kept_without_the_forms_token(console: Console) -> None:
    browser = console.as_("planner")
    headers = {"content-type": FORM_TYPE}
    body = _upload(("a.package", b"x"), csrf="0" * 64)

    assert browser.client.post("/imports", content=body, headers=headers).status_code == 403
    assert (
        console.as_("auditor").client.post("/imports", content=body, headers=headers).status_code
        == 403
    )


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\a b.package", "a_b.package"),
        ("..", "file"),
        ("", "file"),
        (".hidden.package", "hidden.package"),
        ("名字\u202e\x00.package", "名字_.package"),
        ("x" * 300 + ".package", "x" * 72 + ".package"),
    ],
)
def test_a_hostile_name_is_only_a_name(name: str, safe: str) -> None:
    assert dropped.safe_name(name) == safe


def test_an_import_that_was_cut_off_is_told_as_such(console: Console) -> None:
    with console.station.registry.writing() as connection:
        job = jobs.begin(connection, "import", "planner", 1)

    imports.end_cut_off(console.station, 2)

    assert "was stopped during this import" in console.as_("planner").get(f"/imports/{job}").text


def test_users_are_managed_and_each_change_is_on_record(console: Console) -> None:
    admin = console.as_("admin")

    refused = admin.post("/users", {"name": "孙阅", "password": "short", "role": ["marker"]})
    assert refused.status_code == 400
    assert "12 to 200 characters" in refused.text
    assert 'value="孙阅"' in refused.text
    admin.post("/users", {"name": "孙阅", "password": "four good words here", "role": ["marker"]})
    admin.post("/users/roles", {"name": "孙阅", "role": ["marker", "analyst"]})
    assert console.browser().sign_in("孙阅", "four good words here").url.path == "/sessions"
    admin.post("/users/shut", {"name": "孙阅", "disabled": "true"})
    assert console.browser().sign_in("孙阅", "four good words here").status_code == 401
    assert admin.post("/users/shut", {"name": "admin", "disabled": "true"}).status_code == 403

    record = console.as_("auditor").get("/acts").text
    for act in ("user added", "roles changed", "user shut out"):
        assert act in record
    assert "The log of packages" in record


def test_every_page_is_in_both_languages(console: Console) -> None:
    chinese, english = console.as_("admin", "zh-CN"), console.as_("admin", "en")
    for path in (
        "/sessions",
        f"/sessions/{SESSION}",
        f"/sessions/{SESSION}/candidates/20260003",
        f"/sessions/{SESSION}/candidates/20260003/conflict",
        "/imports",
        "/quarantine",
        "/files",
        "/users",
        "/acts",
    ):
        one, other = chinese.get(path), english.get(path)
        assert one.status_code == other.status_code == 200, path
        assert 'lang="zh-CN"' in one.text
        heading = re.compile(r"<(?:title|h1|h2|dt)>(.*?)</")
        assert heading.findall(one.text) != heading.findall(other.text), path


def test_what_was_refused_is_told_in_chinese_too(console: Console) -> None:
    chinese = console.as_("admin", "zh-CN")
    for path, told in (
        ("/quarantine", "考试机上的题库不是计划所用的"),
        (f"/sessions/{SESSION}", "考试机上的题库不是计划所用的"),
        (f"/sessions/{SESSION}/candidates/20260003/conflict", "同一次考试的另一份答卷包内容不同"),
    ):
        assert told in chinese.get(path).text, path


def test_what_nobody_went_on_with_for_a_day_is_dropped(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    plans = console.station.folder / "plans"
    for name, age_h in (("old", 25), ("fresh", 1)):
        (plans / name).mkdir(parents=True)
        at = console.clock[0].timestamp() - age_h * 3600
        os.utime(plans / name, (at, at))

    with console.browser().client:
        assert [path.name for path in plans.iterdir()] == ["fresh"]
