"""A room without a network begins together: drawn seats, one who comes late, one too late, one twice,
one absent, one caught and one out, from the desks' codes to the station's reconciliation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.artefacts.chain import Admitted, CommonStart, Happened, new_entry
from kiosk.artefacts.common_start import StartCodes
from kiosk.artefacts.tokens import Command, Reason
from kiosk.assessment.paper import Paper
from kiosk.assessment.sitting import Identity, Resumed, Started, Terms, WentOut
from kiosk.cli import run
from kiosk.errors import InputRefused
from kiosk.proctor.desk import Desk
from kiosk.station.legs import Leg
from kiosk.station.reconcile import MissingSitting
from kiosk.station.registry import plans
from kiosk.station.results import session_results
from kiosk.station.starts import check_start
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from tests.e2e.story import StoryRoom, hand_in
from tests.station.builders import SESSION, a_day, plan_toml, roster_csv
from tests.terminal.room import make_ready

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
POLICY = 'seats = "drawn"\nstart = "common"\nlatest_start_minutes = 30'


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StoryRoom]:
    day = a_day(tmp_path, planned=False)
    drawn = "\n".join(",".join(line.split(",")[:2]) for line in roster_csv(6).splitlines())
    day.plan(plan_toml(**{'seats = "fixed"': POLICY}), drawn + "\n")
    yield StoryRoom.of(day)
    day.station.close()


def desks(room: StoryRoom, folder: Path) -> list[Desk]:
    """Both proctors' desks, with the release that the station wrote for them."""
    assert room.day is not None
    with room.day.station.registry.reading() as connection:
        row = plans.require_session(connection, SESSION)
    release = (room.day.station.folder / "sessions" / row.release_file).read_bytes()
    made = []
    for at, keys in enumerate(room.proctors):
        desk = Desk(keys, room.files.trust(), folder / str(at), room.time.wall_s)
        desk.add_release(release)
        made.append(desk)
    return made


def numbers(report) -> dict[str, MissingSitting]:
    return {one.candidate: one for one in report.missing if isinstance(one, MissingSitting)}


