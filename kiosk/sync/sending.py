"""Handing files in to the station and fetching the receipts: one visit, and visits until all is done.

A visit asks for receipts first, sends what has none, and takes the receipts that come with the answers.
It may break off at any byte: the next one goes on, and nothing is twice at the station.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec import Struct

from kiosk.artefacts.exchange import (
    MOST_PIECES,
    NO_SESSION,
    Ask,
    FileKind,
    Held,
    Receipts,
    Refused,
)
from kiosk.artefacts.keys import KeyRecord, Party
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.receipt import Receipt, read_receipt
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused
from kiosk.sync.client import Exchange, Line, LineDown, Unwelcome
from kiosk.words import mark

FIRST_PAUSE_S = 2.0
MOST_PAUSE_S = 900.0
SMALL_BYTES = 64 * 1024
"""Files up to here share requests."""

T = TypeVar("T")
Take = Callable[[bytes], bytes | None]
"""Checks and keeps a receipt; the leaf it is of, or None."""


class RefusedFile(Struct, frozen=True):
    """A file that the station has and did not take, with its reason; or that is damaged here."""

    file: str
    reason: str


class Told(Struct, frozen=True):
    """What a visit did: files handed in and receipts taken, what still waits for a receipt, what was
    refused. `clock_doubted`: this machine's clock is not within the station's certificate."""

    handed_in: int
    receipts: int
    waiting: tuple[str, ...]
    refused: tuple[RefusedFile, ...]
    clock_doubted: bool

    @property
    def left(self) -> bool:
        """Whether something is left to come back for."""
        return bool(self.waiting or self.refused)


@dataclass(frozen=True)
class Outgoing:
    """A file to hand in. `leaves` are those of the packages it holds: it is done with all receipts."""

    kind: FileKind
    name: str
    size: int
    read: Callable[[], bytes]
    leaves: tuple[bytes, ...] = ()


@dataclass
class Visit:
    """What one visit did. `owed` are files that are at the station and wait for receipts."""

    sent: int = 0
    receipts: int = 0
    owed: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def told(
        self, waiting: Sequence[str], damaged: Sequence[RefusedFile], *, clock_doubted: bool
    ) -> Told:
        """The same for people and machines."""
        refused = (RefusedFile(name, reason) for name, reason in self.refused)
        return Told(self.sent, self.receipts, tuple(waiting), (*damaged, *refused), clock_doubted)

    @property
    def done(self) -> bool:
        """Whether another visit would have nothing to do."""
        return not self.owed and not self.refused


def to_station(line: Line, client: Party, trust: Callable[[], Trust]) -> Exchange:
    """The exchange with a station, believed by the key of its line that `trust` lists."""

    def record_of(kid: bytes) -> KeyRecord:
        return trust().signer(kid, Role.LINE)

    return Exchange(line, NO_SESSION, client, record_of)


def visit(
    exchange: Exchange,
    files: Sequence[Outgoing],
    log: KeyRecord,
    keep: Callable[[Receipt, bytes], object],
    done: Callable[[int, int], None] = lambda sent, total: None,
) -> Visit:
    """Hand in `files` and take the receipts.

    Args:
        log: the key of the station's log; what it did not sign is no receipt.
        keep: given each receipt with its bytes.
        done: told how many files are through, of how many.

    Raises:
        LineDown: broken off; what was done before is done.
    """
    told = Visit()

    def take(data: bytes) -> bytes | None:
        try:
            receipt, _ = read_receipt(data, log)
        except InputRefused as fault:
            told.refused.append(("receipt", str(fault)))
            return None
        keep(receipt, data)
        told.receipts += 1
        return receipt.leaf

    if not files:
        exchange.ask(Ask(()))  # whether anybody is there, and serves this machine
    there = _receipts(exchange, [leaf for file in files for leaf in file.leaves], take)
    waiting = [file for file in files if not file.leaves or set(file.leaves) - there]
    small = [file for file in waiting if file.size <= SMALL_BYTES]
    through = len(files) - len(waiting)
    done(through, len(files))
    for group in _parts(small, 4 * MOST_PIECES):
        content = [(file.kind, file.read()) for file in group]
        for at, answer in exchange.puts(content):
            if isinstance(answer, Held) and not answer.whole:
                answer = _put(exchange, *content[at])
            _note(group[at], answer, take, told)
            through += 1
            done(through, len(files))
    for file in waiting:
        if file.size > SMALL_BYTES:
            _note(file, _put(exchange, file.kind, file.read()), take, told)
            through += 1
            done(through, len(files))
    owed = [file for file in waiting if file.name in told.owed]
    if not files:
        exchange.ask(Ask(()))  # whether anybody is there, and serves this machine
    there = _receipts(exchange, [leaf for file in owed for leaf in file.leaves], take)
    told.owed = [file.name for file in owed if set(file.leaves) - there]
    return told


def keep_visiting(
    go: Callable[[], bool],
    wait: Callable[[float], bool],
    failed: Callable[[LineDown, float], None] = lambda fault, pause_s: None,
    draw: Callable[[], float] = random.random,
    answered: Callable[[], int] = lambda: 0,
) -> None:
    """Visit until `go` says that all is done, with growing, jittered pauses while the line is down. A line
    that drops now and then and carries something in between is there: its pauses do not grow.

    Args:
        go: one visit; False where something is left to come back for.
        wait: sleeps so many seconds; True ends it all.
        failed: told why, and how long the pause is.
        draw: a number from 0 to 1.
        answered: how many requests were answered so far.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        fault: LineDown | None = None
        before = answered()
        try:
            if go():
                return
            pause_s = min(MOST_PAUSE_S, pause_s * 2)
        except Unwelcome as refusal:
            fault, pause_s = refusal, MOST_PAUSE_S
        except LineDown as down:
            carries = answered() > before
            fault, pause_s = down, FIRST_PAUSE_S if carries else min(MOST_PAUSE_S, pause_s * 2)
        # Rooms whose line came back must not all knock in the same second.
        rest_s = pause_s * (0.5 + draw() / 2)
        if fault is not None:
            failed(fault, rest_s)
        if wait(rest_s):
            return


# --- parts --------------------------------------------------------------------------------------------


def _receipts(exchange: Exchange, leaves: Sequence[bytes], take: Take) -> set[bytes | None]:
    """Takes the receipts that are there; the leaves they are of."""
    found: set[bytes | None] = set()
    for part in _parts(leaves, MOST_PIECES):
        answer = exchange.ask(Ask(tuple(part)))
        if not isinstance(answer, Receipts):
            raise LineDown(mark("what answers there cannot be believed"))
        found |= {take(data) for data in answer.receipts}
    return found


def _note(file: Outgoing, answer: Held | Refused, take: Take, told: Visit) -> None:
    match answer:
        case Refused(reason):
            told.refused.append((file.name, reason))
        case Held(receipt=receipt):
            told.sent += 1
            # One of several packages in a bundle comes with the answer, the others are asked for.
            got = {take(receipt)} if receipt else set()
            if set(file.leaves) - got:
                told.owed.append(file.name)


def _put(exchange: Exchange, kind: FileKind, data: bytes) -> Held | Refused:
    try:
        return exchange.put(kind, data)
    except InputRefused as fault:
        return Refused(fault.summary)


def _parts(every: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(every), most):
        yield every[start : start + most]
