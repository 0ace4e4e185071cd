"""`kiosk proctor`: the desk for scripts. Results on stdout, words on stderr, exit codes as promised."""

from __future__ import annotations

import io
import json
import os
import sys
from functools import partial
from pathlib import Path

import pytest

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.enrolment import read_enrolment
from kiosk.artefacts.fingerprint import root_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.proctor_log import proctor_log, read_log
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
from kiosk.cli import run
from kiosk.proctor.device import Device
from kiosk.trust.keystore import card_text
from tests.proctor.devices import PIN, Devices
from tests.proctor.room import SESSION


class Line:
    """A command line of one proctor, with PIN and card in files."""

    def __init__(self, devices: Devices, capsys: pytest.CaptureFixture[str]) -> None:
        self.devices = devices
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str | Path, proctor: int = 0, pin: str = PIN) -> int:
        folder = self.devices.folder
        (folder / "pin").write_text(pin + "\n")
        (folder / "card").write_text(card_text(self.devices.cards[proctor]) + "\n")
        wanted = [*map(str, arguments), "--state", str(self.devices.state(proctor))]
        if arguments[0] != "install":
            wanted += ["--pin-file", str(folder / "pin")]
            wanted += ["--card", str(folder / "card")]
        code = run(["proctor", *wanted])
        self.out, self.err = self._capsys.readouterr()
        return code

    def record(self, proctor: int = 0) -> KeyRecord:
        return self.devices.device(proctor).record()

    def answered(self) -> Answer:
        _, (token,) = read_code(self.out)
        return verified_answer(read_token(token), token, self.record())


