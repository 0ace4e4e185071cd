"""The self-check of one seat, from the plan to the station: shut, mended, opened, sat at, and seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.artefacts.self_check import Finding
from kiosk.station.checks_report import session_checks
from kiosk.station.plan_checks import PlanRefused
from kiosk.station.results import session_results
from kiosk.terminal import views
from tests.e2e.story import StoryRoom, hand_in
from tests.station.builders import SESSION, a_day, plan_toml
from tests.station.web.console import console_of
from tests.terminal.room import begin

FINE = (Finding("disk", "ok", "3 ms"), Finding("processes", "ok"), Finding("swap", "ok"))
BASH = Finding("processes", "weak", "bash")
HOSTILE = Finding("input", "weak", "<script>alert(1)</script>")


def requiring(*names: str) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return plan_toml().replace("[policy]", f"[policy]\nrequired_checks = [{listed}]")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StoryRoom]:
    day = a_day(tmp_path, planned=False)
    with pytest.raises(PlanRefused, match="required_checks has 'proceses', which no session"):
        day.plan(requiring("proceses"))
    with pytest.raises(PlanRefused, match="'input', which no session can require"):
        day.plan(requiring("input"))
    day.plan(requiring("processes", "disk"))
    yield StoryRoom.of(day)
    day.station.close()


def test_a_seat_opens_once_mended_and_the_station_sees_what_happened_later(room, tmp_path):
    room.checks = (FINE[0], BASH, Finding("swap", "unknown"))
    with room.terminal(tmp_path / "1", 0) as seat:
        assert seat.view.code == "T-71"
        room.checks = (*FINE[:2], Finding("swap", "unknown"))
        seat.do(views.Retry())
        assert isinstance(room.release(seat), views.SignIn)
        begin(seat, "20260001")
        room.answer(seat, 3)
        seat.find(BASH, HOSTILE)
        room.answer(seat, 6)
        seat.find(FINE[1])
        hand_in(seat)
        packages = room.packages(seat)
    room.checks = FINE
    with room.seated(tmp_path / "2", 1) as quiet:
        hand_in(quiet)
        packages += room.packages(quiet)
    assert room.day.import_(*packages).imported == 2

    station = room.day.station
    first, second = session_checks(station, SESSION, "en")
    assert [(line.check, line.state, line.required) for line in first.lines] == [
        ("processes", "weak", True),
        ("input", "weak", False),
        ("swap", "unknown", False),
    ]
    bash, _, swap = first.lines
    assert bash.what == "Other programs run beside the exam (bash)"
    assert None not in (bash.from_s, bash.until_s)
    assert (swap.from_s, swap.until_s) == (None, None)
    assert second.told
    assert not second.lines
    assert session_checks(station, SESSION, "en", "20260002") == (second,)
    notes = {line.candidate: line.note for line in session_results(station, SESSION)}
    assert notes["20260001"] == "not met while somebody sat there: processes"
    assert notes["20260002"] == ""

    console = console_of(room.day)
    reader = console.as_("analyst")
    page = reader.get(f"/sessions/{SESSION}/candidates/20260001").text
    assert "Other programs run beside the exam (bash)" in page
    assert "A keyboard was added (&lt;script&gt;" in page
    page = reader.get(f"/sessions/{SESSION}/candidates/20260002").text
    assert "found nothing about itself that was not fine" in page
    page = console.as_("admin", "zh-CN").get(f"/sessions/{SESSION}/checks").text
    assert "有其他程序同时运行（bash）" in page
    assert page.count("<tr>") == 4
    assert console.as_("marker").get(f"/sessions/{SESSION}/checks").status_code == 403
