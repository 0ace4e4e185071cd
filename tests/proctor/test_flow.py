"""The desk's flow without a screen: nothing is signed unread, codes run out, the desk locks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.proctor_log import proctor_log, read_log
from kiosk.artefacts.tokens import Command, Reason, read_code, read_token, verified_answer
from kiosk.proctor import views
from kiosk.proctor.flow import IDLE_S, LOW_PERCENT, POWER_S, ROOM_IDLE_S, Flow
from kiosk.proctor.live import Serve
from kiosk.trust.keystore import card_text, new_card
from tests.proctor.devices import PIN, Devices
from tests.proctor.room import OPENS, SESSION


class Driven:
    """A flow and a clock that passes when told."""

    def __init__(
        self,
        devices: Devices,
        proctor: int = 0,
        serve: Serve | None = None,
        *,
        shows: bool = False,
    ) -> None:
        devices.install(proctor)
        self.devices, self.proctor = devices, proctor
        self.now_s = 500.0
        self.percent: int | None = None
        self.flow = Flow(
            devices.device(proctor),
            lambda: self.now_s,
            "en",
            serve=serve,
            battery=lambda: self.percent,
            shows=shows,
        )

    def unlock(self) -> Driven:
        self.send(views.Scanned(card_text(self.devices.cards[self.proctor])), views.EnterPin(PIN))
        return self

    def send(self, *intents: views.Intent) -> views.Signing:
        for intent in intents:
            self.flow.send(intent)
        return self.flow.view  # type: ignore[return-value]  # the tests say which view they expect

    def scan(self, **changes: object) -> views.Signing:
        return self.send(views.Scanned(self.devices.room.scan(**changes)))

    def read(self) -> int:
        """The window reports the present offer as shown."""
        serial = self.flow.state.serial
        self.send(views.WasShown(serial))
        return serial

    def sign(self) -> views.Signing:
        return self.send(views.Sign(self.read()))

    def pass_s(self, seconds: float) -> bool:
        self.now_s += seconds
        return self.flow.tick()


@pytest.fixture
def desk(devices: Devices) -> Driven:
    return Driven(devices).unlock()


def test_the_desk_is_locked_until_card_and_pin(devices: Devices) -> None:
    driven = Driven(devices)
    view = driven.flow.view
    assert isinstance(view, views.Locked)
    assert (view.proctor, view.card, view.waiting) == ("李建国", False, False)
    driven.send(views.EnterPin(PIN))
    view = driven.flow.view
    assert isinstance(view, views.Locked)
    assert view.message == "scan your card first"
    driven.unlock()
    assert isinstance(driven.flow.view, views.Signing)


def test_a_wrong_pin_says_how_many_tries_are_left_and_then_how_long_to_wait(
    devices: Devices,
) -> None:
    driven = Driven(devices)
    driven.send(views.Scanned(card_text(devices.cards[0])), views.EnterPin("904837"))
    view = driven.flow.view
    assert isinstance(view, views.Locked)
    assert "tries left before a wait: 4" in view.message
    for _ in range(4):
        driven.send(views.EnterPin("904837"))
    view = driven.flow.view
    assert isinstance(view, views.Locked)
    assert view.waiting
    assert "15 s" in view.message
    assert driven.flow.wait_s == 15
    devices.boot_s += 16
    assert driven.flow.wait_s == 0
    driven.send(views.EnterPin(PIN))
    assert isinstance(driven.flow.view, views.Signing)


def test_another_proctors_card_does_not_open_the_desk(devices: Devices) -> None:
    driven = Driven(devices)
    driven.send(views.Scanned(card_text(new_card())), views.EnterPin(PIN))
    assert isinstance(driven.flow.view, views.Locked)


def test_a_device_without_a_key_says_how_to_make_one(devices: Devices) -> None:
    view = Flow(devices.device(5), lambda: 0, "en").view
    assert isinstance(view, views.Locked)
    assert not view.ready
    assert "kiosk proctor enrol" in view.message


def test_pin_and_card_show_in_no_repr(devices: Devices) -> None:
    card = card_text(devices.cards[0])
    assert PIN not in repr(views.EnterPin(PIN))
    assert card not in repr(views.Scanned(card))


def test_a_scan_shows_whose_seat_it_is_and_offers_the_usual_command(desk: Driven) -> None:
    view = desk.scan()
    assert view.subject.heading == "Seat 08 · 张海燕"
    assert [choice.label for choice in view.subject.commands if choice.chosen] == ["Start"]
    assert view.offer is not None
    assert view.offer.title == "Start"
    assert view.code is None


def test_nothing_is_signed_before_its_words_were_on_the_screen(desk: Driven) -> None:
    view = desk.scan()
    assert view.offer is not None
    assert not view.offer.signable
    view = desk.send(views.Sign(view.offer.serial))
    assert view.code is None
    assert desk.flow.desk is not None
    assert desk.flow.desk.acts(SESSION).answers == ()
    view = desk.sign()
    assert view.code is not None
    assert len(desk.flow.desk.acts(SESSION).answers) == 1


def test_words_that_changed_since_they_were_read_are_not_signed(desk: Driven) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600)
    desk.send(views.ChooseCommand(Command.EXTEND), views.ChooseReason(Reason.POWER))
    serial = desk.read()
    desk.send(views.ChooseMinutes(30))
    assert desk.send(views.Sign(serial)).code is None
    assert desk.send(views.Sign(desk.flow.state.serial)).code is None
    desk.send(views.SwitchLanguage())
    assert desk.send(views.Sign(desk.flow.state.serial)).code is None


def test_a_late_report_of_old_words_does_not_make_new_ones_signable(desk: Driven) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600)
    old = desk.flow.state.serial
    desk.send(views.ChooseCommand(Command.PAUSE))
    view = desk.send(views.WasShown(old))
    assert view.offer is not None
    assert not view.offer.signable


def test_the_code_is_for_that_seat_once_and_releases_it(desk: Driven) -> None:
    desk.scan()
    view = desk.sign()
    assert view.code is not None
    assert view.code.heading == "Show this at seat 08"
    assert view.code.use == "Only for seat 08, once"
    assert "other proctor" in view.code.then
    _, (token,) = read_code(view.code.text)
    answer = verified_answer(read_token(token), token, desk.devices.device().record())
    assert answer.claim.command is Command.RELEASE


def test_a_code_runs_out_120_s_after_the_scan_and_is_gone(desk: Driven) -> None:
    desk.scan()
    desk.pass_s(20)
    desk.sign()
    assert desk.flow.left_s == 100
    assert not desk.pass_s(99)
    assert desk.flow.left_s == 1
    assert desk.pass_s(1)
    view = desk.send()
    assert view.code is None
    assert view.subject.heading == ""
    assert "run out" in view.message


def test_a_scan_that_was_not_signed_in_time_is_dropped(desk: Driven) -> None:
    desk.scan()
    serial = desk.read()
    assert desk.pass_s(120)
    view = desk.send(views.Sign(serial))
    assert (view.code, view.offer) == (None, None)
    assert "Scan the code on the terminal again" in view.message


def test_a_running_exam_has_no_command_chosen_for_the_proctor(desk: Driven) -> None:
    view = desk.scan(phase=Phase.RUNNING, remaining_s=3600)
    assert [choice.command for choice in view.subject.commands] == [
        Command.EXTEND,
        Command.PAUSE,
        Command.GO_OUT,
        Command.CAUTION,
        Command.TRANSFER,
        Command.ABORT,
        Command.EXIT,
    ]
    assert not any(choice.chosen for choice in view.subject.commands)
    assert view.offer is not None
    assert view.offer.missing == "Choose what to sign"


def test_extra_time_needs_a_reason_and_stays_within_the_bound(desk: Driven) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600, granted_min=18)
    view = desk.send(views.ChooseCommand(Command.EXTEND))
    assert view.offer is not None
    assert view.offer.minutes == views.Minutes(5, 1, 12, (5, 10))
    assert view.offer.missing == "08: say the reason"
    desk.read()
    assert desk.send(views.Sign(desk.flow.state.serial)).code is None
    view = desk.send(views.ChooseReason(Reason.HEALTH))
    assert view.offer is not None
    assert view.offer.lines == (
        "New time left: 1:05:00",
        "The session allows 30 minutes, 18 used so far",
        "Reason: Health",
    )
    view = desk.send(views.ChooseMinutes(13))
    assert view.offer is not None
    assert "30" in view.offer.missing
    desk.send(views.ChooseMinutes(12))
    assert desk.sign().code is not None


def test_where_the_extra_time_is_used_up_the_desk_says_so_and_offers_no_minutes(
    desk: Driven,
) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600, granted_min=30)
    view = desk.send(views.ChooseCommand(Command.EXTEND))
    assert view.offer is not None
    assert view.offer.missing == "08: the session allows 30 minutes in all, 30 are used"
    assert (view.offer.minutes, view.offer.reasons) == (None, ())


def test_ending_a_sitting_asks_twice(desk: Driven) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600)
    desk.send(views.ChooseCommand(Command.ABORT), views.ChooseReason(Reason.MISCONDUCT))
    view = desk.sign()
    assert view.code is None
    assert view.offer is not None
    assert view.offer.confirming
    serial = desk.flow.state.serial
    view = desk.send(views.Confirm(serial, agreed=False))
    assert view.offer is not None
    assert not view.offer.confirming
    assert desk.send(views.Sign(serial), views.Confirm(serial, agreed=True)).code is not None


def test_a_second_answer_is_not_made_without_reading_what_it_does(desk: Driven) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600)
    desk.send(views.ChooseCommand(Command.ABORT), views.ChooseReason(Reason.MISCONDUCT))
    serial = desk.flow.state.serial
    assert desk.send(views.Confirm(serial, agreed=True)).code is None


def test_what_another_system_wrote_is_refused_and_nothing_is_lost(desk: Driven) -> None:
    desk.scan()
    view = desk.send(views.Scanned("https://example.org"))
    assert view.message
    assert view.subject.heading == "Seat 08 · 张海燕"


def test_the_next_seat_may_be_scanned_while_a_code_is_shown(desk: Driven) -> None:
    desk.scan()
    desk.sign()
    view = desk.scan(terminal=1)
    assert view.code is None
    assert view.subject.heading == "Seat T-31"
    assert view.offer is not None
    assert not view.offer.signable


def test_the_last_acts_are_listed_newest_first_with_time_and_seat(desk: Driven) -> None:
    desk.scan()
    desk.sign()
    desk.devices.room.now += 60
    desk.scan(phase=Phase.RUNNING, remaining_s=3600, count=1)
    desk.send(views.ChooseCommand(Command.EXTEND), views.ChooseReason(Reason.POWER))
    view = desk.sign()
    assert [(row.where, row.what) for row in view.rows] == [("08", "Extend +5"), ("08", "Start")]
    assert all(len(row.time) == 5 for row in view.rows)


def test_no_more_than_twenty_acts_are_listed(desk: Driven) -> None:
    for _ in range(22):
        desk.scan()
        desk.sign()
    assert len(desk.send().rows) == 20


def test_two_desks_make_a_room_code_together(desk: Driven, devices: Devices) -> None:
    view = desk.send(views.ChooseRoom(SESSION, "start"))
    assert view.offer is not None
    assert view.offer.title == "Start the whole room"
    first = desk.sign().code
    assert first is not None
    assert first.heading == "Show this to the second proctor"
    other = Driven(devices, 1).unlock()
    view = other.send(views.Scanned(first.text))
    assert view.offer is not None
    assert "李建国 has signed the first part" in view.offer.lines
    assert other.send(views.Sign(view.offer.serial)).code is None
    both = other.sign().code
    assert both is not None
    assert both.heading == "Show this at every seat"
    assert len(read_code(both.text)[1]) == 2


def test_a_room_code_gives_minutes_back_when_it_resumes(desk: Driven) -> None:
    view = desk.send(views.ChooseRoom(SESSION, "resume"), views.ChooseMinutes(3))
    assert view.offer is not None
    assert "Gives back 3 minutes" in view.offer.lines
    view = desk.send(views.ChooseMinutes(61))
    assert view.offer is not None
    assert view.offer.missing


def test_a_room_is_not_offered_outside_the_window(desk: Driven) -> None:
    desk.devices.room.now = OPENS + 7201
    view = desk.send(views.ChooseRoom(SESSION, "start"))
    assert view.offer is None
    assert "window is over" in view.message
    assert (view.header.open, view.header.validity) == (False, "The window is closed")


@pytest.mark.parametrize("room", [False, True])
def test_the_desk_locks_itself_when_nobody_touches_it(desk: Driven, room: bool) -> None:
    if room:
        desk.send(views.ChooseRoom(SESSION, "start"))
        desk.sign()
    limit = ROOM_IDLE_S if room else IDLE_S
    desk.pass_s(limit - 1)
    assert isinstance(desk.flow.view, views.Signing)
    desk.send(views.Busy())
    assert not desk.pass_s(limit - 1)
    assert desk.pass_s(1)
    assert isinstance(desk.flow.view, views.Locked)


def test_locking_forgets_seat_code_and_card(desk: Driven) -> None:
    desk.scan()
    desk.sign()
    desk.send(views.Lock())
    view = desk.flow.view
    assert isinstance(view, views.Locked)
    assert not view.card
    desk.scan()
    assert isinstance(desk.flow.view, views.Locked)
    desk.unlock()
    assert desk.send().subject.heading == ""


def test_remarks_and_the_log_reach_the_station(desk: Driven, tmp_path: Path) -> None:
    desk.send(views.OpenNotebook(), views.AddNote("absent", "0001", ""))
    view = desk.flow.view
    assert isinstance(view, views.Notebook)
    assert [(row.where, row.what) for row in view.rows] == [("张海燕", "Absent")]
    desk.send(views.AddNote("incident", "", " "))
    view = desk.flow.view
    assert isinstance(view, views.Notebook)
    assert not view.good
    desk.send(views.AddNote("incident", "", "alarm at 10:20"), views.SaveLog(tmp_path / "stick"))
    view = desk.flow.view
    assert isinstance(view, views.Notebook)
    assert view.good
    (path,) = (tmp_path / "stick").glob("*.proctorlog")
    log = proctor_log(read_log(path.read_bytes()), desk.devices.device().record())
    assert [(remark.candidate, remark.kind) for remark in log.remarks] == [
        ("0001", "absent"),
        ("", "incident"),
    ]


def test_both_languages_say_everything(desk: Driven) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600)
    desk.send(views.ChooseCommand(Command.EXTEND), views.SwitchLanguage())
    view = desk.send()
    assert view.lang == "zh-CN"
    assert view.offer is not None
    assert view.offer.title == "延时 5 分钟"


def test_a_device_without_sessions_says_so_and_still_opens(devices: Devices) -> None:
    devices.device().install(devices.stick)
    flow = Flow(devices.device(), lambda: 0, "en")
    flow.send(views.Scanned(card_text(devices.cards[0])))
    flow.send(views.EnterPin(PIN))
    flow.send(views.OpenNotebook())
    view = flow.view
    assert isinstance(view, views.Signing)
    assert view.header.session == "No session on this device yet"
    assert "no session" in view.message


def test_the_desk_shows_the_digits_of_a_common_start(
    devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices.room, "start", b"s" * 32)
    (devices.releases / f"{SESSION}.release").write_bytes(devices.room.release())
    desk = Driven(devices).unlock()
    assert "common" in purposes(desk.send(views.Clear()))
    desk.send(views.ChooseRoom(SESSION, "common"))
    view = desk.send(views.Sign(desk.read()))
    assert view.code is not None
    assert view.code.spoken
    assert re.fullmatch(r"\d{3} \d{3}", view.code.text)


def test_where_each_begins_alone_the_desk_offers_no_common_start(desk: Driven) -> None:
    assert purposes(desk.send(views.Clear())) == ["start", "resume"]


def test_a_break_asks_who_goes_along_before_it_can_be_signed(desk: Driven) -> None:
    desk.scan(phase=Phase.RUNNING, remaining_s=3600)
    view = desk.send(views.ChooseCommand(Command.GO_OUT))
    assert view.offer is not None
    assert (view.offer.words, view.offer.asks) == ("", "Who goes along")
    assert view.offer.missing
    view = desk.send(views.Write("王珺"))
    assert view.offer is not None
    assert "In your words: 王珺" in view.offer.lines
    assert desk.send(views.Sign(desk.read())).code is not None


def purposes(view: views.Signing) -> list[str]:
    return [one.purpose for one in view.subject.rooms]


def test_a_low_battery_is_said_on_every_page_until_the_charger_is_in(devices: Devices) -> None:
    desk = Driven(devices)
    for percent, said in ((LOW_PERCENT + 1, False), (LOW_PERCENT, True), (5, True), (None, False)):
        desk.percent = percent
        before = desk.flow.notice
        assert desk.pass_s(POWER_S) == (before != desk.flow.notice)
        assert (f"{percent} %" in desk.flow.notice) == said, percent
        assert not desk.pass_s(POWER_S), "the window is drawn anew for news alone"
        desk.unlock()
