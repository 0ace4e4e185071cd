"""The answer package: a sitting with its whole journal, signed by the terminal, sealed to the station.

Open and signed: session, terminal, the terminal's consecutive number, and the content key sealed to
the station's opening key and to the recovery key. Sealed and compressed: paper, responses, journal.
Evidence for an outsider discloses the one content key, so that the original signature is what is
checked.
"""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.chain import Admitted, Happened, Record, TakenOver, head_of, records_of
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Opener, Signer, sealing_key
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import (
    context,
    decompressed,
    hpke_seal,
    new_key,
    stream_open,
    stream_seal,
)
from kiosk.artefacts.sittings import begun
from kiosk.assessment.paper import Paper
from kiosk.assessment.responses import Response
from kiosk.assessment.sitting import Identity, Sitting, State
from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_CONTENT_BYTES = 8 * 1024 * 1024
"""Most a package may hold once decompressed; a long sitting is about 100 KB."""


class PackageContent(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What only the station reads.

    `journal` has every entry of the terminal's journal of this session up to the hand-in, `sitting`
    says which of its sittings the package is for (counting from 0). Paper, responses and state repeat
    what the journal says, for readers who do not replay it; intake checks that they agree.
    """

    identity: Identity
    state: State
    paper: Paper
    responses: dict[str, dict[str, Response]]
    journal: tuple[bytes, ...]
    sitting: int
    session_sha256: bytes
    bank_image_sha256: bytes
    version: str
    seat: str = ""

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """What the journal's entries record; read once.

        Raises:
            InputRefused: one is no journal entry.
        """
        return records_of(self.journal)


class Package(Struct, frozen=True, forbid_unknown_fields=True):
    """What the terminal signs. `number` counts this terminal's packages from 1, over all sessions;
    `count` and `head` are of the journal inside; `keys` goes by the recipient's kid."""

    suite: Literal[1]
    session: str
    terminal: bytes
    number: int
    count: int
    head: bytes
    keys: dict[bytes, bytes]
    box: bytes


def seal_package(
    content: PackageContent,
    *,
    number: int,
    head: bytes,
    recipients: tuple[KeyRecord, ...],
    terminal: Signer,
) -> bytes:
    """The bytes of a `.package`."""
    key = new_key()
    kid = terminal.record.kid
    session = content.identity.session
    info = _context(session, kid, number)
    package = Package(
        suite=1,
        session=session,
        terminal=kid,
        number=number,
        count=len(content.journal),
        head=head,
        keys={
            record.kid: hpke_seal(sealing_key(record), key, _key_context(info, record.kid))
            for record in recipients
        },
        box=stream_seal(key, zlib.compress(encode(content), 9), info),
    )
    return sign(encode(package), Kind.PACKAGE, terminal)


def read_package(data: bytes) -> Frame:
    """The frame of a `.package`; its `kid` hints at the terminal."""
    return read_frame(data, mark("answer package"))


def package(frame: Frame, terminal: KeyRecord) -> Package:
    """The open part, once the terminal's signature holds."""
    payload = verified(frame, Kind.PACKAGE, terminal, mark("answer package"))
    value = decode(payload, Package, mark("answer package"))
    if value.terminal != terminal.kid:
        raise InputRefused(
            mark("the answer package names another terminal than the one that signed it")
        )
    return value


def content_key(value: Package, station: Opener) -> bytes:
    """The content key, opened with the station's opening key or the recovery key.

    Raises:
        InputRefused: sealed for another station, or damaged.
    """
    kid = station.record.kid
    if kid not in value.keys:
        raise InputRefused(mark("the answer package is sealed for another station"))
    info = _context(value.session, value.terminal, value.number)
    return station.open(value.keys[kid], _key_context(info, kid))


def open_package(value: Package, key: bytes) -> PackageContent:
    """The content, with its chain checked against the signed head.

    Raises:
        InputRefused: damaged, too large, or a journal that does not lead to the head.
    """
    plain = stream_open(key, value.box, _context(value.session, value.terminal, value.number))
    content = decode(
        decompressed(plain, MAX_CONTENT_BYTES), PackageContent, mark("answer package's content")
    )
    if content.identity.session != value.session or len(content.journal) != value.count:
        raise InputRefused(mark("the answer package's content is of another session or length"))
    if head_of(value.session, value.terminal, content.journal) != value.head:
        raise InputRefused(mark("the answer package's journal does not lead to its signed head"))
    return content


def replay(content: PackageContent) -> Sitting:
    """The sitting that the package's journal tells, checked against what the package says of it.

    Raises:
        InputRefused: the two differ.
        IllegalEvent: the journal holds an event that cannot follow.
    """
    index = -1
    sitting: Sitting | None = None
    for record in content.records:
        if isinstance(record, Happened):
            if index == content.sitting and sitting is not None:
                sitting = sitting.apply(record.event)
        elif isinstance(record, Admitted | TakenOver):
            index += 1
            if index == content.sitting:
                sitting = begun(record)
    if sitting is None:
        raise InputRefused(mark("the answer package's journal has no such sitting"))
    told = (content.identity, content.state, content.paper, content.responses)
    if told != (sitting.identity, sitting.state, sitting.paper, sitting.responses):
        raise InputRefused(mark("the answer package says something else than its own journal"))
    if not sitting.state.ended or sitting.state is State.TRANSFERRED:
        raise InputRefused(mark("the answer package's sitting has not ended"))
    return sitting


def _context(session: str, terminal: bytes, number: int) -> bytes:
    return context(Kind.PACKAGE, session, terminal, number)


def _key_context(info: bytes, recipient: bytes) -> bytes:
    return context("key", info, recipient)
