"""Collecting by stick: in, written, counted, out; from seat to seat, and back to the station."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.artefacts.tokens import Command
from kiosk.errors import StorageFault
from kiosk.station.results import session_results
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.stick import FolderStick
from tests.e2e.story import StoryRoom, hand_in
from tests.station.builders import SESSION, a_day
from tests.terminal.room import choose

MOST_S = 5


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StoryRoom]:
    day = a_day(tmp_path)
    yield StoryRoom.of(day)
    day.station.close()


def until(terminal: HeadlessTerminal, holds: Callable[[views.View], bool]) -> float:
    """Let time pass until the view is such; how long that took, in seconds."""
    began = time.monotonic()
    while not holds(terminal.pass_ms(200)):
        assert time.monotonic() - began < MOST_S, terminal.view
        time.sleep(0.01)
    return time.monotonic() - began


def collected(view: views.View) -> tuple[int, int] | None:
    shown = getattr(view, "collected", None)
    return (shown.count, shown.of) if shown is not None and shown.mistake is None else None


def test_a_stick_goes_round_and_comes_back_to_the_station(room, tmp_path):
    with (
        room.seated(tmp_path / "1", 0) as first,
        room.seated(tmp_path / "2", 1) as second,
        room.seated(tmp_path / "3", 2) as sitting,
    ):
        for terminal in (first, second):
            room.answer(terminal, 8)
            hand_in(terminal)
            assert terminal.view.collected is None
        room.stick.mkdir()
        until(first, lambda view: collected(view) == (1, 6))
        room.stick.rename(tmp_path / "out")
        until(first, lambda view: view.collected is None)

        # A seat where somebody still sits takes no notice, and keeps nobody.
        (tmp_path / "out").rename(room.stick)
        assert isinstance(sitting.pass_ms(3_000), views.Exam)
        assert len(list(room.stick.iterdir())) == 1

        second.do(views.Leave())
        until(second, lambda view: collected(view) == (2, 6))
        assert isinstance(second.view, views.SignIn)
        assert choose(sitting).saved is views.Saved.SAVED

    desk = room.desk(tmp_path / "desk")
    desk.collect(SESSION, room.stick)
    told = desk.collected(SESSION)
    assert (told.collected, told.waiting) == (("01", "02"), ("03", "04", "05", "06"))

    report = room.day.import_(room.stick)
    assert (report.imported, report.refused) == (2, ())
    assert {one.seat for one in report.missing} == {"03", "04", "05", "06"}
    assert [line.state for line in session_results(room.day.station, SESSION)][:3] == [
        "recorded",
        "recorded",
        "missing",
    ]
    assert room.day.import_(room.stick).duplicate == 2


def test_a_stick_that_does_not_take_it_loses_nothing(room, tmp_path, monkeypatch):
    with room.seated(tmp_path / "1") as terminal:
        hand_in(terminal)
        room.stick.mkdir()

        def full(self: FolderStick, name: str, data: bytes) -> None:
            raise StorageFault("no space left")

        with monkeypatch.context() as patched:
            patched.setattr(FolderStick, "put", full)
            until(terminal, lambda view: view.collected is not None)
            assert "Nothing is lost" in terminal.view.collected.mistake.text
        assert list(room.stick.iterdir()) == []
        assert len(terminal.ports.outbox.waiting) == 1
        until(terminal, lambda view: collected(view) == (1, 6))


def test_a_package_that_came_later_goes_onto_the_same_stick(room, tmp_path):
    with room.terminal(tmp_path / "1", 6) as spare:
        room.release(spare)
        room.stick.mkdir()
        for number in ("20260001", "20260002"):
            room.command(spare, Command.ADMIT)
            spare.do(views.SignInAs(number))
            spare.do(views.ConfirmIdentity(True))
            spare.do(views.Pledge())
            spare.do(views.Practise(skip=True))
            hand_in(spare)
            until(spare, lambda view: collected(view) == (1, 6))
            spare.do(views.Leave())
    assert room.day.import_(room.stick).imported == 2


def test_what_is_on_the_stick_besides_counts_for_nothing(room, tmp_path):
    with room.seated(tmp_path / "1") as terminal:
        hand_in(terminal)
        room.stick.mkdir()
        (room.stick / "noise.bundle").write_bytes(b"noise")
        (room.stick / "film.mp4").write_bytes(b"\0" * 100_000)
        until(terminal, lambda view: collected(view) == (1, 6))
