"""An answer's way through people: a seat writes it, two mark it, a third decides, the result has it."""

from __future__ import annotations

from pathlib import Path

from kiosk.assessment.items import ExtendedText
from kiosk.station.marking.desk import give, next_script, next_to_adjudicate
from kiosk.station.marking.opening import open_marking
from kiosk.station.results import session_results
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from tests.e2e.story import StoryRoom, hand_in
from tests.station.builders import NOW, SESSION, a_day, correct
from tests.station.marking.conftest import PLAN

WRITTEN = "先停机，断电、验电并挂牌。\n再查缺相。"


def _sit(terminal: HeadlessTerminal, questions: int) -> None:
    """Everything rightly, and the essays in words of one's own."""
    for number in range(1, questions + 1):
        item = terminal.do(views.GoTo(number)).question.item
        (interaction,) = item.interactions
        words = (WRITTEN,) if isinstance(interaction, ExtendedText) else correct(item.id)
        terminal.do(views.Answer(item.id, interaction.response, words))
    hand_in(terminal)


def test_what_a_seat_wrote_is_marked_by_two_decided_by_a_third_and_counts(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    day.plan(PLAN)
    room = StoryRoom.of(day)
    with room.seated(tmp_path / "1") as terminal:
        _sit(terminal, 10)
        assert day.import_(*room.packages(terminal)).imported == 1
    assert session_results(day.station, SESSION)[0].state == "pending"

    people = ("Chen", "Li")
    open_marking(day.station, SESSION, NOW, markers=people, adjudicators=("Wang",), share="all")
    for name, numbers in zip(people, (("3", "2", "1"), ("1", "0", "0")), strict=True):
        for _ in range(2):
            with day.station.registry.reading() as connection:
                script = next_script(connection, SESSION, name)
            assert script is not None
            assert script.answer == WRITTEN
            give(day.station, name, script.handle, script.turn, numbers, NOW)
    assert session_results(day.station, SESSION)[0].state == "pending"
    for _ in range(2):
        with day.station.registry.reading() as connection:
            script = next_to_adjudicate(connection, SESSION, "Wang")
        assert script is not None
        give(day.station, "Wang", script.handle, "third", ("3", "0", "0"), NOW)

    row = session_results(day.station, SESSION)[0]
    assert (row.state, row.score, row.passed) == ("recorded", 75, True)
