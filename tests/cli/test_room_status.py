"""The room's table believes what a terminal's own key signed, and names what it does not believe."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.enrolment import write_enrolment
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.self_check import CHECKS, STATES, Finding, place
from kiosk.artefacts.terminal_status import TerminalStatus, facts_of, status_of
from kiosk.cli import run
from kiosk.cli.room_status import read_room, show_room, standing_of
from kiosk.errors import InputRefused
from kiosk.terminal.device_test import keep_tested
from kiosk.terminal.program import key_store

_WORDS = st.text("abc 0159", max_size=9)
_FINDINGS = st.dictionaries(st.sampled_from(sorted(CHECKS)), st.sampled_from(STATES)).map(
    lambda found: tuple(Finding(check, found[check]) for check in sorted(found, key=place))
)
_STATUS = st.builds(
    TerminalStatus,
    version=_WORDS,
    restart_shown=st.booleans(),
    sessions=st.dictionaries(_WORDS, _WORDS),
    waiting=st.integers(0, 10**6),
    checks=_FINDINGS,
    devices=st.dictionaries(_WORDS, st.sampled_from(["fine", "bad", "absent"])),
    tested_at=st.integers(0, 2**40),
)


@given(_STATUS)
def test_facts_say_what_was_said(status: TerminalStatus) -> None:
    assert status_of({"host": "h", **facts_of(status)}) == status


@given(st.dictionaries(st.text(), st.text()))
def test_any_facts_are_read(facts: dict[str, str]) -> None:
    status_of(facts)


def _write(stick: Path, file: str, keys: PrivateKeys, at: int = 100, **said: int) -> None:
    data = write_enrolment(keys, at, facts_of(TerminalStatus(**said)))
    (stick / f"{file}.enrol").write_bytes(data)


def test_the_newest_of_each_key_counts_and_others_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    one, two, new, gone = (
        PrivateKeys.generate(Role.TERMINAL, name) for name in ("T-01", "T-02", "T-03", "T-04")
    )
    false = PrivateKeys.generate(Role.TERMINAL, "T-02")
    _write(tmp_path, "a", one, 100, waiting=3)
    _write(tmp_path, "b", one, 200, waiting=1)
    _write(tmp_path, "c", two)
    _write(tmp_path, "d", new)
    _write(tmp_path, "e", gone)
    _write(tmp_path, "forged", false)
    damaged = bytearray((tmp_path / "a.enrol").read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "damaged.enrol").write_bytes(damaged)
    (tmp_path / "proctor.enrol").write_bytes(
        write_enrolment(PrivateKeys.generate(Role.PROCTOR, "李"), 0, {})
    )
    listed = [keys.record for keys in (one, two, gone)]
    standing = partial(standing_of, listed, [gone.record.kid])

    room = read_room(tmp_path, standing)
    assert [(row.name, row.standing, row.status.waiting) for row in room.terminals] == [
        ("T-01", "enrolled", 1),
        ("T-02", "enrolled", 0),
        ("T-03", "unknown", 0),
        ("T-04", "revoked", 0),
    ]
    assert [Path(file.file).stem for file in room.refused] == ["damaged", "forged"]
    assert "another key is enrolled as T-02" in room.refused[1].reason
    with pytest.raises(Exception, match="3"):
        show_room(tmp_path, standing, as_json=False)
    shown = capsys.readouterr()
    assert "T-04" in shown.out
    assert "forged.enrol" in "".join(shown.err.split())


def test_a_folder_without_terminals_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no terminal has written here"):
        read_room(tmp_path, lambda _record: "unknown")


def test_a_terminal_tells_a_stick_of_its_devices_and_is_shown_before_it_is_enrolled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = ["--state", str(tmp_path / "state")]
    assert run(["terminal", "enrol", *state, "--name", "T-01"]) == 0
    keep_tested(tmp_path / "state", 1_790_000_000, {"screen": "fine", "touch": "bad"})
    assert run(["terminal", "status", *state, "--to", str(tmp_path)]) == 0
    capsys.readouterr()
    assert run(["terminal", "status", *state, "--room", str(tmp_path), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["terminals"]
    assert row["kid"] == key_store(tmp_path / "state").load().record.kid.hex()
    assert (row["standing"], row["status"]["tested_at"]) == ("unknown", 1_790_000_000)
    assert row["status"]["devices"] == {"screen": "fine", "touch": "bad"}
