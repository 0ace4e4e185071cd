"""What a terminal and whoever collects from it say to each other over a network: one request, one reply.

Whoever collects is the desk of the room, or the station, for terminals and for desks that hand on.
Both are COSE_Sign1, their insides sealed to the other side, so that a network sees who speaks and no
more, and needs no TLS and no certificates. A request is numbered, ascending, within the *epoch* of the
server: random bytes that change whenever the server forgot the numbers. So a request that is heard
twice, late or again after a restart does nothing, and no clock is asked. A reply names the request it
answers by its digest.

A request without a box is a greeting: the reply, without a box too, tells epoch and last number. The
same comes back for a request of another epoch or number: it was not taken, and is to be sent anew.
"""

from __future__ import annotations

import hashlib
import os
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.artefacts.challenge import HEAD_BYTES, Phase
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Opener, Signer, sealing_key
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, hpke_seal
from kiosk.errors import InputRefused

PATH = "/sync/1"
PORT = 8470
EPOCH_BYTES = 16
MOST_CHUNK_BYTES = 256 * 1024
"""Most data of a file in one request."""
MOST_MESSAGE_BYTES = 512 * 1024
"""Most of a request or a reply, signed and sealed."""
MOST_PIECES = 64
"""Most pieces in one request, and receipts in one reply."""
NO_SESSION = ""
"""What stands for the session where a request is to the station."""

Stage = Literal[
    "locked",
    "sign-in",
    "confirm",
    "rules",
    "waiting",
    "exam",
    "paused",
    "handing-in",
    "done",
    "given-away",
    "stopped",
]
"""What is on a terminal's screen."""

MOST_LETTERS = 128
"""Of a text a terminal tells of itself, and of a code on its screen four times as many."""
Short = Annotated[str, Meta(max_length=MOST_LETTERS)]


