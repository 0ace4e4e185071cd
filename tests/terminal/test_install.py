"""The command line of a terminal against a real trust repository on a USB folder."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.artefacts import bundle, checkpoint, merkle, receipt
from kiosk.artefacts.enrolment import read_enrolment
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import Window
from kiosk.artefacts.trust_list import TRUST_TARGET, write_trust_list
from kiosk.cli import run
from kiosk.errors import NotPermitted
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.program import key_store, time_floor
from kiosk.terminal.update import require_unused
from kiosk.trust.repository import Repository
from tests.terminal.room import Room, begin, choose, crash

NOW = datetime.now(UTC).replace(microsecond=0)


class Stick:
    """A station's repository and the USB folder it exports to."""

    def __init__(self, folder, room):
        self.usb = folder / "usb"
        self.room = room
        self.repository = Repository.create(folder / "repository", folder / "keys", now=NOW)
        trust = room.trust()
        self.repository.set_authority(trust.authority)
        self.repository.put(TRUST_TARGET, write_trust_list(trust.delegated))
        for name, data in room.files.held.items():
            self.repository.put(name, data)
        self.publish()

    def publish(self):
        self.repository.publish(now=NOW, expires=NOW + timedelta(days=14))
        self.repository.export(self.usb)


@pytest.fixture
def state(tmp_path):
    assert run(["terminal", "enrol", "--state", str(tmp_path / "state"), "--name", "T-07"]) == 0
    return tmp_path / "state"


@pytest.fixture
def stick(state, tmp_path):
    now = int(time.time())
    others = tuple(PrivateKeys.generate(Role.TERMINAL, name) for name in ("T-08", "T-09"))
    room = Room(window=Window(now - 600, now + 7200), terminals=(key_store(state).load(), *others))
    return Stick(tmp_path / "station", room)


