"""A device asks to be listed: it must hold the key it asks for, and the key must be of use."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.artefacts import enrolment
from kiosk.artefacts.codec import encode
from kiosk.artefacts.cose import sign
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.qr import Prefix, matrix, to_text
from kiosk.errors import InputRefused, NotPermitted
from tests.artefacts import samples


def asked_for(record: KeyRecord, signer: PrivateKeys) -> bytes:
    return sign(encode(enrolment.Enrolment(record, samples.AT, {})), Kind.ENROLMENT, signer)


def test_a_request_proves_its_own_key_and_no_other() -> None:
    read = enrolment.read_enrolment(enrolment.write_enrolment(samples.TERMINAL, samples.AT, {}))
    assert read.record == samples.TERMINAL.record
    for wanted in (samples.SPARE.record, samples.PROCTOR.record):
        with pytest.raises(InputRefused, match="does not hold"):
            enrolment.read_enrolment(asked_for(wanted, samples.TERMINAL))


@pytest.mark.parametrize("role", [Role.STATION, Role.OPENING, Role.LOG, Role.RECOVERY])
def test_nobody_enrols_as_a_station_by_file(role: Role) -> None:
    wanted = replace(samples.TERMINAL.record, role=role)
    with pytest.raises(NotPermitted, match="may not sign"):
        enrolment.read_enrolment(asked_for(wanted, samples.TERMINAL))


@pytest.mark.parametrize("seal", [None, b"", bytes(31), bytes(32), b"\x01" + bytes(31), bytes(33)])
def test_a_sealing_key_of_no_use_is_refused_at_enrolment(seal: bytes | None) -> None:
    wanted = replace(samples.TERMINAL.record, seal=seal)
    with pytest.raises(InputRefused, match="T-01 cannot be used"):
        enrolment.read_enrolment(asked_for(wanted, samples.TERMINAL))


def test_an_author_who_only_signs_needs_no_sealing_key() -> None:
    author = PrivateKeys.generate(Role.AUTHOR, "陈老师", sealing=False)
    read = enrolment.read_enrolment(enrolment.write_enrolment(author, samples.AT, {}))
    assert read.record.seal is None


def test_the_words_change_with_role_and_either_key() -> None:
    record = samples.TERMINAL.record
    others = (
        replace(record, role=Role.PROCTOR),
        replace(record, sign=samples.SPARE.record.sign),
        replace(record, seal=samples.SPARE.record.seal),
    )
    for lang in ("en", "zh-CN"):
        assert len(record_words(record, lang)) == 6
        assert all(record_words(record, lang) != record_words(other, lang) for other in others)


def test_the_code_is_the_whole_request_and_no_other_code_passes_for_it() -> None:
    facts = {"host": "h" * 64, "version": "0.1.0"}
    request = enrolment.write_enrolment(samples.TERMINAL, samples.AT, facts)
    code = enrolment.enrolment_code(request)
    assert enrolment.enrolment_of_code(f"{code.lower()}\r\n") == request
    assert len(matrix(code)) <= 17 + 4 * 15
    for other in (to_text(Prefix.SLIP, request), code[:-2], samples.TERMINAL.record.kid.hex()):
        with pytest.raises(InputRefused):
            enrolment.read_enrolment(enrolment.enrolment_of_code(other))
