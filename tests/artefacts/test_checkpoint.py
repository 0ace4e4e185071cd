"""The log's signed head is a C2SP checkpoint that other tools read."""

from __future__ import annotations

import base64
import hashlib

import pytest

from kiosk.artefacts.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from kiosk.errors import InputRefused, KioskError, NotPermitted
from tests.artefacts.samples import LOG, STATION, fixed_keys, secret

HEAD = Checkpoint("station.example/log", 7, secret("root"))
NOTE = sign_checkpoint(HEAD, LOG)


def test_a_checkpoint_is_the_signed_note_that_c2sp_describes() -> None:
    """Worked out here from the two specifications (signed-note, tlog-checkpoint)."""
    body = f"station.example/log\n7\n{base64.b64encode(secret('root')).decode()}\n"
    key = LOG.record.sign
    key_id = hashlib.sha256(b"station.example/log" + b"\n" + b"\x01" + key).digest()[:4]
    line = base64.b64encode(key_id + LOG.sign(body.encode())).decode()
    assert f"{body}\n— station.example/log {line}\n" == NOTE
    assert read_checkpoint(NOTE, LOG.record) == HEAD


def test_a_change_of_any_character_is_refused() -> None:
    for at in range(len(NOTE)):
        for other in ("A", "\n", " ", "0", "—"):
            if NOTE[at] != other:
                with pytest.raises(KioskError):
                    read_checkpoint(NOTE[:at] + other + NOTE[at + 1 :], LOG.record)


@pytest.mark.parametrize("line", ["07", "+7", " 7", "7 ", "７", "7_0", "-7", "", "9" * 5000])
def test_a_size_in_another_form_is_refused(line: str) -> None:
    lines = NOTE.split("\n")
    with pytest.raises(InputRefused):
        read_checkpoint("\n".join([lines[0], line, *lines[2:]]), LOG.record)


def test_only_a_log_key_signs_and_only_its_own_is_believed() -> None:
    with pytest.raises(NotPermitted):
        sign_checkpoint(HEAD, STATION)
    with pytest.raises(NotPermitted):
        read_checkpoint(NOTE, STATION.record)
    other = fixed_keys(LOG.record.role, "another log")
    with pytest.raises(InputRefused, match="does not hold"):
        read_checkpoint(NOTE, other.record)


@pytest.mark.parametrize("origin", ["", "two words", "a\nb", "a+b"])
def test_an_origin_that_a_note_cannot_carry_is_not_signed(origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        sign_checkpoint(Checkpoint(origin, 1, secret("root")), LOG)


def test_a_root_of_another_length_is_refused() -> None:
    note = sign_checkpoint(Checkpoint("log.example", 1, b"short"), LOG)
    with pytest.raises(InputRefused):
        read_checkpoint(note, LOG.record)
