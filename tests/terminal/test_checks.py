"""The self-check of one terminal: its disk, bank and clock, and what is kept for the technician."""

import os

import pytest

from kiosk.artefacts.self_check import BASIC, LOCKS
from kiosk.errors import InputRefused
from kiosk.terminal.checks import KEPT, SelfCheck, last_found, measure
from kiosk.terminal.lockdown.facts import Screens
from tests.terminal.lockdown.computer import SEAT, build
from tests.terminal.room import NOON, Room


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


def checked(state, *, check_target=lambda target: None, floor_s=0, now_s=NOON, full=True):
    check = SelfCheck(state, check_target, lambda: floor_s, lambda: now_s, lambda: Screens(full, 1))
    found = check.all(Room().plan)
    assert tuple(finding.check for finding in found) == (*BASIC, *LOCKS)
    return {finding.check: finding.state for finding in found}


def test_a_sound_terminal(state):
    told = checked(state)
    assert (told["bank"], told["space"], told["clock"], told["screen"]) == ("ok",) * 4
    assert list(state.iterdir()) == []


def test_what_is_not_right(state):
    def missing(target):
        raise InputRefused("not installed", where=target)

    told = checked(state, check_target=missing, floor_s=NOON + 1, full=False)
    assert (told["bank"], told["clock"], told["screen"]) == ("weak",) * 3
    assert checked(state, now_s=NOON + 10 * 3600)["clock"] == "weak"


def test_the_disk_is_measured_and_nothing_is_left(state):
    flushes = measure(state)
    assert flushes.took_us or flushes.fault
    assert all(took >= 0 for took in flushes.took_us)
    assert list(state.iterdir()) == []
    assert measure(state / "not there").fault


def test_a_disk_that_refuses_is_weak(state, monkeypatch):
    def refuse(_descriptor):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    assert checked(state)["disk"] == "weak"
    assert list(state.iterdir()) == []


def test_what_the_program_found_is_there_for_the_technician_in_the_same_boot(state, tmp_path):
    root = build(tmp_path / "root", SEAT)
    check = SelfCheck(state, print, lambda: 0, lambda: NOON, root=root, boot="boot-1", keep=True)
    found = check.again()
    assert last_found(state, "boot-1") == found
    assert last_found(state, "boot-2") == ()
    build(root, {"proc/swaps": "Filename\n/swapfile file 1 1 1\n"})
    check.again()
    assert {one.check: one for one in last_found(state, "boot-1")}["swap"].detail == "/swapfile"


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 99, b'{"boot": 1}', b"[" * 70_000])
def test_a_damaged_note_is_as_none(state, content):
    (state / KEPT).write_bytes(content)
    assert last_found(state, "boot-1") == ()
