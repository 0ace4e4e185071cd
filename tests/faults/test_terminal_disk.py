"""A disk that is full, read-only or damaged: the candidate is told, nothing is shown as saved that is
not, and the exam goes on when the disk does."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.terminal import trouble, views
from kiosk.terminal.storage import DiskFailing, DiskFull, DiskReadOnly
from kiosk.terminal.trouble import TABLE, code_of
from tests.mounts import with_own_mounts
from tests.terminal.room import Room, choose, crash

ROOT = Path(__file__).parents[2]


def in_a_namespace(scene, folder):
    """Run a scene of `disk_scenes` where it may mount a small disk of its own; what it told."""
    command = [sys.executable, "-m", "tests.faults.disk_scenes", scene, str(folder)]
    done = subprocess.run(
        with_own_mounts(command),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_full_disk_is_said_and_the_exam_goes_on_when_space_is_back(tmp_path):
    told = in_a_namespace("full", tmp_path)
    assert told["code"] == trouble.DISK_FULL
    assert told["shown_saved_while_full"] is False
    assert told["clock_ran_while_full"] is False
    assert told["after"] == "Exam"
    assert told["saved_after"] == "saved"
    assert told["last_answer_kept"] is True
    assert told["lost"] == []
    assert told["incidents"] == [trouble.DISK_FULL]
    # A minute of trouble is given back; what ran since is what the scene let pass.
    assert told["left_before"] - 5_000 <= told["left_after"] <= told["left_before"]


def test_a_disk_turned_read_only_is_said_and_the_exam_goes_on_when_it_can_be_written(tmp_path):
    told = in_a_namespace("read-only", tmp_path)
    assert told["code"] == trouble.DISK_READ_ONLY
    assert told["shown_saved_while_full"] is False
    assert told["after"] == "Exam"
    assert told["last_answer_kept"] is True
    assert told["lost"] == []


def test_a_state_folder_that_is_read_only_from_the_start_is_said(tmp_path):
    told = in_a_namespace("read-only-start", tmp_path)
    assert told["code"] == trouble.DISK_READ_ONLY
    assert told["after"] == "Unlock"


def test_a_file_that_may_not_grow_is_a_full_disk_to_the_candidate(tmp_path):
    told = in_a_namespace("limit", tmp_path)
    assert told["code"] in (trouble.DISK_FULL, trouble.DISK_FAILING)
    assert told["shown_saved_while_full"] is False
    assert told["after"] == "Exam"
    assert told["lost"] == []


# --- damage -----------------------------------------------------------------------------------------


def a_state(room, tmp_path, suffix):
    """The disk of a terminal that lost its power in the middle of an exam.

    The write-ahead log is not folded into the file then; for `.journal` it was just before.
    """
    terminal = room.seated(tmp_path / "state")
    for number in (1, 2, 3):
        terminal.do(views.GoTo(number))
        if terminal.view.question.item.id.startswith("i"):
            choose(terminal)
    if suffix != ".journal":
        shutil.copytree(tmp_path / "state", tmp_path / "cut")
    given = terminal._flow._attempt.sitting.responses
    crash(terminal)
    if suffix == ".journal":
        shutil.copytree(tmp_path / "state", tmp_path / "cut")
    return tmp_path / "cut", given


@pytest.mark.parametrize("suffix", [".journal", ".journal-wal", ".seen"])
def test_a_flipped_byte_of_the_journal_is_found_or_harms_nothing(tmp_path, suffix):
    room = Room()
    state, given = a_state(room, tmp_path, suffix)
    file = next((state / "journals").glob(f"*{suffix}"))
    whole = file.read_bytes()
    places = random.Random(suffix).sample(range(len(whole)), min(60, len(whole)))
    found = 0
    for n, place in enumerate(places):
        copy = tmp_path / f"copy{n}"
        shutil.copytree(state, copy)
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << (place % 8)
        (copy / "journals" / file.name).write_bytes(spoilt)
        with room.terminal(copy) as terminal:
            view = terminal.view
            if isinstance(view, views.Unlock):
                view = room.release(terminal)
            if isinstance(view, views.Trouble):
                assert view.code in (trouble.JOURNAL_DAMAGED, trouble.DISK_FAILING), view
                found += 1
            else:
                assert isinstance(view, views.Exam), (place, view)
                assert terminal._flow._attempt.sitting.responses == given, place
        shutil.rmtree(copy)
    # A flipped byte of the witness leaves its other place, and the journal is whole.
    assert found or suffix == ".seen"


@pytest.mark.parametrize("suffix", [".journal", ".journal-wal", ".seen"])
def test_a_truncated_journal_is_found(tmp_path, suffix):
    room = Room()
    state, _ = a_state(room, tmp_path, suffix)
    file = next((state / "journals").glob(f"*{suffix}"))
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3])
    with room.terminal(state) as terminal:
        assert isinstance(terminal.view, views.Trouble)
        assert terminal.view.code == trouble.JOURNAL_DAMAGED


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sessions/R15-0301.session", trouble.SESSION_DAMAGED),
        ("banks/B.bank", trouble.BANK_DAMAGED),
    ],
)
def test_a_flipped_byte_of_what_was_installed_is_found(tmp_path, name, code):
    room = Room()
    whole = room.files.held[name]
    for place in random.Random(name).sample(range(len(whole)), 25):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0x20
        room.files.held[name] = bytes(spoilt)
        with room.terminal(tmp_path / str(place)) as terminal:
            view = terminal.view
            if isinstance(view, views.Unlock):
                view = room.release(terminal)
            assert isinstance(view, views.Trouble), place
            assert view.code == code, place


@pytest.mark.parametrize(
    ("gone", "code"),
    [("sessions/R15-0301.session", trouble.NO_PAPER), ("banks/B.bank", trouble.NO_PAPER)],
)
def test_what_is_missing_is_said_and_after_installing_it_goes_on(tmp_path, gone, code):
    room = Room()
    kept = room.files.held.pop(gone)
    with room.terminal(tmp_path) as terminal:
        view = terminal.view
        if isinstance(view, views.Unlock):
            view = room.release(terminal)
        assert isinstance(view, views.Trouble)
        assert view.code == code
        room.files.held[gone] = kept
        view = terminal.do(views.Retry())
        if isinstance(view, views.Unlock):
            view = room.release(terminal)
        assert isinstance(view, views.SignIn)


def test_each_fault_of_the_disk_has_its_code():
    assert code_of(DiskFull("x")) == "T-21"
    assert code_of(DiskReadOnly("x")) == "T-22"
    assert code_of(DiskFailing("x")) == "T-24"
    assert code_of(RuntimeError("x")) == "T-41"
    assert all(line.what and line.safe and line.todo for line in TABLE.values())
