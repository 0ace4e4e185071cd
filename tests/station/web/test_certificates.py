"""Certificates through the console: decided with reasons, issued by a process with keys, shown, revoked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from httpx import Response

from kiosk.station.certificates.issuing import every_issued
from kiosk.station.registry import certificates as registered
from kiosk.station.registry import log
from tests.station.builders import SESSION
from tests.station.certificates.conftest import LATER, end_the_day
from tests.station.web.console import Console, a_console

HERE = f"/certificates/sessions/{SESSION}"
FIRST = "/certificates/number/20264000001"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = a_console(tmp_path_factory.mktemp("console"))
    end_the_day(made.day)
    made.clock[0] = LATER
    yield made
    made.day.station.close()


def _numbers(console: Console) -> list[str]:
    with console.station.registry.reading() as connection:
        return [one.number for one in every_issued(connection)]


def test_decided_issued_shown_and_revoked(console: Console) -> None:
    admin = console.as_("admin")
    shown = admin.get(HERE).text
    assert "Practice: 59 of 100 on 2026-03-02, 60 are needed; it may be taken again" in shown
    assert "not admitted on 2026-03-01" in shown
    hidden = dict(re.findall(r'name="(candidates)" value="([^"]*)"', shown))
    assert hidden == {"candidates": "20260001 20260002"}

    assert admin.post(HERE, {**hidden, "reason": " "}).status_code == 400
    assert _numbers(console) == []
    chosen = {"candidates": "20260001 20260003 99", "reason": "round 15"}
    assert "Issued, each with a leaf in the log: 1" in admin.post(HERE, chosen).text
    assert _numbers(console) == ["20264000001"]
    admin.post(HERE, {**hidden, "reason": "round 15"})
    assert _numbers(console) == ["20264000001", "20264000002"]
    with console.station.registry.reading() as connection:
        assert not log.grown_since_checkpoint(connection), "the head is signed with their leaves"
    assert "Issue {n}" not in admin.get(HERE).text
    assert "certificates issued" in console.as_("auditor").get("/acts").text

    page = admin.get(FIRST).text
    assert "考生1" in page
    assert "E1:" in page
    assert admin.get(f"{FIRST}/pdf").content.startswith(b"%PDF")
    assert admin.get(f"{FIRST}/png").content.startswith(b"\x89PNG")
    assert admin.get(f"{FIRST}/jwt").text.count(".") == 2
    assert admin.get("/certificates/number/7/pdf").status_code == 400
    transcript = admin.get("/certificates/candidates/20260003/transcript.pdf")
    assert transcript.content.startswith(b"%PDF")
    employers = admin.get("/certificates/verify.html")
    assert employers.headers["content-disposition"].startswith("attachment")
    assert admin.get("/certificates/report.xlsx").content.startswith(b"PK")
    assert "考生2" in admin.get("/certificates?find=考生2").text
    assert "考生1" not in admin.get("/certificates?find=考生2").text

    done = admin.post(f"{FIRST}/revoke", {"reason": "notice <12>"}).text
    assert "Revoked on 2026-03-09: notice &lt;12&gt;" in done
    assert admin.post(f"{FIRST}/revoke", {"reason": "again"}).status_code == 400
    assert "20264000001" in admin.get("/certificates/verify.html").text
    chinese = console.as_("admin", "zh-CN")
    assert "技能操作：2026-03-02 得 59 分" in chinese.get(HERE).text


def test_what_people_brought_is_noted_whole_or_told_cell_by_cell(console: Console) -> None:
    planner = console.as_("planner")
    path, head = "/certificates/evidence", "准考证号,持有等级,取得日期\n"
    assert "Candidate number" in planner.get(path).text

    def bring(rows: str, **fields: str) -> Response:
        file = {"table": ("papers.csv", (head + rows).encode())}
        return planner.post(path, {"reason": "window 3", **fields}, files=file)

    told = bring("20260004,L5,2020-07-01\n20260005,L9,2020-07-01\n")
    assert told.status_code == 400
    assert '<th scope="row">B3</th><td>&#39;L9&#39; is no level</td>' in told.text
    assert bring("20260004,L5,2020-07-01\n", reason=" ").status_code == 400
    assert "20260004" not in _brought(console)
    assert "Noted 1, known before 0" in bring("20260004,L5,2020-07-01\n").text
    assert "Noted 0, known before 1" in bring("20260004,L5,2020-07-01\n").text
    assert "20260004" in _brought(console)
    assert planner.post(path, {"reason": "x"}).status_code == 400


def test_a_score_sheet_is_withdrawn_by_an_administrator_alone(console: Console) -> None:
    with console.station.registry.reading() as connection:
        (sheet,) = registered.sheets(connection)
    path = f"/certificates/sheets/{sheet.sha256.hex()}/withdraw"
    planner, admin = console.as_("planner"), console.as_("admin")
    assert "Withdraw the sheet" not in planner.get("/certificates").text
    assert planner.post(path, {"reason": "x"}).status_code == 403
    assert "Withdraw the sheet" in admin.get("/certificates").text
    done = admin.post(path, {"reason": "wrong column"}).text
    assert "count no longer; the sheet is kept" in done
    assert "wrong column" in done.split("Score sheets that came in")[1]
    assert "Practice: not taken yet" in admin.get(HERE).text
    with console.station.registry.reading() as connection:
        assert not log.grown_since_checkpoint(connection), "the head is signed with its leaf"
    assert admin.post(path, {"reason": "again"}).status_code == 400


def _brought(console: Console) -> set[str]:
    with console.station.registry.reading() as connection:
        return {one.candidate for one in registered.evidence_of(connection)}


@pytest.mark.parametrize("role", ["planner", "analyst", "auditor", "marker"])
def test_only_an_administrator_issues_and_revokes(console: Console, role: str) -> None:
    browser = console.as_(role)
    before = _numbers(console)

    assert browser.get("/certificates").status_code == (403 if role == "marker" else 200)
    issued = browser.post(HERE, {"candidates": "20260001", "reason": "x"})
    assert issued.status_code == 403
    revoked = browser.post("/certificates/number/20264000002/revoke", {"reason": "x"})
    assert revoked.status_code == 403
    assert _numbers(console) == before
