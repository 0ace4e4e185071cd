"""The pages of an analysis: the same figures as the command line, in words, made once."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future

import openpyxl
import pytest

from kiosk.station.understanding import session_answers
from kiosk.station.web import analysing, analysis
from kiosk.station.web.analysing import Kept
from tests.station.builders import SESSION
from tests.station.web.console import Console, a_console
from tests.station.web.gallery import many_takers

QUERY = "exam=E1&whole=1"
PAGE = f"/analysis/{SESSION}?{QUERY}"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Three of six candidates came."""
    made = a_console(tmp_path_factory.mktemp("console"))
    day = made.day
    day.import_(*(day.sit(f"2026000{n}", right=right) for n, right in ((1, 8), (2, 5), (3, 2))))
    yield made
    day.station.close()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """150 candidates in the place of those who came; the key of q09 is wrong, two rooms are groups."""
    made = many_takers()
    monkeypatch.setattr(session_answers, "read_exam", lambda *_args, **_options: made)
    analysing._answers.cache_clear()
    analysing._report.cache_clear()


def _rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    table = page.split(f'id="{heading}"', 1)[1].split("<tbody>", 1)[1].split("</tbody>")[0]
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("<tr>")
    ]
    return [[re.sub("<[^>]+>", "", cell) for cell in row] for row in cells if row]


def test_the_list_leads_to_what_came(console: Console) -> None:
    listed = console.as_("analyst").get("/analysis").text

    assert f'href="/analysis/{SESSION}?exam=E1&amp;whole=1"' in listed
    page = console.as_("analyst").get(PAGE).text
    assert _rows(page, "test")[0][:2] == ["Candidates", "3"]
    assert "every figure here may be chance" in page
    assert _rows(page, "points")[0][0] == "K11 Point"


def test_a_wrong_key_is_said_in_words_on_the_page_of_its_item(console: Console, many: None) -> None:
    browser = console.as_("auditor")
    browser.post(f"/analysis/{SESSION}/groups")  # reads only: nothing changes
    console.day.import_(console.day.sit("20260004"))  # so that it is computed again
    page = browser.get(PAGE).text
    assert "tells most about" in page or "most exact where it decides" in page
    assert [row[0] for row in _rows(page, "groups")] == ["R15-0301", "R15-0302"]

    only = browser.get(f"{PAGE}&only=remarked").text
    assert len(_rows(only, "items")) < len(_rows(page, "items")) == 20
    item = browser.get(f"/analysis/{SESSION}/item?{QUERY}&name=q09").text
    assert "option A attracted strong candidates: check the key" in item
    assert "B ✓ right" in " ".join(_rows(item, "options")[1])
    assert [row[0] for row in _rows(item, "dif")] == ["R15-0301", "R15-0302"]
    plot = browser.get(f"/analysis/{SESSION}/plots/options-010.svg?{QUERY}")
    assert plot.headers["content-type"] == "image/svg+xml"
    assert "check the key" in plot.text
    assert browser.get(f"/analysis/{SESSION}/plots/none.svg?{QUERY}").status_code == 404
    assert browser.get(f"/analysis/{SESSION}/item?{QUERY}&name=none").status_code == 400


def test_an_item_has_its_history_and_the_plots_are_those_of_the_page(console: Console) -> None:
    analysing._answers.cache_clear()
    analysing._report.cache_clear()
    browser = console.as_("analyst", "zh-CN")
    page = browser.get(f"/analysis/{SESSION}?{QUERY}").text
    name = _rows(page, "items")[0][0]

    item = browser.get(f"/analysis/{SESSION}/item?{QUERY}&name={name}").text

    history = _rows(item, "history")
    assert [row[2] for row in history] == [f"{SESSION} E1"]
    assert history[0][4] == _rows(item, "figures")[0][1]
    assert history[0][5] == _rows(page, "items")[0][3]
    for plot in re.findall(r'src="(/analysis/[^"]+)"', page):
        assert browser.get(plot.replace("&amp;", "&")).text.startswith("<svg"), plot


def test_it_is_computed_once_until_results_change(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    monkeypatch.setattr(
        analysis,
        "analysed",
        lambda subject: computed.append(subject) or analysing.analysed(subject),
    )
    browser = console.as_("analyst")
    for _ in range(3):
        browser.get(PAGE)
    before = len(computed)
    assert before <= 1

    console.day.import_(console.day.sit("20260005", right=1))

    page = browser.get(PAGE).text
    assert len(computed) == before + 1
    assert _rows(page, "test")[0][1] == "5"


def test_groups_are_brought_by_an_analyst_and_compared(console: Console) -> None:
    table = "准考证号,单位\n20260001,一厂\n20260002,一厂\n20260003,二厂\n"
    browser = console.as_("analyst")

    page = browser.post(
        f"/analysis/{SESSION}/groups",
        {"exam": "E1", "whole": "1"},
        files={"table": ("groups.csv", table.encode())},
    ).text

    assert "Groups of 3 candidates" in page
    assert [row[:2] for row in _rows(page, "groups")] == [["一厂", "2"], ["二厂", "1"]]
    assert "一厂" in page.split('id="points"')[1]
    assert "groups brought" in console.as_("auditor").get("/acts").text
    kept = console.station.folder / "groups" / "R15.table"
    assert kept.stat().st_mode & 0o077 == 0
    refused = browser.post(f"/analysis/{SESSION}/groups", {}, files={"table": ("x.csv", b"a\n1\n")})
    assert refused.status_code == 400


def test_every_file_leaves_whole_and_on_record(console: Console) -> None:
    browser = console.as_("auditor")
    for file in analysis.FILES:
        answer = browser.get(f"/analysis/{SESSION}/files/{file}?{QUERY}")
        assert answer.status_code == 200, file
        assert answer.headers["content-disposition"] == f'attachment; filename="{file}"'
        match file.rpartition(".")[2]:
            case "xlsx":
                assert "items" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
            case "zip":
                with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
                    assert len(archive.namelist()) == 5
            case _:
                assert answer.content
    assert browser.get("/acts").text.count("analysis exported") == len(analysis.FILES)
    assert browser.get(f"/analysis/{SESSION}/files/station.db?{QUERY}").status_code == 404


@pytest.mark.parametrize("role", ["marker", "planner"])
def test_who_does_not_analyse_sees_none_of_it(console: Console, role: str) -> None:
    browser = console.as_(role)
    for path in ("/analysis", PAGE, f"/analysis/{SESSION}/files/items.csv?{QUERY}"):
        assert browser.get(path).status_code == 403
    assert console.as_("auditor").post(f"/analysis/{SESSION}/groups").status_code == 403


def test_a_page_that_is_not_ready_says_so_and_one_that_failed_is_tried_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    never: Future[analysing.Told] = Future()
    monkeypatch.setattr(analysis, "_told", lambda *_: never)
    monkeypatch.setattr(analysis, "PATIENCE_S", 0.01)

    page = console.as_("analyst").get(PAGE)

    assert (page.status_code, 'http-equiv="refresh"' in page.text) == (200, True)
    kept = Kept(1)
    broken: Future[int] = Future()
    broken.set_exception(ValueError())
    assert kept.of("a", lambda: broken) is broken
    whole: Future[int] = Future()
    assert kept.of("a", lambda: whole) is whole
    assert kept.of("b", lambda: broken) is broken
    assert kept.of("a", lambda: broken) is broken, "only the last is kept"


def test_no_name_of_a_session_or_item_becomes_markup(console: Console) -> None:
    browser = console.as_("analyst")
    answer = browser.get(f"/analysis/{SESSION}/item?{QUERY}&name=%3Cscript%3Ex")
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text
