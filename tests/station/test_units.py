"""Who sent a candidate: read from the roster, told with results, compared in the analysis, and never sent away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest

from kiosk.artefacts.codec import encode
from kiosk.cli import run
from kiosk.readers.tables import read_table
from kiosk.station.results import session_results
from kiosk.station.roster import read_roster
from kiosk.station.understanding.groups import keep_groups
from tests.station.builders import SESSION, Day, roster_csv
from tests.station.web.console import Console, a_console

UNITS = ("一厂", "二厂", "一厂", "", "二厂", "二厂")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Candidates 1 and 3 of 一厂 came, and 2 of 二厂; 3 failed."""
    made = a_console(tmp_path_factory.mktemp("console"), planned=False)
    lines = zip(roster_csv().splitlines(), ("所属单位", *UNITS), strict=True)
    made.day.plan(roster="".join(f"{line},{unit}\n" for line, unit in lines))
    made.day.import_(
        *(made.day.sit(f"2026000{n}", right=right) for n, right in ((1, 10), (2, 9), (3, 1)))
    )
    yield made
    made.station.close()


@pytest.fixture
def day(console: Console) -> Day:
    return console.day


def _analysed(day: Day, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert run(["station", "analyse", SESSION, "--json", "--station", str(day.station.folder)]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_results_say_the_unit_and_no_session_file_does(day: Day) -> None:
    assert tuple(line.unit for line in session_results(day.station, SESSION)) == UNITS
    published = b"".join(path.read_bytes() for path in (day.station.folder / "sessions").iterdir())
    assert "一厂".encode() not in encode(day.opened.secrets) + encode(day.opened.plan) + published


def test_the_console_shows_finds_and_exports_it(console: Console) -> None:
    browser = console.as_("admin")
    here = f"/sessions/{SESSION}"
    assert browser.get(here).text.count("<td>一厂</td>") == 2
    found = browser.get(here, params={"find": "一厂"}).text
    assert ("考生1" in found, "考生2</th>" in found) == (True, False)
    assert "/ 一厂" in browser.get(f"{here}/candidates/20260001").text
    assert "<td>二厂</td>" in browser.get(f"/results/{SESSION}").text
    rows = list(csv.reader(io.StringIO(browser.get(f"{here}/results.csv").text)))
    assert [row[-1] for row in rows] == ["Unit", *UNITS]


def test_the_analysis_goes_by_units_until_a_table_of_groups_is_brought(
    console: Console, day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _analysed(day, capsys)
    assert isinstance(told["groups"], list)
    groups = [(one["group"], one["n"], one["passed"]) for one in told["groups"]]
    assert groups == [("一厂", 2, 1), ("二厂", 1, 1)]
    assert isinstance(told["knowledge_points"], list)
    assert all({"一厂", "二厂"} >= set(one["groups"]) for one in told["knowledge_points"])
    assert any(one["groups"] for one in told["knowledge_points"])
    page = console.as_("analyst").get(f"/analysis/{SESSION}?exam=E1").text
    assert (
        '<th scope="row">一厂</th><td class="n">2</td><td class="n">1</td><td class="n">50%</td>'
        in page
    )

    keep_groups(day.station, SESSION, b"number,group\n20260001,A\n20260002,A\n", "g.csv")
    told = _analysed(day, capsys)
    assert isinstance(told["groups"], list)
    assert [(one["group"], one["n"]) for one in told["groups"]] == [("A", 2)]


def test_a_unit_that_no_page_could_show_is_refused() -> None:
    table = read_table(f"number,name,unit\n1,A,{'厂' * 81}\n2,B,{'厂' * 80}\n".encode(), "r.csv")
    lines, problems = read_roster(table, "r.csv", {"E1": "L4"}, None)
    assert [line.number for line in lines] == ["2"]
    assert [one.where for one in problems] == ["r.csv, row 2"]
