"""The vectors of docs/formats.md: reads them, and writes them anew.

    python -m tests.artefacts.vectors --write

Keys are fixed (`samples.py`); sealing is random, so that new vectors differ from the old ones and
both open with the same keys.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from kiosk.artefacts.qr import Prefix, to_text
from kiosk.trust.key_file import key_file_bytes
from kiosk.trust.keystore import ProctorKeyStore
from tests.artefacts.samples import PARTIES, SAMPLES, TERMINAL, secret

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats.md"
CARD, PIN = secret("card", 16), "246810"
QR = {
    "challenge": Prefix.CHALLENGE,
    "unlock token": Prefix.ANSWER,
    "certificate": Prefix.CERTIFICATE,
}

_FENCE = re.compile(r"^```(hex|qr) (.+)\n((?:.+\n)*?)```$", re.MULTILINE)
_CDDL = re.compile(r"^```cddl\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PARTIES = re.compile(r"(<!-- parties -->\n).*?(<!-- /parties -->)", re.DOTALL)
_COLUMNS = 96


def schema() -> str:
    """All CDDL of the document."""
    return "\n".join(_CDDL.findall(DOCUMENT.read_text("utf-8")))


def vectors() -> dict[str, bytes]:
    """Every hex vector of the document, by name."""
    return {
        name: bytes.fromhex(body)
        for kind, name, body in _FENCE.findall(DOCUMENT.read_text("utf-8"))
        if kind == "hex"
    }


def qr_texts() -> dict[str, str]:
    """Every QR text of the document, by name of its artefact."""
    return {
        name: body.replace("\n", "")
        for kind, name, body in _FENCE.findall(DOCUMENT.read_text("utf-8"))
        if kind == "qr"
    }


def parties() -> str:
    """The table of the document's keys."""
    rows = []
    for keys in PARTIES:
        sign, seal = keys.private_bytes()
        assert seal is not None
        record = keys.record
        cells = (record.role, record.name, record.kid.hex(), sign.hex(), seal.hex())
        rows.append("| " + " | ".join(cells) + " |\n")
    return "".join(rows)


def written() -> str:
    """The document with new vectors."""
    made = {sample.name: sample.data for sample in SAMPLES}
    made["private key file"] = key_file_bytes(TERMINAL)
    made["proctor's key file"] = _wrapped()

    def fence(match: re.Match[str]) -> str:
        kind, name = match[1], match[2]
        body = made[name].hex() if kind == "hex" else to_text(QR[name], made[name])
        lines = [body[at : at + _COLUMNS] for at in range(0, len(body), _COLUMNS)]
        return "\n".join([f"```{kind} {name}", *lines, "```"])

    text = _FENCE.sub(fence, DOCUMENT.read_text("utf-8"))
    return _PARTIES.sub(lambda match: match[1] + parties() + match[2], text)


def _wrapped() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        ProctorKeyStore(Path(folder)).create("李芳", PIN, CARD)
        return (Path(folder) / "proctor.key").read_bytes()


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.artefacts.vectors --write")
    DOCUMENT.write_text(written(), "utf-8")