@pytest.fixture
def kiosk(
    devices: Devices, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Line:
    devices.install(0)
    devices.install(1)
    monkeypatch.setenv("KIOSK_LANG", "en")
    monkeypatch.setenv("COLUMNS", "1000")  # however long the path of a test's folder
    clocked = partial(Device, now=lambda: devices.room.now)
    monkeypatch.setattr("kiosk.cli.proctor.Device", clocked)
    return Line(devices, capsys)


def test_enrol_writes_a_request_and_a_card_that_open_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pin").write_text(PIN)
    card, request = tmp_path / "card.txt", tmp_path / "li.enrol"
    arguments = ["--name", "李建国", "--state", str(tmp_path / "desk"), "--card", str(card)]
    arguments += ["--out", str(request), "--pin-file", str(tmp_path / "pin"), "--json"]
    assert run(["proctor", "enrol", *arguments]) == 0
    shown = json.loads(capsys.readouterr().out)
    enrolment = read_enrolment(request.read_bytes())
    assert shown["kid"] == enrolment.record.kid.hex()
    assert len(shown["fingerprint"]["zh-CN"]) == 6
    assert card.stat().st_mode & 0o777 == 0o600
    assert Device(tmp_path / "desk").record() == enrolment.record


def test_enrol_writes_over_no_card_and_makes_no_key_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pin").write_text(PIN)
    (tmp_path / "card.txt").write_text("K1:OLD")
    arguments = ["--name", "王", "--state", str(tmp_path / "desk"), "--out", str(tmp_path / "w")]
    arguments += ["--card", str(tmp_path / "card.txt"), "--pin-file", str(tmp_path / "pin")]
    assert run(["proctor", "enrol", *arguments]) == 5
    assert (tmp_path / "card.txt").read_text() == "K1:OLD"
    assert not (tmp_path / "desk").exists()


def test_a_refused_enrolment_leaves_no_card_behind(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("12")
    arguments = ["--name", "王", "--state", str(tmp_path / "desk"), "--out", str(tmp_path / "w")]
    arguments += ["--card", str(tmp_path / "card.txt"), "--pin-file", str(tmp_path / "pin")]
    assert run(["proctor", "enrol", *arguments]) == 4
    assert not (tmp_path / "card.txt").exists()


def test_install_names_the_sessions(kiosk: Line) -> None:
    assert kiosk("install", kiosk.devices.stick, kiosk.devices.releases, "--json") == 0
    shown = json.loads(kiosk.out)
    assert (shown["sessions"], shown["refused"]) == ([SESSION], [])


def test_the_first_install_shows_the_words_of_the_root_to_compare(
    kiosk: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["proctor", "install", str(kiosk.devices.stick), "--state", str(tmp_path / "new")]
    root_json = next(kiosk.devices.stick.rglob("root.json")).read_bytes()
    words = " ".join(root_words(root_json, "zh-CN"))
    assert run(arguments) == 0
    assert words in capsys.readouterr().err
    assert run(arguments) == 0
    assert words not in capsys.readouterr().err


def test_install_is_done_in_part_when_a_release_is_damaged(kiosk: Line) -> None:
    (kiosk.devices.releases / "bad.release").write_bytes(b"no release")
    assert kiosk("install", kiosk.devices.releases, "--json") == 3
    shown = json.loads(kiosk.out)
    assert shown["sessions"] == [SESSION]
    assert [refused["file"] for refused in shown["refused"]] == ["bad.release"]


def test_install_of_nothing_but_a_damaged_release_is_refused(kiosk: Line) -> None:
    (kiosk.devices.releases / f"{SESSION}.release").write_bytes(b"no release")
    assert kiosk("install", kiosk.devices.releases) == 4


def test_answer_prints_the_token_alone_and_it_releases_that_terminal(kiosk: Line) -> None:
    assert kiosk("answer", kiosk.devices.room.scan(), "--yes") == 0
    assert kiosk.out.count("\n") == 1
    answer = kiosk.answered()
    assert answer.claim.command is Command.RELEASE
    share = kiosk.devices.room.shares[kiosk.record().kid]
    assert open_share(answer, kiosk.devices.room.terminals[0]) == share


def test_answer_says_on_stderr_what_the_signature_does(kiosk: Line) -> None:
    scan = kiosk.devices.room.scan(phase=Phase.RUNNING, remaining_s=3600, granted_min=5)
    wanted = ["--command", "extend", "--minutes", "10", "--reason", "power", "--yes"]
    assert kiosk("answer", scan, *wanted) == 0
    assert kiosk.answered().claim.minutes == 10
    assert kiosk.answered().claim.reason is Reason.POWER
    assert "Seat 08 · 张海燕: Extend by 10 minutes" in kiosk.err
    assert "New time left: 1:10:00" in kiosk.err
    assert "The session allows 30 minutes, 5 used so far" in kiosk.err


def test_answer_reads_the_challenge_from_a_pipe(
    kiosk: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(kiosk.devices.room.scan() + "\n"))
    assert kiosk("answer", "-", "--yes", "--json") == 0
    shown = json.loads(kiosk.out)
    assert (shown["seat"], shown["command"]) == ("08", "release")


def test_answer_signs_nothing_when_nobody_can_be_asked(
    kiosk: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert kiosk("answer", kiosk.devices.room.scan()) == 2
    assert kiosk.out == ""
    assert kiosk.devices.open().acts(SESSION).answers == ()


@pytest.mark.parametrize(
    ("changes", "arguments", "code"),
    [
        ({}, ["--command", "extend", "--minutes", "5", "--reason", "power"], 5),
        ({"phase": Phase.RUNNING}, ["--command", "extend", "--minutes", "31"], 5),
        ({"session": "R15-0302"}, [], 5),
        ({}, ["--command", "open"], 2),
        ({}, ["--reason", "boredom"], 2),
    ],
)
def test_what_may_not_be_signed_prints_no_token(
    kiosk: Line, changes: dict[str, object], arguments: list[str], code: int
) -> None:
    assert kiosk("answer", kiosk.devices.room.scan(**changes), *arguments, "--yes") == code
    assert kiosk.out == ""


def test_a_code_that_is_no_challenge_is_refused(kiosk: Line) -> None:
    assert kiosk("answer", "https://example.org", "--yes") == 4
    assert kiosk.out == ""


def test_a_wrong_pin_is_not_permitted_and_says_how_many_tries_are_left(kiosk: Line) -> None:
    assert kiosk("answer", kiosk.devices.room.scan(), "--yes", pin="000000") == 5
    assert "tries left before a wait: 4" in kiosk.err


def test_a_card_that_cannot_be_read_is_refused(kiosk: Line, tmp_path: Path) -> None:
    for card in (tmp_path / "none", tmp_path):
        arguments = ["--state", str(kiosk.devices.state()), "--card", str(card), "--yes"]
        arguments += ["--pin-file", str(kiosk.devices.folder / "pin")]
        (kiosk.devices.folder / "pin").write_text(PIN)
        assert run(["proctor", "answer", kiosk.devices.room.scan(), *arguments]) == 4


def test_a_room_code_takes_both_proctors(kiosk: Line) -> None:
    assert kiosk("room", SESSION, "--yes") == 0
    assert "A second proctor must add a part before a seat takes it" in kiosk.err
    assert kiosk("room", SESSION, "--join", kiosk.out, "--yes", "--json", proctor=1) == 0
    assert "李建国 has signed the first part" in kiosk.err
    shown = json.loads(kiosk.out)
    assert shown["complete"] is True
    _, parts = read_code(shown["token"])
    claims = [
        verified_room(read_token(part), part, kiosk.record(index)).claim
        for index, part in enumerate(parts)
    ]
    assert {claim.share for claim in claims} == set(kiosk.devices.room.shares.values())


def test_a_room_code_of_another_session_is_not_joined(kiosk: Line) -> None:
    assert kiosk("room", SESSION, "--yes") == 0
    assert kiosk("room", "R15-0302", "--join", kiosk.out, "--yes", proctor=1) == 4
    assert kiosk("room", "R15-0302", "--yes") == 5


def test_the_log_is_written_for_the_station(kiosk: Line, tmp_path: Path) -> None:
    kiosk("answer", kiosk.devices.room.scan(), "--yes")
    assert kiosk("log", SESSION, "--to", tmp_path / "stick", "--json") == 0
    (path,) = (tmp_path / "stick").glob("*.proctorlog")
    assert json.loads(kiosk.out) == {"file": str(path)}
    log = proctor_log(read_log(path.read_bytes()), kiosk.record())
    assert [act.command for act in log.acts] == [Command.RELEASE]


def test_no_secret_is_printed_or_left_in_a_file(kiosk: Line, tmp_path: Path) -> None:
    """The token carries the share sealed; PIN, card and share appear nowhere."""
    card = card_text(kiosk.devices.cards[0])
    printed = ""
    for arguments in (
        ["answer", kiosk.devices.room.scan(), "--yes"],
        ["answer", kiosk.devices.room.scan(), "--yes", "--json"],
        ["log", SESSION, "--to", tmp_path / "stick"],
    ):
        assert kiosk(*arguments) == 0
        printed += kiosk.out + kiosk.err
    kiosk("answer", kiosk.devices.room.scan(), "--yes", pin="904837")
    printed += kiosk.out + kiosk.err
    share = kiosk.devices.room.shares[kiosk.record().kid]
    for secret in (PIN, "904837", card, card[3:], share.hex()):
        assert secret not in printed
    secrets = (PIN.encode(), card.encode(), kiosk.devices.cards[0], share)
    for folder in (kiosk.devices.state(), tmp_path / "stick"):
        for path in filter(Path.is_file, folder.rglob("*")):
            data = path.read_bytes()
            assert not any(secret in data for secret in secrets), path


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_on_the_stick_holds_nothing_up(kiosk: Line, kind: str) -> None:
    odd = kiosk.devices.releases / "odd.release"
    if kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to("/dev/zero")
    assert kiosk("install", kiosk.devices.releases) == 3
    assert "odd.release" in kiosk.err


def test_a_refusal_is_told_in_the_proctors_language(
    kiosk: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kiosk.devices.releases / "bad.release").write_bytes(b"no release")
    monkeypatch.setenv("KIOSK_LANG", "zh-CN")
    assert kiosk("install", kiosk.devices.releases) == 3
    assert "bad.release：" in kiosk.err or "bad.release: " in kiosk.err
    assert "不是有效的启封文件" in kiosk.err
    assert kiosk("answer", "https://example.org", "--yes") == 4
    assert "这是其他系统的码" in kiosk.err


SAID_WRONG: list[tuple[list[str], int, str]] = [
    (["install", "{dir}/none"], 4, "没有这个文件夹"),
    (["collected", SESSION, "{dir}/none"], 4, "没有这个文件夹"),
    (["collected", SESSION, "{dir}"], 4, "没有本场次的答卷包"),
    (["answer", "C1:", "--yes"], 4, "码没有读完整"),
    (["answer", "{scan}", "--yes", "--words", "x"], 2, "此操作不用填写说明"),
    (["answer", "{scan}", "--command", "open"], 2, "take_over"),
    (["answer", "{scan}"], 2, "此处无法询问"),
    (["room", SESSION, "--purpose", "end"], 2, "只能是 start、resume、common 之一"),
    (["log", "R15-0399", "--to", "{dir}"], 5, "没有场次 R15-0399"),
    (["serve", "--port", "70000"], 2, "65535"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), SAID_WRONG)
def test_what_was_said_wrong_is_told_in_words_and_never_as_a_fault_of_ours(
    kiosk: Line,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.setenv("KIOSK_LANG", "zh-CN")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    scan = kiosk.devices.room.scan()
    filled = [one.replace("{dir}", str(tmp_path)).replace("{scan}", scan) for one in arguments]
    assert kiosk(*filled) == code, kiosk.err
    assert said in kiosk.err
    assert kiosk.out == ""


def test_a_device_without_a_key_a_pin_or_a_folder_for_the_card_says_which(
    kiosk: Line, tmp_path: Path
) -> None:
    card, pin = str(kiosk.devices.folder / "card"), str(kiosk.devices.folder / "pin")
    kiosk("answer", "x", "--yes")  # writes both
    scan = ["proctor", "answer", kiosk.devices.room.scan(), "--yes", "--card", card]
    assert run([*scan, "--pin-file", pin, "--state", str(tmp_path / "new")]) == 5
    told = kiosk._capsys.readouterr().err
    assert "no proctor's key on this device" in told
    assert run([*scan, "--pin-file", str(tmp_path), "--state", str(kiosk.devices.state())]) == 4
    assert "the PIN's file cannot be read" in kiosk._capsys.readouterr().err
    made = ["proctor", "enrol", "--name", "王", "--state", str(tmp_path / "new"), "--out"]
    made += [str(tmp_path / "w"), "--pin-file", pin, "--card", str(tmp_path / "no" / "card")]
    assert run(made) == 1
    assert "there is no such file" in kiosk._capsys.readouterr().err
    assert not (tmp_path / "new" / "key").exists()
