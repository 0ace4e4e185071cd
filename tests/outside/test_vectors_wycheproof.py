"""Ed25519 and AES-256-GCM against Project Wycheproof's vectors, through our own functions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.sealing import unwrap
from kiosk.errors import InputRefused

FOLDER = Path(os.environ["KIOSK_SHARED_DATA"]) / "vectors" / "wycheproof"


def vectors_of(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each (group, test) of a file."""
    for group in json.loads((FOLDER / name).read_text())["testGroups"]:
        for test in group["tests"]:
            yield group, test


def told(test: dict[str, Any]) -> str:
    return f"{test['tcId']} {test['comment']} {test['flags']}"


def test_every_ed25519_signature_is_judged_as_published() -> None:
    judged = {"valid": 0, "invalid": 0}
    for group, test in vectors_of("ed25519_test.json"):
        record = KeyRecord(Role.PROCTOR, "v", bytes.fromhex(group["publicKey"]["pk"]))
        holds = record.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
        assert holds == (test["result"] == "valid"), told(test)
        judged[test["result"]] += 1
    assert judged["valid"] >= 50
    assert judged["invalid"] >= 50


def test_every_aes_gcm_box_of_our_shape_opens_or_is_refused_as_published() -> None:
    """Ours has a 256-bit key, a 96-bit nonce and a 128-bit tag, nonce first."""
    judged = {"valid": 0, "invalid": 0}
    for group, test in vectors_of("aes_gcm_test.json"):
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        box = bytes.fromhex(test["iv"] + test["ct"] + test["tag"])
        key, aad = bytes.fromhex(test["key"]), bytes.fromhex(test["aad"])
        judged[test["result"]] += 1
        if test["result"] == "valid":
            assert unwrap(key, box, aad).hex() == test["msg"], told(test)
        else:
            with pytest.raises(InputRefused):
                unwrap(key, box, aad)
    assert judged["valid"] >= 20
    assert judged["invalid"] >= 10


def test_a_box_with_another_nonce_length_is_refused_or_not_what_was_sealed() -> None:
    for group, test in vectors_of("aes_gcm_test.json"):
        if group["keySize"] == 256 and group["ivSize"] != 96:
            box = bytes.fromhex(test["iv"] + test["ct"] + test["tag"])
            with pytest.raises(InputRefused):
                unwrap(bytes.fromhex(test["key"]), box, bytes.fromhex(test["aad"]))
