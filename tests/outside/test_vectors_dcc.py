"""Real QR tokens of another system (EU digital certificates) through our base45 and frame parser.

They are base45, zlib, CBOR, COSE_Sign1, as ours are but for the compression; they are signed with
ES256 or PS256, which are not ours, so no signature is checked here.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any

import pytest

from kiosk.artefacts.cose import parse_sign1, read_frame
from kiosk.artefacts.qr import MAX_TEXT, Prefix, from_text, to_text
from kiosk.errors import InputRefused

FOLDER = Path(os.environ["KIOSK_SHARED_DATA"]) / "vectors" / "eu-dcc"
TOKENS = {
    f"{path.parts[-4]}-{path.stem}": json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*/2DCode/raw/*.json"))
}
READABLE = [
    name
    for name, token in TOKENS.items()
    if token.get("PREFIX", "").startswith("HC1:")
    and token["EXPECTEDRESULTS"].get("EXPECTEDB45DECODE") is not False
    and token["EXPECTEDRESULTS"].get("EXPECTEDCOMPRESSION") is not False
    and token["EXPECTEDRESULTS"].get("EXPECTEDDECODE") is not False
]
# Not our shape: a CWT tag (61) around the COSE tag; a byte behind the frame.
OTHER_SHAPE = {"common-CO28", "common-CBO2"}


def ours(token: dict[str, Any]) -> str:
    """The token's base45 under a prefix of ours."""
    text: str = token["PREFIX"]
    return Prefix.ADMISSION + text.removeprefix("HC1:")


def test_the_tokens_are_there() -> None:
    assert len(TOKENS) >= 40
    assert len(READABLE) >= 20


@pytest.mark.parametrize("name", READABLE)
def test_base45_reads_and_writes_what_other_systems_wrote(name: str) -> None:
    token = TOKENS[name]
    prefix, packed = from_text(ours(token))
    assert prefix is Prefix.ADMISSION
    assert to_text(prefix, packed) == ours(token)
    if "COMPRESSED" in token:
        assert packed.hex() == token["COMPRESSED"].lower()


@pytest.mark.parametrize("name", READABLE)
def test_the_frame_parser_reads_their_cose_and_refuses_it_as_ours(name: str) -> None:
    token = TOKENS[name]
    data = zlib.decompress(from_text(ours(token))[1])
    with pytest.raises(InputRefused):
        read_frame(data, "proctor's code")
    if name in OTHER_SHAPE:
        with pytest.raises(InputRefused):
            parse_sign1(data, "token")
        return
    _, _, payload, signature = parse_sign1(data, "token")
    assert payload
    assert signature


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_of_another_system_is_said_to_be_one(name: str) -> None:
    text = TOKENS[name].get("PREFIX", "")
    if len(text) <= MAX_TEXT:
        with pytest.raises(InputRefused):
            from_text(text)


def test_base45_that_is_broken_is_refused() -> None:
    broken = TOKENS["common-B1"]["PREFIX"]
    with pytest.raises(InputRefused, match="not read whole"):
        from_text(Prefix.ADMISSION + broken.removeprefix("HC1:"))
