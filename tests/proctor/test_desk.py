"""The desk says what a signature will do, signs it once, and refuses what must not be signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.common_start import StartCodes
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import proctor_log, read_log
from kiosk.artefacts.qr import matrix
from kiosk.artefacts.tokens import (
    Answer,
    Command,
    Reason,
    open_share,
    read_code,
    read_token,
    verified_answer,
    verified_room,
)
from kiosk.errors import InputRefused, KioskError, NotPermitted, StorageFault
from kiosk.proctor.desk import Desk
from tests.proctor.room import OPENS, SESSION, Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def answer(room: Room, text: str, proctor: int = 0) -> Answer:
    _, (token,) = read_code(text)
    return verified_answer(read_token(token), token, room.proctors[proctor].record)


def test_a_scanned_seat_is_shown_with_who_sits_there(room: Room) -> None:
    seat = room.desk().read(room.scan())
    assert (seat.label, seat.room, seat.session) == ("08", "3", SESSION)
    assert seat.candidate is not None
    assert seat.candidate.name == "张海燕"


def test_a_spare_terminal_goes_by_its_label_and_has_nobody_yet(room: Room) -> None:
    seat = room.desk().read(room.scan(terminal=1))
    assert seat.label == "T-31"
    assert seat.candidate is None


def test_a_release_carries_the_share_sealed_to_that_terminal_alone(room: Room) -> None:
    desk = room.desk()
    text = desk.sign(desk.propose(desk.read(room.scan()), Command.RELEASE))
    signed = answer(room, text)
    assert open_share(signed, room.terminals[0]) == room.shares[room.proctors[0].record.kid]
    with pytest.raises(InputRefused):
        open_share(signed, room.terminals[1])


def test_a_release_code_fits_a_qr_code_that_an_old_scanner_reads(room: Room) -> None:
    desk = room.desk()
    text = desk.sign(desk.propose(desk.read(room.scan()), Command.RELEASE))
    assert (len(matrix(text)) - 17) // 4 < 15


def test_extra_time_is_proposed_with_what_is_left_and_what_is_used(room: Room) -> None:
    desk = room.desk()
    seat = desk.read(room.scan(phase=Phase.RUNNING, remaining_s=3600, granted_min=10))
    proposal = desk.propose(seat, Command.EXTEND, minutes=15, reason=Reason.EQUIPMENT)
    assert (proposal.remaining_after_s, proposal.granted_after_min, proposal.most_min) == (
        4500,
        25,
        30,
    )


@pytest.mark.parametrize(
    ("phase", "command", "minutes", "reason", "granted"),
    [
        (Phase.RUNNING, Command.EXTEND, 21, Reason.POWER, 10),
        (Phase.RUNNING, Command.EXTEND, 0, Reason.POWER, 0),
        (Phase.RUNNING, Command.EXTEND, 5, Reason.NONE, 0),
        (Phase.RUNNING, Command.PAUSE, 5, Reason.HEALTH, 0),
        (Phase.RUNNING, Command.ABORT, 0, Reason.NONE, 0),
        (Phase.RUNNING, Command.RELEASE, 0, Reason.NONE, 0),
        (Phase.LOCKED, Command.EXTEND, 5, Reason.POWER, 0),
        (Phase.INTERRUPTED, Command.RELEASE, 61, Reason.POWER, 0),
        (Phase.INTERRUPTED, Command.RELEASE, -1, Reason.POWER, 0),
    ],
)
def test_what_the_session_does_not_allow_is_not_proposed(
    room: Room, phase: Phase, command: Command, minutes: int, reason: Reason, granted: int
) -> None:
    desk = room.desk()
    seat = desk.read(room.scan(phase=phase, granted_min=granted))
    with pytest.raises(NotPermitted):
        desk.propose(seat, command, minutes=minutes, reason=reason)


@pytest.mark.parametrize("now", [OPENS - 1, OPENS + 7201])
def test_nobody_is_released_outside_the_window(room: Room, now: int) -> None:
    room.now = now
    desk = room.desk()
    with pytest.raises(NotPermitted, match="window"):
        desk.propose(desk.read(room.scan()), Command.RELEASE)


def test_a_sitting_that_was_interrupted_is_released_after_the_window_too(room: Room) -> None:
    room.now = OPENS + 8000
    desk = room.desk()
    proposal = desk.propose(desk.read(room.scan(phase=Phase.INTERRUPTED)), Command.RELEASE)
    assert proposal.command is Command.RELEASE


def test_a_terminal_whose_record_went_backwards_is_not_released(room: Room) -> None:
    desk = room.desk()
    seat = desk.read(room.scan(phase=Phase.RUNNING, count=40, head=b"a" * 16))
    desk.sign(desk.propose(seat, Command.PAUSE))
    for count, head in ((39, b"a" * 16), (40, b"b" * 16)):
        with pytest.raises(NotPermitted, match="backwards"):
            desk.read(room.scan(phase=Phase.INTERRUPTED, count=count, head=head))
    desk.read(room.scan(phase=Phase.PAUSED, count=41, head=b"c" * 16))


def test_heads_are_remembered_after_the_desk_is_started_again(room: Room) -> None:
    desk = room.desk()
    desk.sign(desk.propose(desk.read(room.scan(count=5, head=b"a" * 16)), Command.RELEASE))
    with pytest.raises(NotPermitted, match="backwards"):
        room.desk().read(room.scan(count=4, head=b"a" * 16))


def test_another_sessions_terminal_and_a_strange_code_are_refused(room: Room) -> None:
    desk = room.desk()
    with pytest.raises(NotPermitted, match="no release"):
        desk.read(room.scan(session="R15-0302"))
    room.terminals[0] = PrivateKeys.generate(Role.TERMINAL, "stranger")
    with pytest.raises(NotPermitted, match="not part of the session"):
        desk.read(room.scan())
    with pytest.raises(InputRefused):
        desk.read("https://example.org/")


def test_a_proctor_who_is_not_listed_cannot_use_the_release(room: Room) -> None:
    release = room.release()
    stranger = PrivateKeys.generate(Role.PROCTOR, "陈赟")
    with pytest.raises(NotPermitted, match="not a proctor"):
        Desk(stranger, room.trust(), room.folder, lambda: room.now).add_release(release)


def test_a_room_code_needs_the_second_proctors_part_and_numbers_ascend(room: Room) -> None:
    first, second = room.desk(0), room.desk(1)
    both = second.rooms.join(first.rooms.sign(SESSION, "start"))
    _, parts = read_code(both)
    tokens = [
        verified_room(read_token(part), part, keys.record)
        for part, keys in zip(parts, room.proctors, strict=True)
    ]
    assert {token.claim.share for token in tokens} == set(room.shares.values())
    (number,) = {token.claim.number for token in tokens}
    _, (later,) = read_code(second.rooms.sign(SESSION, "resume", minutes=3))
    after = verified_room(read_token(later), later, room.proctors[1].record).claim.number
    assert after > number


def test_a_room_code_by_a_desk_that_signed_none_yet_is_later_than_those_of_the_other(
    room: Room,
) -> None:
    first, second = room.desk(0), room.desk(1)
    started = first.rooms.propose(SESSION, "start").number
    first.rooms.sign(SESSION, "start")
    room.now += 1200
    assert second.rooms.propose(SESSION, "resume").number > started


def test_a_desk_joins_no_room_code_older_than_its_own(room: Room) -> None:
    first, second = room.desk(0), room.desk(1)
    early = first.rooms.sign(SESSION, "start")
    room.now += 1200
    second.rooms.sign(SESSION, "resume")
    with pytest.raises(NotPermitted, match="newer"):
        second.rooms.join(early)


def test_joining_says_first_what_the_other_proctor_began(room: Room) -> None:
    text = room.desk(0).rooms.sign(SESSION, "resume", minutes=4)
    proposal = room.desk(1).rooms.read(text)
    assert (proposal.first, proposal.purpose, proposal.minutes) == ("李建国", "resume", 4)
    assert proposal.complete


@pytest.mark.parametrize("minutes", [-1, 61])
def test_a_room_code_gives_back_no_more_than_the_session_allows(room: Room, minutes: int) -> None:
    with pytest.raises(NotPermitted, match="at most 60"):
        room.desk().rooms.sign(SESSION, "resume", minutes=minutes)


def test_a_room_is_not_started_outside_the_window_by_joining_either(room: Room) -> None:
    text = room.desk(0).rooms.sign(SESSION, "start")
    room.now = OPENS + 7201
    with pytest.raises(NotPermitted, match="window"):
        room.desk(1).rooms.join(text)


def test_a_room_code_cannot_be_joined_by_the_same_proctor(room: Room) -> None:
    desk = room.desk()
    with pytest.raises(NotPermitted):
        desk.rooms.join(desk.rooms.sign(SESSION, "start"))


def test_the_log_holds_every_act_and_remark_and_the_highest_package(room: Room) -> None:
    desk = room.desk()
    desk.sign(desk.propose(desk.read(room.scan(count=0)), Command.RELEASE))
    desk.note(SESSION, "absent", "0007 did not come", candidate="0007")
    kid = room.terminals[0].record.kid
    desk.saw_package(SESSION, kid, 4)
    desk.saw_package(SESSION, kid, 3)
    log = proctor_log(read_log(desk.write_log(SESSION)), room.proctors[0].record)
    assert [act.command for act in log.acts] == [Command.RELEASE]
    assert log.remarks[0].candidate == "0007"
    assert log.packages == {kid: 4}


def test_nothing_is_signed_when_the_act_cannot_be_kept(room: Room) -> None:
    desk = room.desk()
    proposal = desk.propose(desk.read(room.scan()), Command.RELEASE)
    folder = room.folder / "file-in-the-way"
    folder.write_text("")
    stuck = Desk(room.proctors[0], room.trust(), folder, lambda: room.now)
    stuck.add_release(room.release())
    with pytest.raises(StorageFault):
        stuck.sign(proposal)


def test_an_act_cut_short_by_a_power_cut_is_dropped_and_the_rest_kept(room: Room) -> None:
    desk = room.desk()
    seat = desk.read(room.scan())
    desk.sign(desk.propose(seat, Command.RELEASE))
    (path,) = room.folder.glob("*.acts")
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:100])
    again = room.desk()
    assert len(again.acts(SESSION).answers) == 1
    again.note(SESSION, "incident", "the light went out")
    assert path.read_bytes().startswith(whole)
    assert len(room.desk().acts(SESSION).records) == 3


def test_an_act_changed_on_the_disk_is_said_and_none_is_dropped(room: Room) -> None:
    desk = room.desk()
    for _ in range(2):
        desk.sign(desk.propose(desk.read(room.scan()), Command.RELEASE))
    (path,) = room.folder.glob("*.acts")
    whole = path.read_bytes()
    for at in range(len(whole) - 1):  # the last line end alone looks like a cut
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(StorageFault):
            room.desk().acts(SESSION)
        assert len(path.read_bytes()) == len(whole)


def test_acts_are_kept_where_only_their_owner_reads(room: Room) -> None:
    desk = room.desk()
    desk.sign(desk.propose(desk.read(room.scan()), Command.RELEASE))
    (path,) = room.folder.glob("*.acts")
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_refusal_of_the_desk_is_one_kind_of_error(room: Room) -> None:
    desk = room.desk()
    for text in ("", "C1:", "C1:!!!", "T1:ABC", "C1:" + "0" * 5000):
        with pytest.raises(KioskError):
            desk.read(text)


def test_the_code_of_a_common_start_is_said_once_and_stays_the_same_all_day(room: Room) -> None:
    room.start = b"s" * 32
    desk = room.desk()
    said = desk.rooms.sign(SESSION, "common")
    assert StartCodes(room.start, OPENS, OPENS + 7200).began(said) == OPENS + 60
    room.now += 1200
    assert room.desk().rooms.sign(SESSION, "common") == said
    log = proctor_log(read_log(desk.write_log(SESSION)), room.proctors[0].record)
    assert [(one.at, one.kind, one.words) for one in log.remarks] == [(OPENS + 60, "start", said)]


def test_there_is_no_common_start_where_each_begins_alone_or_out_of_the_window(room: Room) -> None:
    with pytest.raises(NotPermitted):
        room.desk().rooms.sign(SESSION, "common")
    room.start, room.now = b"s" * 32, OPENS - 60
    with pytest.raises(NotPermitted):
        room.desk().rooms.sign(SESSION, "common")


@pytest.mark.parametrize(
    ("command", "kind"), [(Command.CAUTION, "misconduct"), (Command.GO_OUT, "break")]
)
def test_misconduct_and_breaks_carry_words_to_the_seat_and_into_the_log(
    room: Room, command: Command, kind: str
) -> None:
    desk = room.desk()
    seat = desk.read(room.scan(phase=Phase.RUNNING, remaining_s=600))
    with pytest.raises(NotPermitted):
        desk.propose(seat, command, words=" ")
    with pytest.raises(NotPermitted):
        desk.propose(seat, command, words="x" * 41)
    text = desk.sign(desk.propose(seat, command, words="带手机入场"))
    assert answer(room, text).words == "带手机入场"
    assert len(matrix(text)) <= 77  # version 15
    log = proctor_log(read_log(desk.write_log(SESSION)), room.proctors[0].record)
    (remark,) = log.remarks
    assert (remark.kind, remark.candidate, remark.words) == (kind, "0001", "带手机入场")
