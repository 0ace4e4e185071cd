"""The journal on a second medium: it never holds up the seat, and it brings a dead terminal's exam back."""

import errno
import os
import shutil
import subprocess
import threading
from time import monotonic, sleep

import pytest

from kiosk.artefacts.chain import Happened, TakenOver, read_entry
from kiosk.artefacts.self_check import MIRROR, Finding
from kiosk.artefacts.session import journal_key
from kiosk.artefacts.tokens import Command
from kiosk.artefacts.transfer import open_rows, read_transfer, statement_of
from kiosk.assessment.sitting import Incident
from kiosk.terminal import views
from kiosk.terminal.stick import FolderStick
from tests.terminal.room import Room, choose, crash
from tests.terminal.test_transfer import hand_in, looked, packed

FINE = Finding(MIRROR, "ok")
NONE = Finding(MIRROR, "weak", "not there")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


@pytest.fixture
def room(folder):
    return Room(mirror=FolderStick(folder))


class Slow(FolderStick):
    """A medium that takes its time, and may never answer."""

    def __init__(self, folder, delay_s=1.0):
        super().__init__(folder)
        self.delay_s = delay_s
        self.puts = 0
        self.stuck = threading.Event()
        self.stuck.set()

    def put(self, name, data):
        self.puts += 1
        sleep(self.delay_s)
        self.stuck.wait(30)
        super().put(name, data)


def mirrored(terminal, timeout_s=30):
    """The view once the mirror has nothing to do."""
    until = monotonic() + timeout_s
    terminal.tick()
    while terminal._flow._mirror._aside.busy:
        assert monotonic() < until
        sleep(0.002)
    return terminal.view


def entries_in(folder, room, number=0):
    """What another terminal of the session would read in the mirror of terminal `number`."""
    (path,) = folder.glob("*.transfer")
    read = read_transfer(path.read_bytes())
    record = room.terminals[number].record
    statement = statement_of(read, record)
    return open_rows(read, statement, journal_key(b"k" * 32, record.kid))


def lag(room, terminal):
    """What the proctor's menu says of the mirror."""
    terminal.send(views.OpenProctorMenu())
    told = terminal.view.mirror
    terminal.send(views.CloseProctorMenu())
    return told


def a_while(room, terminal, ms):
    """Time goes by in the room, at which the mirror may try again."""
    room.time.pass_ms(ms)
    return mirrored(terminal)


# --- that it follows --------------------------------------------------------------------------------


def test_it_holds_each_answer_once_it_says_so(room, folder, tmp_path):
    with room.seated(tmp_path / "07") as terminal:
        for value in "abc":
            choose(terminal, value)
            mirrored(terminal)
            assert lag(room, terminal) == FINE
            assert entries_in(folder, room) == terminal._flow._seat.journal.entries


def test_the_release_screen_says_whether_the_medium_is_there(room, folder, tmp_path):
    folder.rmdir()
    with room.terminal(tmp_path / "07") as terminal:
        mirrored(terminal)
        assert a_while(room, terminal, 1_000).checks[-1] == NONE
        folder.mkdir()
        a_while(room, terminal, 2_000)
        assert a_while(room, terminal, 1_000).checks[-1] == FINE


def test_without_a_mirror_nothing_is_said_of_one(tmp_path):
    room = Room()
    with room.terminal(tmp_path / "07") as terminal:
        assert all(check.check != MIRROR for check in terminal.view.checks)
        room.release(terminal)
        assert terminal.send(views.OpenProctorMenu()).mirror is None


# --- that nobody at the seat notices ------------------------------------------------------------------


def test_a_medium_of_a_second_a_write_holds_up_no_answer_and_skips_what_was_overtaken(
    folder, tmp_path
):
    slow = Slow(folder)
    room = Room(mirror=slow)
    with room.seated(tmp_path / "07") as terminal:
        began = monotonic()
        for n in range(40):
            assert choose(terminal, "abcd"[n % 4]).saved is views.Saved.SAVED
        assert monotonic() - began < 40 * slow.delay_s / 4
        mirrored(terminal)
        assert entries_in(folder, room) == terminal._flow._seat.journal.entries
        assert slow.puts < 20


class Gated(FolderStick):
    """A medium that takes a file each time it is let, once it is `shut`."""

    def __init__(self, folder):
        super().__init__(folder)
        self.shut = False
        self.asked = threading.Semaphore(0)
        self.let = threading.Semaphore(0)

    def put(self, name, data):
        if self.shut:
            self.asked.release()
            assert self.let.acquire(timeout=30)
        super().put(name, data)


