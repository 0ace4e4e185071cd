"""`.transfer`: a terminal's journal of one session, for another terminal of the session to go on with.

CBOR array of [statement, rows]: the statement is a COSE_Sign1 by the terminal over the journal's count
and head and the last sign of life there; the rows are the journal's, sealed as they lie on its disk.
Their key is derived from the session key, so that any released terminal of the session can open them
and nobody else. Where it goes as a row of QR codes, one box stands for the rows: the entries, compressed
before they are sealed under the same key, a quarter of the size. A mirror is the same file, written anew after each commit.

What the rows say tells one from the other: a sitting that ended as transferred was given away by a
proctor; one that still runs lost its terminal.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.chain import TakenOver, head_of, row_context
from kiosk.artefacts.codec import decode, decode_plain, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, decompressed, unwrap, wrap
from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_BYTES = 8 * 1024 * 1024
"""Most a `.transfer` may hold; a long sitting is about 100 KB."""


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """What the terminal signs. `rows_sha256` is of the sealed rows, one after the other, so that anybody
    can check them; `count` and `head` are of the entries in them, which the station checks. `boot` and `at_ms` are its last sign of life (CLOCK_BOOTTIME), `wall_s`
    its clock then, UTC epoch seconds."""

    suite: Literal[1]
    session: str
    terminal: bytes
    count: int
    head: bytes
    rows_sha256: bytes
    boot: str
    at_ms: int
    wall_s: int


class Transfer(Struct, frozen=True):
    """A `.transfer` as read: the statement's bytes and unverified frame, and the sealed rows, or the
    box in their place."""

    signed: bytes
    frame: Frame
    rows: tuple[bytes, ...]
    box: bytes | None = None


def write_transfer(
    rows: Sequence[bytes],
    head: bytes,
    *,
    session: str,
    boot: str,
    at_ms: int,
    wall_s: int,
    terminal: Signer,
) -> bytes:
    """The bytes of a `.transfer`; `rows` are the sealed entries, oldest first, that lead to `head`."""
    statement = Statement(
        suite=1,
        session=session,
        terminal=terminal.record.kid,
        count=len(rows),
        head=head,
        rows_sha256=_digest(rows),
        boot=boot,
        at_ms=at_ms,
        wall_s=wall_s,
    )
    return encode([sign(encode(statement), Kind.TRANSFER, terminal), list(rows)])


def write_compact(transfer: Transfer, entries: Sequence[bytes], key: bytes) -> bytes:
    """The same transfer, small enough for a row of QR codes.

    Args:
        entries: of its rows, in the clear.
        key: as `open_rows`.
    """
    statement = told(transfer.signed)
    plain = zlib.compress(encode(list(entries)), 9)
    return encode([transfer.signed, wrap(key, plain, _box_context(statement))])


def read_transfer(data: bytes) -> Transfer:
    """The parts of a `.transfer`, nothing verified yet.

    Raises:
        InputRefused: not a `.transfer`.
    """
    value = decode_plain(data, mark("transfer"))
    match value:
        case [bytes(signed), [*rows]] if all(type(row) is bytes for row in rows):
            if encode(value) == data:
                return Transfer(signed, read_frame(signed, mark("transfer")), tuple(rows))
        case [bytes(signed), bytes(box)] if encode(value) == data:
            return Transfer(signed, read_frame(signed, mark("transfer")), (), box)
    raise InputRefused(mark("not a valid transfer"))


def statement_of(transfer: Transfer, terminal: KeyRecord) -> Statement:
    """The statement, once the terminal's signature holds, and over these rows.

    Raises:
        InputRefused, NotPermitted: as `cose.verified`; or it names another terminal or other rows.
    """
    statement = _statement(transfer.frame, terminal)
    if transfer.box is not None:
        return statement  # the seal and the head vouch for it when it is opened
    if (statement.count, statement.rows_sha256) != (len(transfer.rows), _digest(transfer.rows)):
        raise InputRefused(mark("the transfer's rows are not those its terminal signed for"))
    return statement


def open_rows(transfer: Transfer, statement: Statement, key: bytes) -> tuple[bytes, ...]:
    """The journal's entries, each seal and the way to the signed head checked.

    Args:
        key: `session.journal_key(K_s, statement.terminal)`.

    Raises:
        InputRefused: damaged, or of another session.
    """
    if transfer.box is not None:
        plain = unwrap(key, transfer.box, _box_context(statement))
        entries = decode(decompressed(plain, MAX_BYTES), tuple[bytes, ...], mark("transfer"))
        _lead_to_head(entries, statement)
        return entries
    entries = tuple(
        unwrap(key, row, row_context(statement.session, statement.terminal, seq))
        for seq, row in enumerate(transfer.rows, start=1)
    )
    _lead_to_head(entries, statement)
    return entries


def vouched(taken: TakenOver, terminal: KeyRecord) -> Statement:
    """What the terminal before said of the journal that `taken` holds, once it holds.

    Raises:
        InputRefused, NotPermitted: the signature does not hold, or is over another journal.
    """
    statement = _statement(read_frame(taken.statement, mark("transfer")), terminal)
    _lead_to_head(taken.entries, statement)
    return statement


def told(signed: bytes) -> Statement:
    """What a statement says that a journal of one's own holds, and that was checked when it came."""
    return decode(read_frame(signed, mark("transfer")).payload, Statement, mark("transfer"))


def _statement(frame: Frame, terminal: KeyRecord) -> Statement:
    payload = verified(frame, Kind.TRANSFER, terminal, mark("transfer"))
    statement = decode(payload, Statement, mark("transfer"))
    if statement.terminal != terminal.kid:
        raise InputRefused(mark("the transfer names another terminal than the one that signed it"))
    return statement


def _box_context(statement: Statement) -> bytes:
    return context(Kind.TRANSFER, statement.session, statement.terminal, statement.head)


def _digest(rows: Sequence[bytes]) -> bytes:
    return hashlib.sha256(b"".join(rows)).digest()


def _lead_to_head(entries: Sequence[bytes], statement: Statement) -> None:
    head = head_of(statement.session, statement.terminal, entries)
    if (len(entries), head) != (statement.count, statement.head):
        raise InputRefused(mark("the transfer's journal does not lead to its signed head"))