def test_a_morning_in_a_room_without_a_network(
    room: StoryRoom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = desks(room, tmp_path / "desks")
    with ExitStack() as seats:

        def seat(number: int) -> HeadlessTerminal:
            terminal = seats.enter_context(room.terminal(tmp_path / str(number), number))
            room.release(terminal)
            return terminal

        one, two, three, four = (seat(number) for number in range(4))
        # Drawn seats: candidate 1 sits at seat 04, candidate 2 at seat 01 ...
        assert isinstance(make_ready(four, "20260001"), views.Waiting)
        assert isinstance(make_ready(one, "20260002"), views.Waiting)
        room.time.pass_ms(5 * MINUTE_MS)

        code = first.rooms.sign(SESSION, "common")
        for terminal in (one, four):
            assert isinstance(terminal.do(views.StartWith(code)), views.Exam)
            assert terminal.clock.remaining_ms == HOUR_MS

        # Candidate 3 comes ten minutes late, and candidate 1 signs in a second time, elsewhere.
        room.time.pass_ms(10 * MINUTE_MS)
        make_ready(two, "20260003")
        assert first.rooms.sign(SESSION, "common") == code
        two.do(views.StartWith(code))
        assert HOUR_MS - two.clock.remaining_ms in (10 * MINUTE_MS, 11 * MINUTE_MS)
        make_ready(three, "20260001")
        three.do(views.StartWith(code))

        # Candidate 4 comes when nobody is admitted any more; 5 does not come; 6 was seen to leave.
        room.time.pass_ms(6 * MINUTE_MS)
        spare = seat(6)
        told = spare.do(views.SignInAs("20260004")).mistake
        assert told.text == "Sign-in ended at {time}. Please raise your hand"
        for desk in (first, second):
            desk.note(SESSION, "absent", "", candidate="20260005")
        first.note(SESSION, "absent", "", candidate="20260006")

        # One is out for a while, and one is caught and goes on.
        room.command(one, Command.GO_OUT, words="王监考")
        one.pass_ms(3 * MINUTE_MS)
        room.command(one, Command.RESUME)
        room.command(two, Command.CAUTION, reason=Reason.MISCONDUCT, words="带手机入场")
        for terminal, right in ((one, 8), (two, 8), (three, 2), (four, 8)):
            room.answer(terminal, right)
            hand_in(terminal)
        packages = room.packages(one, two, three, four)

    assert room.day is not None
    logs = [desk.save_log(SESSION, tmp_path) for desk in (first, second)]
    report = room.day.import_(*packages, *logs)
    assert (report.imported, report.refused, report.conflict) == (3, (), 1)
    lines = {line.candidate: line for line in session_results(room.day.station, SESSION)}
    assert lines["20260001"].state == "conflict"
    assert lines["20260002"].score == 100
    missing = numbers(report)
    assert sorted(missing) == ["20260004", "20260005", "20260006"]
    assert missing["20260005"].absent
    assert missing["20260005"].absent_by == tuple(desk.name for desk in (first, second))
    assert not missing["20260006"].absent
    assert missing["20260004"].absent_by == ()

    assert run(["station", "import", str(logs[0]), "--station", str(room.day.station.folder)]) == 0
    told = capsys.readouterr().err
    assert "20260005" in told


def test_a_sitting_that_began_without_the_rooms_code_is_held_back(
    room: StoryRoom, tmp_path: Path
) -> None:
    assert room.day is not None
    report = room.day.import_(room.day.sit("20260001", terminal="T-01"))
    assert report.imported == 0
    assert "without the code of the common start" in str(report)


def test_minutes_lost_where_everybody_begins_alone_are_held_back(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    leg = StartedLeg(late_ms=60_000)
    with pytest.raises(InputRefused):
        check_start(leg.made, day.opened.plan, day.opened.start, HOUR_MS)
    check_start(StartedLeg(late_ms=0).made, day.opened.plan, day.opened.start, HOUR_MS)
    day.station.close()


@pytest.mark.parametrize(
    ("lost_min", "code", "holds"),
    [(10, "", True), (0, "", False), (11, "", False), (10, "000000", False)],
)
def test_the_minutes_lost_are_those_of_the_code_and_the_clock(
    room: StoryRoom, lost_min: int, code: str, holds: bool
) -> None:
    assert room.day is not None
    opened = room.day.opened
    window = opened.plan.window
    said, began = StartCodes(opened.start, window.opens_at, window.closes_at).at(
        window.opens_at + 300
    )
    told = CommonStart(2, code or said, began, began + 500, began + 630)
    leg = StartedLeg(late_ms=lost_min * MINUTE_MS, common=told).made
    if holds:
        check_start(leg, opened.plan, opened.start, HOUR_MS)
    else:
        with pytest.raises(InputRefused):
            check_start(leg, opened.plan, opened.start, HOUR_MS)


class StartedLeg:
    """A journal with one sitting that has just begun."""

    def __init__(self, *, late_ms: int, common: CommonStart | None = None) -> None:
        admitted = Admitted(1, Identity(SESSION, "E1", "1"), Terms(HOUR_MS), Paper("f", ()), "01")
        started = Happened(Started("boot", 3, late_ms))
        records = (admitted, *([common] if common else []), started)
        self.made = Leg(b"t" * 8, tuple(new_entry(record, 0) for record in records), records, 0)


def test_a_break_that_no_proctor_signed_is_held_back_at_the_station(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    away = [WentOut(30, ("李监考",)), Resumed("boot", 40, 40)]
    package = day.sit("20260001", terminal="T-01", events=away)
    report = day.import_(package)
    assert report.imported == 0
    assert "1 breaks, but proctors' codes for 0" in str(report)
    signed = day.command(Command.GO_OUT, terminal="T-02", at_ms=29)
    package = day.sit("20260002", terminal="T-02", events=[signed, *away])
    assert day.import_(package).imported == 1
    day.station.close()
