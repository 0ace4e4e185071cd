"""A sitting that changes terminals: written out where it was begun, read and judged where it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.chain import read_entry
from kiosk.artefacts.keys import KeyRecord, Party, file_name
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.sittings import last_admission, last_sitting
from kiosk.artefacts.transfer import (
    Statement,
    Transfer,
    open_rows,
    read_transfer,
    statement_of,
    write_transfer,
)
from kiosk.artefacts.trust_list import Trust
from kiosk.assessment.sitting import Sitting, State
from kiosk.errors import InputRefused, KioskError
from kiosk.terminal.handin import Past
from kiosk.terminal.journal import Journal, Pulse
from kiosk.terminal.opened import OpenSession
from kiosk.terminal.release import CodeRefused
from kiosk.words import mark

Origin = tuple[bytes, bytes]
"""A terminal's kid and the head of its journal: the same sitting at the same moment, whatever file."""


def origin(statement: Statement) -> Origin:
    return statement.terminal, statement.head


class Arrival(Struct, frozen=True):
    """A sitting that can go on here: the file it came in, and all that is true of it.

    `sitting` is as it will begin here, `given` whether a proctor gave it away (else its terminal died),
    `seat` what people call the terminal it was at.
    """

    file: str
    seat: str
    name: str
    sitting: Sitting
    given: bool
    statement: Statement
    signed: bytes
    entries: tuple[bytes, ...]


def outgoing(rows: Sequence[bytes], head: bytes, session: str, pulse: Pulse, keys: Party) -> bytes:
    """The bytes of a `.transfer`: a journal's sealed rows up to `head`, and its last sign of life."""
    return write_transfer(
        rows,
        head,
        session=session,
        boot=pulse.boot,
        at_ms=pulse.at_ms,
        wall_s=pulse.wall_s,
        terminal=keys,
    )


def given_away(journal: Journal, past: Past, session: str, pulse: Pulse, keys: Party) -> bytes:
    """The `.transfer` of a sitting that ended here as transferred; what came after it is left out."""
    rows, head = journal.sealed(past.entries)
    return outgoing(rows, head, session, pulse, keys)


def transfer_name(terminal: KeyRecord, journal: Path, past: Past) -> str:
    """How the file of a sitting given away is called: terminal, session, which of its sittings."""
    return f"{file_name(terminal)}-{journal.stem}-{past.index + 1}.transfer"


def arrival(name: str, data: bytes, opened: OpenSession, trust: Trust) -> Arrival | None:
    """The sitting of a file that can go on here; None where it is of another session or station, is
    damaged, or ended for good."""
    try:
        return _arrival(name, read_transfer(data), opened, trust)
    except KioskError:
        return None


def _arrival(name: str, read: Transfer, opened: OpenSession, trust: Trust) -> Arrival:
    """Raises KioskError where nothing of it can go on here."""
    terminal = trust.signer(read.frame.kid, Role.TERMINAL)
    seated = next((one for one in opened.plan.terminals if one.kid == terminal.kid), None)
    statement = statement_of(read, terminal)
    if seated is None or statement.session != opened.plan.id:
        raise InputRefused(mark("not a transfer of this session"))
    entries = open_rows(read, statement, opened.journal_key_of(terminal.kid))
    records = [read_entry(entry).record for entry in entries]
    sitting = last_sitting(records)
    opened.call(last_admission(records))
    identity = sitting.identity
    return Arrival(
        file=name,
        seat=seated.seat or seated.label,
        name=opened.candidate(identity.candidate, identity.exam).name,
        sitting=sitting.taken_over(),
        given=sitting.state is State.TRANSFERRED,
        statement=statement,
        signed=read.signed,
        entries=entries,
    )


def check_new(arrival: Arrival, pasts: Iterable[Past]) -> None:
    """Whether a sitting may go on where `pasts` were.

    Raises:
        CodeRefused: the same candidate has handed in here.
    """
    for past in pasts:
        same = past.sitting.identity == arrival.sitting.identity
        if same and not past.given:
            raise CodeRefused(
                mark("{name} has handed in already. Please raise your hand"), name=arrival.name
            )
