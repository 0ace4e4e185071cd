"""Deterministic CBOR: every value has one encoding, and a decoder accepts no other.

RFC 8949 section 4.2 (core deterministic encoding as `cbor2` canonical does it, map keys sorted
length-first). Values are `msgspec` structs; a decoded value is checked against its type, unknown
fields included, and encoded again: bytes that differ are refused, so that a signature covers exactly
one meaning.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from enum import Enum
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, Literal, NoReturn, TypeVar, get_origin

import cbor2
import msgspec
from msgspec import NODEFAULT
from msgspec.structs import replace

from kiosk.errors import InputRefused
from kiosk.words import mark

T = TypeVar("T")

MAX_DEPTH = 64
"""Nesting allowed; the deepest of our own artefacts (tables in lists of an item) stays under 30."""


COSE_SIGN1_TAG = 18
"""RFC 9052 section 2; the only tag that may occur."""


def encode(value: Any) -> bytes:
    """`value` (structs, containers, text, bytes, integers) as canonical CBOR."""
    return _dumped(_settled(value))


def decode(data: bytes, kind: type[T], what: str) -> T:
    """The value of type `kind` that `data` holds; `what`, named with `words.mark`,
    says in errors what it should have been.

    Raises:
        InputRefused: no CBOR, not canonical, a missing or unknown field, a wrong type.
    """
    return _checked(decode_plain(data, what), data, kind, what)


def decode_each(parts: Sequence[bytes], kind: type[T], what: str) -> tuple[T, ...]:
    """What `decode` gives for each of `parts`, in a third of the time.

    Raises:
        InputRefused: as `decode`, when one of them is no valid `what`.
    """
    whole = b"".join(parts)
    stream = io.BytesIO(whole)
    decoder = _decoder(stream)
    plain = []
    # Each must end where its part ends: the end of one cannot be taken for the beginning of the next.
    for end in accumulate(map(len, parts)):
        plain.append(_next_value(decoder, what))
        if stream.tell() != end:
            raise InputRefused(
                mark("not a valid {what}: something follows it"), remedy=_REMEDY, what=what
            )
    array = _dumped([None] * len(parts))[: -len(parts) or None]
    # A type made of a value: to be told without the excuse once there is `TypeForm` (PEP 747).
    return _checked(plain, array + whole, tuple[kind, ...], what)  # type: ignore[valid-type]


def _checked(plain: Any, data: bytes, kind: type[T], what: str) -> T:
    """The value that `plain` tells, if `data` is its one encoding."""
    try:
        value = msgspec.convert(plain, kind, builtin_types=(bytes,))
    except (msgspec.ValidationError, ValueError) as fault:
        raise InputRefused(
            mark("not a valid {what}: {fault}"), remedy=_REMEDY, what=what, fault=str(fault)
        ) from fault
    if _encoded_again(value) != data:
        raise InputRefused(
            mark("not a valid {what}: not in its canonical form"), remedy=_REMEDY, what=what
        )
    return value


_LEAVES = frozenset({str, bytes, int, bool, type(None)})


def _settled(value: Any) -> Any:
    """`value` with the defaults themselves where it holds their equals.

    msgspec leaves a default out by identity: "zh-CN" from a file or a widget equals the default, is
    another object, and would be written beside encodings that leave it out.
    """
    if type(value) in _LEAVES:
        return value
    match value:
        case msgspec.Struct():
            changes = {}
            for name, default in _to_settle(type(value)):
                held = getattr(value, name)
                if held is default:
                    continue
                settled = _settled(held)
                if type(settled) is type(default) and settled == default:
                    settled = default
                if settled is not held:
                    changes[name] = settled
            return replace(value, **changes) if changes else value
        case dict():
            settled = {key: _settled(one) for key, one in value.items()}
            return settled if any(settled[key] is not value[key] for key in value) else value
        case list() | tuple():
            parts = [one if type(one) in _LEAVES else _settled(one) for one in value]
            same = all(one is held for one, held in zip(parts, value, strict=True))
            return value if same else type(value)(parts)
        case _:
            return value


@cache
def _to_settle(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Each field with the default that is left out, `NODEFAULT` where none is: there only those fields
    that can hold a struct somewhere."""
    names, known = kind.__struct_fields__, kind.__struct_defaults__
    if not kind.__struct_config__.omit_defaults:
        known = ()
    defaults = (NODEFAULT,) * (len(names) - len(known)) + known
    types = [field.type for field in msgspec.structs.fields(kind)]
    return tuple(
        (name, default)
        for name, default, held in zip(names, defaults, types, strict=True)
        if default is not NODEFAULT or not _is_leaf(held)
    )


