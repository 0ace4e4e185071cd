"""A mark is there whole or not at all, wherever it is cut off, and one of two at the same moment wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event

from kiosk.errors import NotPermitted
from kiosk.station.home import Station
from kiosk.station.marking.desk import Script, give, next_script
from kiosk.station.marking.opening import open_marking
from kiosk.station.marking.overview import overview
from kiosk.station.registry import log, markings, results
from kiosk.station.results import session_results
from tests.station.builders import NOW, SESSION, Day


class Cut(BaseException):
    """The power goes."""


def _state(day: Day) -> tuple[object, ...]:
    with day.station.registry.reading() as connection:
        return (
            markings.marks_of(connection, SESSION),
            markings.turns_of(connection, SESSION),
            results.of_session(connection, SESSION),
            log.every_leaf(connection),
        )


def _next(day: Day, name: str = "Chen") -> Script | None:
    with day.station.registry.reading() as connection:
        return next_script(connection, SESSION, name)


def test_a_mark_cut_off_at_any_statement_leaves_nothing_and_is_given_again(day: Day) -> None:
    open_marking(day.station, SESSION, NOW, markers=("Chen",), share="none")
    last = None
    while (found := _next(day)) is not None:  # all but the one that makes the last result
        last = found
        with day.station.registry.reading() as connection:
            if overview(connection, SESSION).open == 1:
                break
        give(day.station, "Chen", found.handle, found.turn, ("3", "2", "1"), NOW)
    assert last is not None
    before = _state(day)
    countdown = 0

    def cut(*_statement: Any) -> None:
        nonlocal countdown
        countdown -= 1
        if countdown == 0:
            raise Cut

    engine = day.station.registry._engine
    event.listen(engine, "before_cursor_execute", cut)
    cuts = 0
    while True:
        countdown = cuts + 1
        try:
            done = give(day.station, "Chen", last.handle, last.turn, ("3", "2", "1"), NOW)
        except Cut:
            cuts += 1
            countdown = 0
            assert _state(day) == before
        else:
            break
    event.remove(engine, "before_cursor_execute", cut)

    assert done.results == 1
    assert cuts > 15
    assert {row.score for row in session_results(day.station, SESSION)[:2]} == {100}
    with pytest.raises(NotPermitted):
        give(day.station, "Chen", last.handle, last.turn, ("0", "0", "0"), NOW)


def test_of_two_windows_that_give_at_the_same_moment_one_wins(day: Day) -> None:
    open_marking(day.station, SESSION, NOW, markers=("Chen",), share="none")
    windows = [Station.open(day.station.folder) for _ in range(2)]

    def one(window: Station, script: Script, points: str) -> bool:
        try:
            numbers = (points, "0", "0")
            give(window, "Chen", script.handle, script.turn, numbers, NOW, revision=script.revision)
        except NotPermitted:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        while (found := _next(day)) is not None:
            given = list(pool.map(one, windows, (found, found), ("1", "2")))
            assert sorted(given) == [False, True]
    for window in windows:
        window.close()
    with day.station.registry.reading() as connection:
        marks = markings.marks_of(connection, SESSION)
    assert len(marks) == len({(one.handle, one.turn) for one in marks}) == 4
