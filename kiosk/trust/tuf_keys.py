"""The signing keys of the trust repository's own roles, as PKCS#8 PEM files.

PEM, unlike the programs' other keys, because any TUF tool reads it: the root can be rotated on a
machine that has none of our programs. Ed25519; 0600; never overwritten.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner

from kiosk.errors import NotPermitted, StorageFault
from kiosk.trust.durable import read_secret, write_secret

ROOT_KEYS = ("root-1", "root-2", "root-3")
ROOT_THRESHOLD = 2
OFFLINE_KEYS = (*ROOT_KEYS, "targets")
ONLINE_KEYS = ("station", "snapshot", "timestamp")


def create_key(folder: Path, name: str) -> CryptoSigner:
    """A new key in a folder of its own, so that each root key can be given to another person."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(_path(folder, name), pem)
    return CryptoSigner(key)


def load_key(folder: Path, name: str) -> CryptoSigner:
    """The key.

    Raises:
        NotPermitted: it is not here (offline keys are taken away on purpose), or others can read it.
        StorageFault: it is damaged.
    """
    path = _path(folder, name)
    if not path.exists():
        raise NotPermitted(
            f"the {name} key of the trust repository is not here",
            where=str(path),
            remedy="Bring the folder it is kept in, and take it away again afterwards"
            if name in OFFLINE_KEYS
            else "Bring it back from its safe copy",
        )
    try:
        key = load_pem_private_key(read_secret(path), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise StorageFault(
            "the private key is damaged", where=str(path), remedy="Bring back its safe copy"
        )
    return CryptoSigner(key)


def _path(folder: Path, name: str) -> Path:
    return folder / name / "private.pem"