def _is_leaf(kind: Any) -> bool:
    enum = isinstance(kind, type) and issubclass(kind, Enum)
    return kind in _LEAVES or enum or get_origin(kind) is Literal


def _dumped(value: Any) -> bytes:
    plain = msgspec.to_builtins(value, builtin_types=(bytes,))
    try:
        return cbor2.dumps(_ordered(plain))
    except _Otherwise:
        return cbor2.dumps(plain, canonical=True)


class _Otherwise(Exception):
    """A value of a kind that only `cbor2` knows the canonical form of."""


def _ordered(plain: Any) -> Any:
    """`plain` with its maps' keys in canonical order. Of what may be here `cbor2` leaves nothing else to
    choice, and asking it for the order too takes eight times as long (cbor2 6.0, 138 bytes: 122 us to 15).

    Raises:
        _Otherwise: anything but maps with text or bytes as keys, lists, text, bytes, whole numbers.
    """
    kind = type(plain)
    if kind in _LEAVES:
        return plain
    if kind is dict:
        return {
            key: held if type(held := plain[key]) in _LEAVES else _ordered(held)
            for key in _key_order(tuple(plain))
        }
    if kind is list or kind is tuple:
        return [one if type(one) in _LEAVES else _ordered(one) for one in plain]
    raise _Otherwise


@lru_cache(maxsize=4096)
def _key_order(keys: tuple[Any, ...]) -> tuple[Any, ...]:
    """The keys of a map by the length of their encodings, then bytewise (RFC 7049 section 3.9)."""
    if any(type(key) is not str and type(key) is not bytes for key in keys):
        raise _Otherwise
    encoded = {key: cbor2.dumps(key) for key in keys}
    return tuple(sorted(keys, key=lambda key: (len(encoded[key]), encoded[key])))


def _encoded_again(value: object) -> bytes | None:
    """None for a value that none of ours is and that a field of any type let in."""
    try:
        return _dumped(value)
    except (cbor2.CBORError, ValueError, TypeError):
        return None


def decode_plain(data: bytes, what: str) -> Any:
    """The plain CBOR value of `data`, with limits on depth and no trailing bytes.

    Raises:
        InputRefused: no CBOR, too deep, a tag other than COSE_Sign1's, or more than one value.
    """
    stream = io.BytesIO(data)
    value = _next_value(_decoder(stream), what)
    if stream.tell() != len(data):
        raise InputRefused(
            mark("not a valid {what}: something follows it"), remedy=_REMEDY, what=what
        )
    return value


def _decoder(stream: io.BytesIO) -> cbor2.CBORDecoder:
    return cbor2.CBORDecoder(
        stream,
        max_depth=MAX_DEPTH,
        allow_indefinite=False,
        allow_duplicate_keys=False,
        semantic_decoders=_REFUSED_TAGS,
        tag_hook=_only_cose,
    )


def _next_value(decoder: cbor2.CBORDecoder, what: str) -> Any:
    try:
        return decoder.decode()
    except (cbor2.CBORDecodeError, ValueError, RecursionError, MemoryError) as fault:
        raise InputRefused(
            mark("not a valid {what}: damaged or not CBOR"), remedy=_REMEDY, what=what
        ) from fault


def _refuse(value: object, immutable: bool) -> NoReturn:
    raise ValueError("a CBOR tag that none of our artefacts has")


def _only_cose(tag: cbor2.CBORTag, immutable: bool) -> cbor2.CBORTag:
    if tag.tag != COSE_SIGN1_TAG:
        _refuse(tag, immutable)
    return tag


# What cbor2 would turn into values of its own: dates, regular expressions (compiled as they are
# read), e-mail messages, sets, references that make a list contain itself.
_REFUSED_TAGS = dict.fromkeys(
    (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 100, 256, 258, 260, 261, 1004, 43000, 55799),
    _refuse,
)


_REMEDY = mark("Copy the file again from where it came; keep this one")