class SeatStatus(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a terminal stands. `count` and `head` are its journal's, as in a challenge, and `challenge`
    the text of the one it shows, or empty; `mirror_s` is by how many seconds its mirror lags, None
    without one; `battery` a percentage while it runs down; `incidents` counts those of the sitting;
    `packages` are the numbers of this session's packages that it has no receipt for."""

    stage: Stage
    phase: Phase
    count: int
    head: Annotated[bytes, Meta(max_length=HEAD_BYTES)]
    remaining_s: int = 0
    granted_min: int = 0
    candidate: Short = ""
    challenge: Annotated[str, Meta(max_length=4 * MOST_LETTERS)] = ""
    trouble: Short = ""
    mirror_s: int | None = None
    battery: int | None = None
    incidents: int = 0
    packages: tuple[int, ...] = ()
    version: Short = ""


class Report(Struct, frozen=True, forbid_unknown_fields=True, tag="report"):
    """Here is how I stand; is there anything for me? Answered by `Orders`."""

    status: SeatStatus


FileKind = Literal["package", "mirror", "bundle", "proctorlog"]
"""What goes over a network: the room takes packages and mirrors, the station all but mirrors."""


class Put(Struct, frozen=True, forbid_unknown_fields=True, tag="put"):
    """A piece of a file from `offset` on; an empty one asks how much is there. Answered by `Held`."""

    kind: FileKind
    sha256: bytes
    size: int
    offset: int
    data: bytes


class Puts(Struct, frozen=True, forbid_unknown_fields=True, tag="puts"):
    """Pieces of several files, their data together no more than one piece's. Answered by `Holds`."""

    pieces: tuple[Put, ...]


class Ask(Struct, frozen=True, forbid_unknown_fields=True, tag="receipts"):
    """Have you receipts for these packages (leaf hashes)? Answered by `Receipts`."""

    leaves: tuple[bytes, ...]


Request = Report | Put | Puts | Ask


class Orders(Struct, frozen=True, forbid_unknown_fields=True, tag="orders"):
    """Proctors' codes for this terminal, as a scanner would read them."""

    codes: tuple[str, ...]


class Held(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="held"):
    """How many bytes of a file are there, and whether it is whole and on the disk. `receipt` is the
    package's, from a station that has recorded it."""

    offset: int
    whole: bool
    receipt: bytes = b""


class Receipts(Struct, frozen=True, forbid_unknown_fields=True, tag="proofs"):
    """Those of the receipts asked for that are there."""

    receipts: tuple[bytes, ...]


class Refused(Struct, frozen=True, forbid_unknown_fields=True, tag="refused"):
    """What was asked for cannot be, and why, in English for the log."""

    reason: str


class Holds(Struct, frozen=True, forbid_unknown_fields=True, tag="holds"):
    """What became of each of several pieces, in their order."""

    each: tuple[Held | Refused, ...]


Answer = Orders | Held | Holds | Receipts | Refused


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client signs; `box` holds the request, empty in a greeting."""

    session: str
    epoch: bytes
    number: int
    box: bytes


class Returned(Struct, frozen=True, forbid_unknown_fields=True):
    """What a server signs; `seen` is the highest number it took of this client in `epoch`. `box`
    holds the answer, empty where the request was not taken."""

    to: bytes
    epoch: bytes
    seen: int
    box: bytes


def new_epoch() -> bytes:
    return os.urandom(EPOCH_BYTES)


# --- the client's part ----------------------------------------------------------------------------


def write_greeting(session: str, client: Signer) -> bytes:
    """A request for epoch and number."""
    return sign(encode(Sent(session, b"", 0, b"")), Kind.REQUEST, client)


def write_request(
    request: Request, session: str, epoch: bytes, number: int, client: Signer, server: KeyRecord
) -> bytes:
    """The bytes of a request."""
    info = context(Kind.REQUEST, session, epoch, number, client.record.kid, server.kid)
    box = hpke_seal(sealing_key(server), encode(request), info)
    return sign(encode(Sent(session, epoch, number, box)), Kind.REQUEST, client)


def read_reply(data: bytes) -> Frame:
    """The frame of a reply; its `kid` hints at the server."""
    return read_frame(data, "reply")


def returned(frame: Frame, request: bytes, server: KeyRecord) -> Returned:
    """The reply, once the server's signature holds, and to this request.

    Raises:
        InputRefused, NotPermitted: as `cose.verified`; or it answers another request.
    """
    reply = decode(verified(frame, Kind.REPLY, server, "reply"), Returned, "reply")
    if reply.to != hashlib.sha256(request).digest():
        raise InputRefused("the reply is to another request")
    return reply


def open_answer(reply: Returned, session: str, client: Opener, server: KeyRecord) -> Answer:
    """What the server answers.

    Raises:
        InputRefused: sealed for somebody else, or no answer.
    """
    info = context(
        Kind.REPLY, session, reply.epoch, reply.seen, client.record.kid, server.kid, reply.to
    )
    plain = client.open(reply.box, info)
    answer: Answer = decode(
        plain,
        Answer,  # type: ignore[arg-type]  # a union is a type to msgspec
        "answer",
    )
    return answer


# --- the server's part ----------------------------------------------------------------------------


def read_request(data: bytes) -> Frame:
    """The frame of a request; its `kid` hints at the client."""
    return read_frame(data, "request")


def sent(frame: Frame, client: KeyRecord) -> Sent:
    """The request, still sealed, once the client's signature holds."""
    return decode(verified(frame, Kind.REQUEST, client, "request"), Sent, "request")


def claimed(frame: Frame) -> Sent:
    """What an unverified request says, to find out where its signer would be listed."""
    return decode(frame.payload, Sent, "request")


def open_request(message: Sent, client: KeyRecord, server: Opener) -> Request:
    """What the client asks.

    Raises:
        InputRefused: sealed for another server, or no request.
    """
    info = context(
        Kind.REQUEST,
        message.session,
        message.epoch,
        message.number,
        client.kid,
        server.record.kid,
    )
    plain = server.open(message.box, info)
    request: Request = decode(
        plain,
        Request,  # type: ignore[arg-type]  # a union is a type to msgspec
        "request",
    )
    return request


def write_reply(
    request: bytes,
    answer: Answer | None,
    session: str,
    epoch: bytes,
    seen: int,
    server: Signer,
    client: KeyRecord,
) -> bytes:
    """The bytes of a reply; without an answer the request was not taken."""
    to = hashlib.sha256(request).digest()
    box = b""
    if answer is not None:
        info = context(Kind.REPLY, session, epoch, seen, client.kid, server.record.kid, to)
        box = hpke_seal(sealing_key(client), encode(answer), info)
    return sign(encode(Returned(to, epoch, seen, box)), Kind.REPLY, server)
