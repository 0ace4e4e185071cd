"""Digests as words, for people to compare aloud or copy by hand.

The words are BIP-39's English and simplified Chinese lists (2,048 words each, 11 bits a word), taken
from the `mnemonic` package; the same digest gives the same indices in both languages.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from kiosk.artefacts.keys import KeyRecord

BITS_PER_WORD = 11
_LISTS = {"zh-CN": "chinese_simplified.txt", "en": "english.txt"}


def words(digest: bytes, count: int, lang: str) -> tuple[str, ...]:
    """The first `count` words of `digest` in `lang` (`zh-CN` or `en`)."""
    value = int.from_bytes(digest, "big")
    bits = len(digest) * 8
    table = _table(lang)
    return tuple(
        table[(value >> (bits - BITS_PER_WORD * (index + 1))) & 0x7FF] for index in range(count)
    )


def record_words(record: KeyRecord, lang: str) -> tuple[str, ...]:
    """Six words (66 bits) over both public keys of a record, compared at enrolment."""
    return words(record_digest(record), 6, lang)


def root_words(root_json: bytes, lang: str) -> tuple[str, ...]:
    """Six words over the bytes of a trust root, compared where a device first meets a station."""
    return words(hashlib.sha256(root_json).digest(), 6, lang)


def record_digest(record: KeyRecord) -> bytes:
    """SHA-256 over role and public keys: what enrolment compares."""
    return hashlib.sha256(f"{record.role}:".encode() + record.sign + (record.seal or b"")).digest()


@cache
def _table(lang: str) -> tuple[str, ...]:
    # Its lists are all that is wanted: to import it, or `importlib.resources`, costs a start 10 ms.
    package = find_spec("mnemonic")
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0])
    return tuple((folder / "wordlist" / _LISTS[lang]).read_text("utf-8").split())