def told(capsys, *arguments):
    """The exit code and the JSON of a command."""
    capsys.readouterr()
    code = run(["terminal", *arguments, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def install(capsys, stick, state, *more):
    return told(capsys, "install", str(stick.usb), "--state", str(state), *more)


def test_enrolment_writes_a_request_and_says_the_words_in_both_languages(state, capsys):
    code, said = told(capsys, "enrol", "--state", str(state), "--name", "T-07")
    assert code == 0
    record = key_store(state).load().record
    assert read_enrolment((state / "T-07.enrol").read_bytes()).record == record
    assert said["kid"] == record.kid.hex()
    assert {lang: len(words) for lang, words in said["words"].items()} == {"zh-CN": 6, "en": 6}


def test_a_terminal_keeps_its_name(state):
    assert run(["terminal", "enrol", "--state", str(state), "--name", "T-99"]) == 5


def test_the_first_installation_shows_the_roots_words_and_raises_the_time_floor(
    stick, state, capsys
):
    code, said = install(capsys, stick, state)
    assert code == 0
    assert said["sessions"] == [stick.room.id]
    assert set(said["root_words"]) == {"zh-CN", "en"}
    assert time_floor(state).value == stick.room.trust().delegated.issued_at
    assert install(capsys, stick, state)[1]["root_words"] is None


def test_another_stations_root_is_not_taken(stick, state, capsys, tmp_path):
    install(capsys, stick, state)
    other = Stick(tmp_path / "other", stick.room)
    code, _ = install(capsys, other, state)
    assert code in (4, 5)
    code, _ = install(capsys, other, state, "--root", str(other.usb / "root.json"))
    assert code == 5
    assert told(capsys, "status", "--state", str(state))[1]["sessions"]


def test_a_folder_that_is_no_sticks_is_refused_with_what_to_do(state, capsys, tmp_path):
    code, _ = told(capsys, "install", str(tmp_path), "--state", str(state))
    assert code == 4


def test_a_terminal_without_a_key_installs_nothing(stick, tmp_path, capsys):
    assert install(capsys, stick, tmp_path / "nobody")[0] == 5


def test_a_whole_day_from_the_stick_to_the_receipt(stick, state, capsys, tmp_path):
    install(capsys, stick, state)
    code, said = told(capsys, "status", "--state", str(state))
    assert code == 0
    assert said["sessions"][0]["journal"] == "none"
    with HeadlessTerminal(state) as terminal:
        fine = {finding.check for finding in terminal.view.checks if finding.ok}
        assert {"bank", "space", "clock"} <= fine, terminal.view.checks
        stick.room.release(terminal)
        begin(terminal, "20260001")
        choose(terminal)
        said = told(capsys, "status", "--state", str(state))[1]
        assert said["sessions"][0]["journal"] == "another program has the journal open"
        terminal.do(views.OpenReview())
        terminal.do(views.HandIn(False))
        assert isinstance(terminal.do(views.HandIn(True)), views.Done)
    said = told(capsys, "status", "--state", str(state))[1]
    assert said["sessions"][0]["journal"].endswith("no sitting is open")
    assert said["packages"] == [{"number": 1, "session": stick.room.id, "state": "waiting"}]

    began = time.monotonic()
    code, said = told(capsys, "export", "--state", str(state), "--to", str(tmp_path / "back"))
    assert time.monotonic() - began < 5
    assert (code, said["packages"]) == (0, 1)
    package = bundle.read_bundle(Path(said["files"][0]).read_bytes()).packages[0]

    leaves = [merkle.leaf_hash(package)]
    head = checkpoint.Checkpoint("kiosk.example/log", 1, merkle.root(leaves))
    signed = checkpoint.sign_checkpoint(head, stick.room.log)
    (stick.usb / "receipts").mkdir()
    (stick.usb / "receipts" / "1.receipt").write_bytes(
        receipt.write_receipt(receipt.Receipt(leaves[0], 0, (), signed))
    )
    (stick.usb / "receipts" / "2.receipt").write_bytes(b"no receipt")
    code, said = install(capsys, stick, state)
    assert code == 3
    assert said["receipts"]["taken"] == [1]
    assert [file.endswith("2.receipt") for file, _ in said["receipts"]["refused"]] == [True]
    assert told(capsys, "status", "--state", str(state))[1]["packages"][0]["state"] == "receipted"


def test_the_program_may_be_exchanged_only_while_no_exam_is_held(stick, state, capsys):
    window = stick.room.plan.window
    before, after = window.opens_at - 1, window.closes_at + 1
    require_unused(state, before)
    install(capsys, stick, state)
    require_unused(state, before)
    require_unused(state, after)
    for now in (window.opens_at, window.closes_at):
        with pytest.raises(NotPermitted, match="is open now"):
            require_unused(state, now)
    with HeadlessTerminal(state) as terminal:
        stick.room.release(terminal)
        begin(terminal, "20260001")
        choose(terminal)
        crash(terminal)
    with pytest.raises(NotPermitted, match="a sitting on it has not ended"):
        require_unused(state, after)


def test_a_terminal_without_a_key_may_be_updated(tmp_path):
    require_unused(tmp_path / "nobody", 0)


def test_status_says_which_program_runs(state, capsys):
    assert told(capsys, "status", "--state", str(state))[1]["version"] == __version__


def test_nothing_to_export_is_said(state, tmp_path, capsys):
    assert told(capsys, "export", "--state", str(state), "--to", str(tmp_path / "x"))[0] == 4


@pytest.mark.parametrize("command", ["enrol", "install", "run", "status", "export"])
def test_each_command_has_an_example(command, capsys):
    assert run(["terminal", command, "--help"]) == 0
    assert f"kiosk terminal {command}" in capsys.readouterr().out


def test_the_program_shows_its_window_and_ends_when_told(stick, state, capsys):
    install(capsys, stick, state)
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(str(state / "notify"))
    heard.settimeout(60)
    program = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "terminal", "run", "--state", str(state), "--windowed"],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "NOTIFY_SOCKET": str(state / "notify")},
        stderr=subprocess.PIPE,
    )
    try:
        assert heard.recv(100) == b"READY=1"
    finally:
        program.terminate()
        _, error = program.communicate(timeout=30)
        heard.close()
    assert program.returncode == 0, error.decode()