def test_what_was_overtaken_is_no_step_and_its_lag_counts_from_what_the_medium_lacks(
    folder, tmp_path
):
    gated = Gated(folder)
    room = Room(mirror=gated)

    def takes_one(terminal):
        mirror = terminal._flow._mirror
        before, until = mirror._written, monotonic() + 30
        gated.let.release()
        while mirror._written == before:
            assert monotonic() < until
            terminal.tick()
            sleep(0.002)

    def holds(terminal):
        """Until the medium has been given what it takes next: later answers are not in it."""
        until = monotonic() + 30
        while not gated.asked.acquire(blocking=False):
            assert monotonic() < until
            terminal.tick()
            sleep(0.002)

    with room.seated(tmp_path / "07") as terminal:
        mirrored(terminal)
        gated.shut = True
        choose(terminal, "a")
        room.time.pass_ms(5_000)
        holds(terminal)
        choose(terminal, "b")
        room.time.pass_ms(5_000)
        takes_one(terminal)  # all up to the first answer
        assert lag(room, terminal) == Finding(MIRROR, "weak", "10 s")
        holds(terminal)
        choose(terminal, "c")
        room.time.pass_ms(5_000)
        takes_one(terminal)  # all up to the second, 5 s after the first
        assert lag(room, terminal) == Finding(MIRROR, "weak", "10 s")
        takes_one(terminal)
        assert lag(room, terminal) == FINE
        assert entries_in(folder, room) == terminal._flow._seat.journal.entries


def test_a_medium_that_never_answers_holds_up_neither_answers_nor_the_end(folder, tmp_path):
    slow = Slow(folder, 0)
    room = Room(mirror=slow)
    with room.seated(tmp_path / "07") as terminal:
        mirrored(terminal)
        slow.stuck.clear()
        choose(terminal)
        room.time.pass_ms(7_000)
        terminal.tick()
        assert lag(room, terminal) == Finding(MIRROR, "weak", "7 s")
        assert hand_in(terminal).how == "handed_in"
        began = monotonic()
    assert monotonic() - began < 20  # leaving does not wait for it, or it would wait for 30
    slow.stuck.set()


def test_a_full_medium_is_told_as_lag_and_followed_again_once_there_is_room(room, folder, tmp_path):
    with room.seated(tmp_path / "07") as terminal:
        mirrored(terminal)
        put = room.mirror.put

        def full(name, data):
            raise OSError(errno.ENOSPC, "full")

        room.mirror.put = full
        assert choose(terminal).saved is views.Saved.SAVED
        mirrored(terminal)
        a_while(room, terminal, 5_000)
        assert lag(room, terminal) == Finding(MIRROR, "weak", "5 s")
        room.mirror.put = put
        a_while(room, terminal, 2_000)
        assert lag(room, terminal) == FINE
        assert entries_in(folder, room) == terminal._flow._seat.journal.entries


@pytest.fixture
def small(folder):
    """A real medium of 16 KB."""
    command = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_medium_that_runs_full_keeps_the_last_mirror_that_it_took(room, small, tmp_path):
    with room.seated(tmp_path / "07") as terminal:
        mirrored(terminal)
        while lag(room, terminal).ok:
            for value in "ab":
                assert choose(terminal, value).saved is views.Saved.SAVED
            a_while(room, terminal, 3_000)
        journal = terminal._flow._seat.journal.entries
        kept = entries_in(small, room)
        assert kept == journal[: len(kept)]
        assert 10 < len(kept) < len(journal)
        assert hand_in(terminal).how == "handed_in"


def test_a_medium_pulled_out_in_the_middle_and_another_put_in_holds_everything_again(
    room, folder, tmp_path
):
    with room.seated(tmp_path / "07") as terminal:
        choose(terminal)
        mirrored(terminal)
        shutil.rmtree(folder)
        assert choose(terminal, "b").saved is views.Saved.SAVED
        mirrored(terminal)
        assert lag(room, terminal) == NONE
        folder.mkdir()  # an empty one
        a_while(room, terminal, 2_000)
        assert lag(room, terminal) == FINE
        assert entries_in(folder, room) == terminal._flow._seat.journal.entries


