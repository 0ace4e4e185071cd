"""A computer shows that it keeps what is written to it before it is admitted as a terminal."""

import json

import pytest

from kiosk.artefacts.enrolment import NOT_SHOWN, OUTLASTED, RESTART, read_enrolment
from kiosk.artefacts.self_check import Finding
from kiosk.cli import run
from kiosk.terminal import clock
from kiosk.terminal.program import key_store
from kiosk.terminal.report import report
from kiosk.terminal.restart import begin, judge_restart


@pytest.fixture
def starts(tmp_path, monkeypatch):
    """Starts this computer again, as the kernel tells it."""
    kernel = tmp_path / "boot_id"
    monkeypatch.setattr(clock, "_BOOT_ID", kernel)

    def start(number):
        kernel.write_text(f"boot-{number}\n", "ascii")

    start(1)
    return start


def enrol(state, *more):
    return run(["terminal", "enrol", "--state", str(state), "--name", "T-07", *more])


def restart_told(state):
    return read_enrolment((state / "T-07.enrol").read_bytes()).facts[RESTART]


def test_with_the_test_there_is_neither_key_nor_request_before_a_restart(tmp_path, starts, capsys):
    state = tmp_path / "state"
    for _ in range(2):
        assert enrol(state, "--restart-test") == 3
        assert "Restart this computer once" in capsys.readouterr().err
        assert not key_store(state).exists()
        assert not (state / "T-07.enrol").exists()
    starts(2)
    assert enrol(state, "--restart-test") == 0
    assert restart_told(state) == OUTLASTED


def test_a_computer_that_forgets_is_told_to_restart_for_ever(tmp_path, starts, capsys):
    for number in range(1, 4):
        starts(number)
        assert enrol(tmp_path / f"as-installed-{number}", "--restart-test", "--json") == 3
        assert json.loads(capsys.readouterr().out)["restart"] == NOT_SHOWN


def test_without_it_the_request_says_that_no_restart_was_shown(tmp_path, starts):
    state = tmp_path / "state"
    assert enrol(state) == 0
    assert restart_told(state) == NOT_SHOWN
    key = key_store(state).load().record
    starts(2)
    assert enrol(state) == 0
    assert restart_told(state) == OUTLASTED
    assert key_store(state).load().record == key


def test_the_self_check_says_it(tmp_path, starts):
    state = tmp_path / "state"
    assert judge_restart(tmp_path, "boot-1") == Finding("restart", "unknown")
    assert enrol(state) == 0
    assert Finding("restart", "weak") in report(state).checks
    starts(2)
    assert Finding("restart", "ok") in report(state).checks
    begin(state, "boot-2")
    assert judge_restart(state, "boot-2").ok, "the first start stays the first"
