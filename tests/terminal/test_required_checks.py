"""The self-check in a session: what the policy requires keeps it shut, all else is written down once."""

from __future__ import annotations

import dataclasses

import pytest

from kiosk.artefacts.chain import Checked, Opened, read_entry
from kiosk.artefacts.self_check import Finding, findings
from kiosk.artefacts.session import Policy
from kiosk.artefacts.tokens import Command
from kiosk.terminal import views
from kiosk.terminal.trouble import CHECK_UNKNOWN
from kiosk.terminal.views import Scanned
from tests.terminal.room import Room, begin, choose, crash
from tests.terminal.test_transfer import hand_in, packed

FINE = (Finding("disk", "ok", "3 ms"), Finding("processes", "ok"), Finding("swap", "ok"))
BASH = Finding("processes", "weak", "bash")
SWAP = Finding("swap", "weak", "/dev/sda5")


def a_room(*checks, required=()):
    return Room(policy=Policy(required_checks=required), checks=checks)


def told(terminal):
    """The findings that the journal has, in its order: at the release, and each change after it."""
    records = (read_entry(entry).record for entry in terminal._flow._seat.journal.entries)
    return [findings(one.checks) for one in records if isinstance(one, Opened | Checked)]


def test_how_the_last_update_ended_is_read_when_the_page_opens_and_is_nowhere_else(tmp_path):
    room = a_room(*FINE)
    told, ports_of = [], room.ports_of

    def of_update():
        return told[-1] if told else None

    room.ports_of = lambda keys: (
        lambda *words: dataclasses.replace(ports_of(keys)(*words), of_update=of_update)
    )
    with room.terminal(tmp_path) as terminal:
        before = terminal.view
        assert terminal.do(views.OpenChecks()).update is None
        told.append(views.Notice("Version {version} came", {"version": "2"}))
        assert terminal.do(views.CloseChecks()) == before
        assert terminal.do(views.OpenChecks()).update == told[-1]
        assert terminal.do(views.CloseChecks()) == before


def test_a_required_check_that_fails_keeps_the_session_shut_until_it_is_mended(tmp_path):
    room = a_room(FINE[0], BASH, SWAP, required=("disk", "processes"))
    with room.terminal(tmp_path) as terminal:
        view = terminal.view
        assert isinstance(view, views.Trouble)
        assert (view.code, view.found, view.can_retry) == ("T-71", BASH, True)
        # The technician sees everything from here; the proctors' code is not asked for.
        page = terminal.do(views.OpenChecks())
        assert isinstance(page, views.Checks)
        assert page.found == room.checks
        assert page.required == ("disk", "processes")
        assert terminal.do(views.CloseChecks()) == view
        assert terminal.find(Finding("processes", "unknown")).code == "T-71"
        # Somebody ended the other program: nobody has to press anything.
        assert isinstance(terminal.find(FINE[1]), views.Unlock)
        assert isinstance(room.release(terminal), views.SignIn)
        begin(terminal, "20260001")
        assert told(terminal) == [(FINE[0], FINE[1], SWAP)]


def test_a_code_opens_nothing_while_a_required_check_fails(tmp_path):
    room = a_room(BASH, required=("processes",))
    with room.terminal(tmp_path) as terminal:
        terminal.find(FINE[1])
        code = room.code(terminal, Command.RELEASE)
        terminal.find(BASH)
        assert isinstance(terminal.do(Scanned(code)), views.Trouble)
        terminal.find(FINE[1])
        assert isinstance(terminal.do(Scanned(code)), views.SignIn)


def test_trying_again_looks_again(tmp_path):
    room = a_room(SWAP, required=("swap",))
    with room.terminal(tmp_path) as terminal:
        assert isinstance(terminal.do(views.Retry()), views.Trouble)
        room.checks = FINE
        assert isinstance(terminal.do(views.Retry()), views.Unlock)


@pytest.mark.parametrize(
    ("found", "required", "code"),
    [
        ((Finding("usb", "unknown"),), ("usb",), "T-75"),
        ((), ("durability",), "T-63"),
        (FINE, ("gravity",), CHECK_UNKNOWN),
        ((BASH, SWAP), ("swap", "processes"), "T-71"),
    ],
)
def test_what_is_not_known_is_not_ok(tmp_path, found, required, code):
    with a_room(*found, required=required).terminal(tmp_path) as terminal:
        assert terminal.view.code == code


def test_where_nothing_is_required_nothing_is_in_the_way(tmp_path):
    room = a_room(BASH, SWAP)
    with room.seated(tmp_path) as terminal:
        assert isinstance(terminal.view, views.Exam)
        assert told(terminal) == [(BASH, SWAP)]


def test_an_exam_that_has_begun_goes_on(tmp_path):
    room = a_room(*FINE, required=("processes",))
    crash(room.seated(tmp_path))
    room.checks = (BASH,)
    with room.terminal(tmp_path) as terminal:
        assert isinstance(terminal.view, views.Unlock)
        assert isinstance(room.release(terminal), views.Exam)
        assert told(terminal)[-1] == (BASH,)


def test_each_change_is_in_the_journal_once_and_so_in_the_package(tmp_path):
    room = a_room(*FINE, required=("processes",))
    with room.seated(tmp_path) as terminal:
        question = terminal.view
        terminal.find(*FINE)
        terminal.find(BASH, SWAP)
        terminal.find(BASH, SWAP)
        assert terminal.wait_saved() == question  # no candidate is troubled with it
        choose(terminal)
        terminal.find(FINE[1], SWAP)
        terminal.wait_saved()
        assert told(terminal) == [FINE, (BASH, SWAP), (FINE[1],)]
        assert isinstance(hand_in(terminal), views.Done)
        journal = packed(terminal, room).journal
        records = [read_entry(entry).record for entry in journal]
        assert sum(isinstance(one, Checked) for one in records) == 2


def test_what_changes_while_the_release_is_written_is_not_forgotten(tmp_path):
    room = a_room(*FINE)
    with room.terminal(tmp_path) as terminal:
        terminal.send(Scanned(room.code(terminal, Command.RELEASE)))
        terminal.find(SWAP)
        terminal.wait_saved()
        terminal.tick()
        terminal.wait_saved()
        assert told(terminal) == [FINE, (SWAP,)]


def test_the_page_is_for_the_staff(tmp_path):
    room = a_room(*FINE)
    with room.terminal(tmp_path) as terminal:
        locked = terminal.view
        assert isinstance(terminal.do(views.OpenChecks()), views.Checks)
        assert terminal.find(BASH).found[1] == BASH
        assert terminal.do(views.CloseChecks()).challenge == locked.challenge
        code = room.code(terminal, Command.RELEASE)
        terminal.do(views.OpenChecks())
        assert isinstance(terminal.do(Scanned(code)), views.SignIn)
        assert isinstance(terminal.do(views.OpenChecks()), views.SignIn)
        begin(terminal, "20260001")
        assert isinstance(terminal.do(views.OpenChecks()), views.Exam)
        terminal.do(views.OpenProctorMenu())
        assert isinstance(terminal.do(views.OpenChecks()), views.Checks)
        assert isinstance(terminal.do(views.CloseChecks()), views.ProctorMenu)
        terminal.do(views.OpenChecks())
        assert isinstance(terminal.do(views.CloseProctorMenu()), views.Exam)
