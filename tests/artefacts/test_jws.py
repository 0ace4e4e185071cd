"""The JWS of credentials, held against another library's (joserfc) in both directions, and against damage."""

from __future__ import annotations

import json
import warnings
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey
from msgspec.structs import replace

from kiosk.artefacts.jws import MAX_TEXT, did_key, read_jws, sign_jws
from kiosk.errors import InputRefused
from tests.artefacts.samples import STATION

SEED = bytes(32)
ZERO = replace(
    STATION.record, sign=Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
)
THEIRS = OKPKey.import_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": urlsafe_b64encode(ZERO.sign).decode().rstrip("="),
        "d": urlsafe_b64encode(SEED).decode().rstrip("="),
    }
)

objects = st.dictionaries(
    st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())
)


def by_them(header: object, payload: bytes = b"{}") -> bytes:
    """Signed with the key `ZERO`, whatever the header says."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    parts = [urlsafe_b64encode(part).rstrip(b"=") for part in (head, payload)]
    message = b".".join(parts)
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(message)
    return message + b"." + urlsafe_b64encode(signature).rstrip(b"=")


def test_a_did_is_that_of_the_methods_vector() -> None:
    # W3C did:key, test vector of the Ed25519 seed of noughts
    assert did_key(ZERO) == "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"


@settings(max_examples=30)
@given(objects)
def test_another_library_reads_what_is_signed_and_signs_what_is_read(
    said: dict[str, object],
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that RFC 9864 has a newer name for EdDSA
        ours = sign_jws(said, STATION)
        key = OKPKey.import_key(jws.extract_compact(ours.encode()).headers()["jwk"])
        theirs = jws.serialize_compact(
            {"alg": "EdDSA"}, json.dumps(said), THEIRS, algorithms=["EdDSA"]
        )
        assert json.loads(jws.deserialize_compact(ours, key, ["EdDSA"]).payload) == said
    assert key.raw_value.public_bytes_raw() == STATION.record.sign
    assert read_jws(ours.encode() + b"\n", STATION.record) == said
    assert read_jws(theirs.encode(), ZERO) == said


def test_no_character_can_be_changed_left_out_or_added() -> None:
    token = sign_jws({"name": "王"}, STATION).encode()
    for at in range(len(token)):
        for put in (b"A", b"B", b"", b"=", b".", token[at : at + 1] + b"\n" * 4):
            other = token[:at] + put + token[at + 1 :]
            if other.strip() != token:
                with pytest.raises(InputRefused):
                    read_jws(other, STATION.record)


@pytest.mark.parametrize(
    "token",
    [
        by_them({"alg": "none"}),
        by_them({"alg": "HS256"}),
        by_them({"alg": ["EdDSA"]}),
        by_them({}),
        by_them(["alg"]),
        by_them("alg"),
        by_them({"alg": "EdDSA", "crit": ["b64"], "b64": False}),
        by_them(b"[" * 30_000),
        by_them({"alg": "EdDSA"}, b"[]"),
        by_them({"alg": "EdDSA"}, b"\xff"),
        by_them({"alg": "EdDSA"}, b"[" * 30_000),
        by_them({"alg": "EdDSA"}, b'{"a":"' + b"a" * MAX_TEXT + b'"}'),
        b"",
        b"..",
        b"a.b.c",
        "王.王.王".encode(),
    ],
)
def test_what_is_no_signed_object_is_refused_though_its_signature_holds(token: bytes) -> None:
    assert read_jws(by_them({"alg": "EdDSA"}), ZERO) == {}
    with pytest.raises(InputRefused):
        read_jws(token, ZERO)


def test_the_key_that_a_header_names_counts_for_nothing() -> None:
    with pytest.raises(InputRefused, match="does not hold"):
        read_jws(sign_jws({}, STATION).encode(), ZERO)
