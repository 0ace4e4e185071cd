"""COSE_Sign1 against the COSE working group's examples.

Our artefacts use one algorithm, Ed25519, under its fully specified number (-19); the examples use
EdDSA (-8) and ES256. So the frame and the Sig_structure are ours in all of them, the Ed25519
signature is checked by our key record, and ES256 by the library alone, to see the failing ones fail.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from kiosk.artefacts.cose import Frame, parse_sign1, read_frame
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused

FOLDER = Path(os.environ["KIOSK_SHARED_DATA"]) / "vectors" / "cose-wg"
FILES = sorted(
    [*FOLDER.glob("sign1-tests/*.json"), *FOLDER.glob("eddsa-examples/eddsa-sig-*.json")]
)
each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)

# Not our shape: pass-03 has no tag, fail-01 another one.
NOT_TAGGED = {"sign-pass-03", "sign-fail-01"}
# Its protected header is an empty map (h'A0') that counts as empty bytes in the Sig_structure. Ours
# always names algorithm and key; `read_frame` refuses it.
EMPTY_HEADER = {"sign-pass-01"}
# What they carry is not what was signed: the content, or the header.
CHANGED_CONTENT = {"sign-fail-02"}
ALTERED = {"sign-fail-02", "sign-fail-03", "sign-fail-04", "sign-fail-06", "sign-fail-07"}


def load(path: Path) -> tuple[dict[str, Any], bytes]:
    vector = json.loads(path.read_text())
    return vector, bytes.fromhex(vector["output"]["cbor"])


def frame_of(data: bytes) -> Frame:
    protected, _, payload, signature = parse_sign1(data, "vector")
    return Frame(protected, b"", payload, signature)


def test_the_vectors_are_there() -> None:
    assert len(FILES) >= 11


@each
def test_the_frame_is_read_and_the_sig_structure_is_the_published_one(path: Path) -> None:
    vector, data = load(path)
    if path.stem in NOT_TAGGED:
        with pytest.raises(InputRefused):
            parse_sign1(data, "vector")
        return
    frame = frame_of(data)
    same = frame.payload == vector["input"]["plaintext"].encode()
    assert same == (path.stem not in CHANGED_CONTENT)
    external = bytes.fromhex(vector["input"]["sign0"].get("external", ""))
    published = bytes.fromhex(vector["intermediates"]["ToBeSign_hex"])
    assert (frame.message(external) == published) == (path.stem not in EMPTY_HEADER | ALTERED)


@each
def test_no_frame_of_another_algorithm_or_header_is_one_of_ours(path: Path) -> None:
    with pytest.raises(InputRefused):
        read_frame(load(path)[1], "vector")


def test_the_ed25519_example_verifies_by_our_key_record_and_no_changed_one() -> None:
    vector, data = load(FOLDER / "eddsa-examples" / "eddsa-sig-01.json")
    frame = frame_of(data)
    key = bytes.fromhex(vector["input"]["sign0"]["key"]["x_hex"])
    record = KeyRecord(Role.TERMINAL, "vector", key)
    message = frame.message(b"")
    assert record.verify(frame.signature, message)
    for at in range(64):
        changed = bytearray(frame.signature)
        changed[at] ^= 1
        assert not record.verify(bytes(changed), message)
    assert not record.verify(frame.signature, message + b"x")
    assert not record.verify(frame.signature, frame.message(b"another type"))


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem.startswith("sign-")], ids=lambda path: path.stem
)
def test_what_passes_and_fails_under_es256_does_so_over_our_sig_structure(path: Path) -> None:
    vector, data = load(path)
    if path.stem in NOT_TAGGED | EMPTY_HEADER:
        return  # refused before any signature, as shown above
    frame = frame_of(data)
    part = vector["input"]["sign0"]
    external = bytes.fromhex(part.get("external", ""))
    x, y = (int.from_bytes(_base64url(part["key"][name]), "big") for name in "xy")
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(half, "big") for half in (frame.signature[:32], frame.signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), frame.message(external), ec.ECDSA(SHA256()))
    except InvalidSignature:
        assert vector.get("fail")
    else:
        assert not vector.get("fail")


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
