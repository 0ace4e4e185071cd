"""Deterministic CBOR: every value has one encoding, and a decoder accepts no other.

RFC 8949 section 4.2 (core deterministic encoding as `cbor2` canonical does it, map keys sorted
length-first). Values are `msgspec` structs; a decoded value is checked against its type, unknown
fields included, and encoded again: bytes that differ are refused, so that a signature covers exactly
one meaning.
"""

from __future__ import annotations

from typing import Any, TypeVar

import cbor2
import msgspec

from kiosk.errors import InputRefused

T = TypeVar("T")

MAX_DEPTH = 64
"""Nesting allowed; the deepest of our own artefacts (tables in lists of an item) stays under 30."""


def encode(value: Any) -> bytes:
    """`value` (structs, containers, text, bytes, integers) as canonical CBOR."""
    return cbor2.dumps(msgspec.to_builtins(value, builtin_types=(bytes,)), canonical=True)


def decode(data: bytes, kind: type[T], what: str) -> T:
    """The value of type `kind` that `data` holds; `what` names it in errors.

    Raises:
        InputRefused: no CBOR, not canonical, a missing or unknown field, a wrong type.
    """
    plain = decode_plain(data, what)
    try:
        value = msgspec.convert(plain, kind, builtin_types=(bytes,))
    except (msgspec.ValidationError, ValueError, TypeError) as fault:
        raise InputRefused(f"not a valid {what}: {fault}", remedy=_REMEDY) from fault
    if encode(value) != data:
        raise InputRefused(f"not a valid {what}: not in its canonical form", remedy=_REMEDY)
    return value


def decode_plain(data: bytes, what: str) -> Any:
    """The plain CBOR value of `data`, with limits on depth and no trailing bytes.

    Raises:
        InputRefused: no CBOR, too deep, or more than one value.
    """
    try:
        return cbor2.loads(
            data, max_depth=MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False
        )
    except (cbor2.CBORDecodeError, ValueError, RecursionError, MemoryError) as fault:
        raise InputRefused(f"not a valid {what}: damaged or not CBOR", remedy=_REMEDY) from fault


_REMEDY = "Copy the file again from where it came; keep this one"