def test_a_medium_replaced_while_nothing_is_answered_is_found_by_the_sign_of_life(
    room, folder, tmp_path
):
    with room.seated(tmp_path / "07") as terminal:
        choose(terminal)
        mirrored(terminal)
        shutil.rmtree(folder)
        folder.mkdir()
        a_while(room, terminal, 15_000)
        assert entries_in(folder, room) == terminal._flow._seat.journal.entries


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no second file system here")
def test_a_mount_point_without_its_medium_is_no_mirror(tmp_path, monkeypatch):
    state = tmp_path / "07"
    state.mkdir()
    elsewhere = type(tmp_path)("/proc")
    assert not FolderStick(tmp_path, apart_from=state).present
    assert FolderStick(elsewhere, apart_from=state).present
    # The state has a disk of its own, as on the bootable stick: the empty mount point is the system's.
    monkeypatch.setattr("kiosk.terminal.stick._SYSTEM", state)
    assert not FolderStick(tmp_path, apart_from=elsewhere).present


# --- that it brings the exam back -------------------------------------------------------------------------


def dead(room, state):
    """A terminal with three answers that dies, disk and all, 8 s after its last sign of life."""
    terminal = room.seated(state)
    for number, value in ((1, "a"), (2, "b"), (4, "c")):
        terminal.do(views.GoTo(number))
        choose(terminal, value)
    room.time.pass_ms(15_000)
    terminal.tick()
    terminal.wait_saved()
    mirrored(terminal)
    left = terminal.clock.remaining_ms
    room.time.pass_ms(8_000)
    crash(terminal)
    shutil.rmtree(state)
    return left


def released(room, state, number=2):
    terminal = room.terminal(state, number)
    room.release(terminal)
    return terminal


def test_a_dead_terminals_exam_goes_on_elsewhere_from_its_last_sign_of_life(room, folder, tmp_path):
    left = dead(room, tmp_path / "07")
    with released(room, tmp_path / "spare") as new:
        new.send(views.OpenProctorMenu())
        assert looked(new).guests == ()  # it may still live
        for _ in range(41):
            looked(new)
        (guest,) = new.view.guests
        assert (guest.given, guest.seat) == (False, "07")
        view = new.do(views.Scanned(room.code(new, Command.TAKE_OVER)))
        assert view.question.number == 4
        assert left <= new.clock.remaining_ms <= left + 15_000
        assert hand_in(new).answered == 3
        records = [read_entry(entry).record for entry in packed(new, room).journal]
    assert any(isinstance(record, TakenOver) for record in records)
    assert [
        record.event.detail
        for record in records
        if isinstance(record, Happened)
        and isinstance(record.event, Incident)
        and record.event.code == "taken-from-mirror"
    ] == ["07"]


def test_the_stick_it_was_mirrored_on_brings_it_at_once(room, folder, tmp_path):
    dead(room, tmp_path / "07")
    shutil.move(folder, room.stick)
    with released(room, tmp_path / "spare") as new:
        new.send(views.OpenProctorMenu())
        assert looked(new).chosen == 1
        assert isinstance(new.do(views.Scanned(room.code(new, Command.TAKE_OVER))), views.Exam)


def test_a_living_terminals_exam_is_never_offered_from_its_mirror(room, folder, tmp_path):
    with room.seated(tmp_path / "07") as living, released(room, tmp_path / "spare") as new:
        new.send(views.OpenProctorMenu())
        for _ in range(60):
            room.time.pass_ms(1_000)
            living.tick()
            living.wait_saved()
            mirrored(living)
            assert looked(new).guests == ()


def test_what_was_handed_in_is_not_offered_from_the_mirror(room, folder, tmp_path):
    with room.seated(tmp_path / "07") as old:
        choose(old)
        hand_in(old)
        mirrored(old)
    with released(room, tmp_path / "spare") as new:
        new.send(views.OpenProctorMenu())
        for _ in range(41):
            assert looked(new).guests == ()


def test_a_mirror_on_a_folder_that_all_see_lets_a_transfer_do_without_a_stick(
    room, folder, tmp_path
):
    with room.seated(tmp_path / "07") as old:
        choose(old)
        left = room.command(old, Command.TRANSFER).remaining_ms
        mirrored(old)
        with released(room, tmp_path / "spare") as new:
            new.send(views.OpenProctorMenu())
            (guest,) = looked(new).guests
            assert (guest.given, guest.remaining_ms) == (True, left)
