"""Candidates without an ID, and people who are not on the list: admitted on proctors' word, withheld at
the station until it knows who sat there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.artefacts.proctor_log import Act, ProctorLog, write_log
from kiosk.artefacts.tokens import Command, Reason
from kiosk.cli import run
from kiosk.errors import InputRefused
from kiosk.station import withheld
from kiosk.station.reconcile import MissingAct
from kiosk.station.results import explain, session_results
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.views import Scanned
from tests.e2e.story import StoryRoom, hand_in
from tests.station.builders import NOW, SESSION, a_day, plan_toml
from tests.terminal.room import crash


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StoryRoom]:
    day = a_day(tmp_path, planned=False)
    day.plan(plan_toml(**{"forms = 2": "forms = 2\nreserves = 2"}))
    yield StoryRoom.of(day)
    day.station.close()


def ask(room: StoryRoom, terminal: HeadlessTerminal, number: str, name: str = "") -> views.View:
    """A proctor opens the menu at a vacant seat and enters who is to be admitted."""
    terminal.send(views.OpenProctorMenu())
    return terminal.do(views.Admit(number, name))


def vouch(room: StoryRoom, terminal: HeadlessTerminal, command: Command, proctor: int):
    return terminal.do(Scanned(room.code(terminal, command, proctor)))


def sit(room: StoryRoom, terminal: HeadlessTerminal, right: int) -> None:
    terminal.do(views.ConfirmIdentity(True))
    terminal.do(views.Pledge())
    terminal.do(views.Practise(skip=True))
    room.answer(terminal, right)


def line_of(room: StoryRoom, number: str):
    lines = session_results(room.day.station, SESSION)
    return next((line for line in lines if line.candidate == number), None)


def test_a_candidate_without_an_id_sits_on_the_word_of_two_proctors(room, tmp_path):
    with room.terminal(tmp_path / "1") as terminal:
        room.release(terminal)
        view = ask(room, terminal, "20260001")
        assert view.admitting == views.Admitting("20260001", "考生1", False, 0, 2)
        view = vouch(room, terminal, Command.ADMIT_WITHOUT_ID, 0)
        assert view.admitting.given == 1
        view = vouch(room, terminal, Command.ADMIT_WITHOUT_ID, 0)
        assert view.mistake.text.startswith("{name} has given a code already")
        view = vouch(room, terminal, Command.ADMIT_WITHOUT_ID, 1)
        assert isinstance(view, views.Confirm)
        sit(room, terminal, 8)
        hand_in(terminal)

        report = room.day.import_(*room.packages(terminal))
    assert (report.imported, report.refused) == (1, ())
    assert not [one for one in report.missing if isinstance(one, MissingAct)], "no log came yet"
    by: tuple[str, ...] = ()
    for proctor, command in (
        (0, Command.ADMIT),
        (0, Command.ADMIT_WITHOUT_ID),
        (1, Command.ADMIT_WITHOUT_ID),
    ):
        keys = room.proctors[proctor]
        kid = terminal.ports.keys.record.kid
        act = Act(1, kid, None, command, 0, Reason.NONE, 0, bytes(16), bytes(32))
        noted = ProctorLog(SESSION, keys.record.kid, len(by) + int(command), (act,), (), {})
        path = tmp_path / f"{len(by)}-{int(command)}.proctorlog"
        path.write_bytes(write_log(noted, keys))
        told = [one for one in room.day.import_(path).missing if isinstance(one, MissingAct)]
        by = (*by, keys.record.name) if command is Command.ADMIT_WITHOUT_ID else by
        assert [(one.candidate, one.needed, one.logged_by) for one in told] == (
            [("20260001", 2, by)] if len(by) < 2 else []
        )
    line = line_of(room, "20260001")
    assert (line.state, line.score, line.passed, line.package) == ("withheld", None, None, None)
    assert "20260001" not in {one.candidate for one in report.missing}
    with pytest.raises(InputRefused, match="withheld"):
        explain(room.day.station, SESSION, "20260001", "en")

    withheld.confirm(room.day.station, SESSION, "20260001", NOW)
    line = line_of(room, "20260001")
    assert (line.state, line.score, line.name) == ("recorded", 100, "考生1")
    assert "two proctors; confirmed" in line.note


def test_a_person_who_is_not_on_the_list_sits_with_a_reserve_number(room, tmp_path):
    with room.terminal(tmp_path / "1") as terminal:
        room.release(terminal)
        told = terminal.do(views.SignInAs("R01")).mistake
        assert told.text == "This is a reserve number. A proctor admits with it"
        assert ask(room, terminal, "R01").mistake.text.startswith("Write down the name")
        view = ask(room, terminal, "r01", "  王  芳 ")
        assert view.admitting == views.Admitting("R01", "王 芳", True, 0, 1)
        assert view.reserves == ("R01", "R02")
        view = vouch(room, terminal, Command.ADMIT_WITHOUT_ID, 0)
        assert view.mistake.text.startswith("A reserve number is to be used")
        view = vouch(room, terminal, Command.ADMIT_RESERVE, 0)
        assert (view.name, view.number) == ("王 芳", "R01")
        sit(room, terminal, 4)
        crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path / "1") as terminal:
        assert room.release(terminal).header.candidate == "王 芳"
        hand_in(terminal)
        terminal.do(views.Leave())
        terminal.send(views.OpenProctorMenu())
        assert terminal.view.reserves == ("R02",)
        report = room.day.import_(*room.packages(terminal))

    assert report.imported == 1
    line = line_of(room, "R01")
    assert (line.state, line.score) == ("withheld", None)
    assert "by the name 王 芳" in line.note
    assert line_of(room, "R02") is None
    missing = {one.candidate for one in report.missing}
    assert "20260006" in missing
    assert not missing & {"R01", "R02"}

    station = ["--station", str(room.day.station.folder)]
    assert run(["station", "confirm", SESSION, "R01", *station]) == 4
    assert run(["station", "confirm", SESSION, "R02", "--name", "王芳", *station]) == 4
    whose = ["--name", "王芳", "--number", "20260006"]
    assert run(["station", "confirm", SESSION, "R01", *whose, *station]) == 0
    line = line_of(room, "R01")
    assert (line.state, line.name, line.score) == ("recorded", "王芳", 40)
    assert "20260006" not in {one.candidate for one in room.day.import_().missing}


@pytest.mark.parametrize("command", [Command.ADMIT_RESERVE, Command.ADMIT_WITHOUT_ID])
def test_nobody_is_admitted_before_it_was_said_who(room, tmp_path, command):
    with room.terminal(tmp_path / "1") as terminal:
        room.release(terminal)
        terminal.send(views.OpenProctorMenu())
        view = vouch(room, terminal, command, 0)
        assert view.mistake.text == "First enter who is to be admitted here"
        terminal.send(views.CloseProctorMenu())
        ask(room, terminal, "20260001")
        terminal.send(views.CloseProctorMenu())
        terminal.send(views.OpenProctorMenu())
        assert terminal.view.admitting is None


@pytest.mark.parametrize("warrant", ["", "no_id"])
def test_a_package_with_a_warrant_and_no_codes_is_held(room, tmp_path, warrant):
    """A terminal that admits on nobody's word is found out."""
    number = "R01" if not warrant else "20260001"
    package = room.day.sit(number, terminal="T-01", warrant=warrant)
    report = room.day.import_(package)
    assert report.imported == 0
    assert "without" in report.refused[0].reason
    assert "code" in report.refused[0].reason
