"""A room of thirty: each terminal shows its code, one stick brings the requests, a scanner types what it read."""

from __future__ import annotations

import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from kiosk.artefacts.enrolment import enrolment_code, write_enrolment
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.terminal.program import key_store
from kiosk.terminal.restart import FIRST_START
from tests.cli.screen_text import Window, codes_on, scanner

NAMES = tuple(f"T-{seat:02}" for seat in range(1, 31))


@pytest.fixture(autouse=True)
def console(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text console of 1024x768."""
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setenv("COLUMNS", "128")
    monkeypatch.setenv("LINES", "48")


@pytest.fixture
def station(tmp_path: Path) -> Path:
    assert run(["station", "init", "--station", str(tmp_path / "station"), "--json"]) == 0
    return tmp_path / "station"


class Took:
    """What each part of a story took this machine."""

    def __init__(self) -> None:
        self._last, self._parts = time.monotonic(), list[str]()

    def note(self, part: str) -> None:
        now = time.monotonic()
        self._parts.append(f"{part} {now - self._last:.1f} s")
        self._last = now

    def __str__(self) -> str:
        return ", ".join(self._parts)


def enrol_terminal(folder: Path, name: str, stick: Path) -> str:
    """The code on the screen of a terminal that was restarted, read off it; its request is on the stick."""
    request = stick / f"{name}.enrol"
    command = ["terminal", "enrol", "--restart-test", "--state", str(folder / name), "--name", name]
    assert run(command) == 3
    (folder / name / FIRST_START).write_text("another start")
    with redirect_stdout(Window()) as window:
        assert run([*command, "--out", str(request)]) == 0
    (code,) = codes_on(window.getvalue())
    return code


@pytest.mark.parametrize("seats", [3, pytest.param(30, marks=pytest.mark.campaign)])
def test_a_room_is_let_in_by_its_screens_and_takes_in_the_stations_stick(
    seats: int,
    tmp_path: Path,
    station: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stick, states = tmp_path / "stick", tmp_path / "states"
    stick.mkdir()
    names, took = NAMES[:seats], Took()
    codes = [enrol_terminal(states, name, stick) for name in names]
    took.note("the terminals' keys, requests and codes, and reading them")

    capsys.readouterr()
    files = sorted(map(str, stick.glob("*.enrol")))
    with scanner(monkeypatch, codes):
        assert run(["station", "enrol", *files, "--scan", "--station", str(station), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in told["enrolled"]] == list(names)
    took.note("the station's comparison")
    assert run(["station", "publish", "--to", str(stick), "--station", str(station)]) == 0
    took.note("publishing")
    for name in names:
        state = states / name
        assert run(["terminal", "install", str(stick), "--state", str(state)]) == 0
        assert run(["terminal", "status", "--state", str(state), "--to", str(stick)]) == 0
    took.note("installing from the stick, and telling it how they stand")
    shown = []
    for command in (
        ["station", "room-status", str(stick), "--station", str(station), "--json"],
        ["terminal", "status", "--room", str(stick), "--state", str(states / "T-01"), "--json"],
    ):
        capsys.readouterr()
        assert run(command) == 0
        shown.append(json.loads(capsys.readouterr().out))
    took.note("the room's table, twice")
    assert shown[0] == shown[1]
    assert [(one["name"], one["standing"]) for one in shown[0]["terminals"]] == [
        (name, "enrolled") for name in names
    ]
    assert all(one["status"]["checks"] for one in shown[0]["terminals"])
    with capsys.disabled():
        print(f"\n{seats} terminals: {took}")


def test_a_changed_request_a_silent_and_an_unknown_screen_are_told_by_name(
    tmp_path: Path,
    station: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stick, states = tmp_path / "stick", tmp_path / "states"
    stick.mkdir()
    one, two, _, four = (enrol_terminal(states, name, stick) for name in NAMES[:4])
    false = PrivateKeys.generate(Role.TERMINAL, "T-02")
    (stick / "T-02.enrol").write_bytes(write_enrolment(false, 0, {}))
    (stick / "T-04.enrol").unlink()
    files = sorted(map(str, stick.glob("*.enrol")))
    enrol = ["station", "enrol", *files, "--scan", "--station", str(station), "--json"]

    capsys.readouterr()
    with scanner(monkeypatch, ["C1:00", one, two, "half a co", four]):
        assert run(enrol) == 3
    told = json.loads(capsys.readouterr().out)
    names = {why: [record["name"] for record in some] for why, some in told.items()}
    assert names == {
        "enrolled": ["T-01"],
        "refused": [],
        "no_restart": [],
        "otherwise": ["T-02"],
        "no_code": ["T-03"],
        "no_request": ["T-02", "T-04"],
    }
    with scanner(monkeypatch, []):
        assert run(enrol) == 4


def test_without_a_stick_the_codes_are_the_requests_and_a_name_is_given_once(
    tmp_path: Path,
    station: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = enrol_terminal(tmp_path / "states", "T-01", tmp_path)
    twice = _code_of("T-01", restart="outlasted")
    capsys.readouterr()
    with scanner(monkeypatch, [code, code, twice]):
        assert run(["station", "enrol", "--scan", "--station", str(station), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    kid = key_store(tmp_path / "states/T-01").load().record.kid.hex()
    assert [one["kid"] for one in told["enrolled"]] == [kid]
    assert [one["name"] for one in told["refused"]] == ["T-01"]


def test_a_terminal_that_may_forget_is_let_in_by_its_code_only_if_somebody_says_so(
    station: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, code = ["station", "enrol", "--scan", "--station", str(station)], _code_of("T-01")
    with scanner(monkeypatch, [code]):
        assert run([*command, "--json"]) == 4
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["no_restart"]] == ["T-01"]
    with scanner(monkeypatch, [code]):
        assert run([*command, "--yes"]) == 0


def _code_of(name: str, **facts: str) -> str:
    keys = PrivateKeys.generate(Role.TERMINAL, name)
    return enrolment_code(write_enrolment(keys, 0, facts))


def test_a_file_of_codes_is_not_taken_for_a_scanner(
    tmp_path: Path, station: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = enrol_terminal(tmp_path / "states", "T-01", tmp_path)
    enrol = ["station", "enrol", str(tmp_path / "T-01.enrol"), "--scan", "--station", str(station)]
    (tmp_path / "codes.txt").write_text(f"{code}\n")
    with (tmp_path / "codes.txt").open() as codes, monkeypatch.context() as patched:
        patched.setattr(sys, "stdin", codes)
        assert run(enrol) == 4
    assert run(["station", "enrol", "--station", str(station)]) == 4
