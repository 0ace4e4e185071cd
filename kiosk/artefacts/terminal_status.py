"""What a terminal says of itself among the facts of its `.enrol`: how far it is set up, in plain text.

Signed by the terminal's key like the request, so that one file on a stick is both; nobody else vouches for it.
A fact that is missing, or of a later program, is nothing said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from kiosk.artefacts.enrolment import NOT_SHOWN, OUTLASTED, RESTART
from kiosk.artefacts.self_check import Finding, findings, told

VERSION: Final = "version"
WAITING: Final = "waiting"
TESTED: Final = "tested"
_SESSION, _CHECK, _DEVICE = "session ", "check ", "device "


class TerminalStatus(Struct, frozen=True):
    """How far a terminal is set up.

    `sessions` are those installed, with the seat in each, empty for a spare; `waiting` the packages without a
    receipt; `devices` what came of each when they were tried last (`fine`, `bad`, `absent`), at `tested_at`,
    UTC epoch seconds.
    """

    version: str = ""
    restart_shown: bool = False
    sessions: dict[str, str] = {}
    waiting: int = 0
    checks: tuple[Finding, ...] = ()
    devices: dict[str, str] = {}
    tested_at: int | None = None


def facts_of(status: TerminalStatus) -> dict[str, str]:
    """The facts that say it."""
    facts = {
        VERSION: status.version,
        RESTART: OUTLASTED if status.restart_shown else NOT_SHOWN,
        WAITING: str(status.waiting),
    }
    facts |= {_SESSION + session: seat for session, seat in status.sessions.items()}
    facts |= {_CHECK + check: words for check, words in told(status.checks).items()}
    if status.tested_at is not None:
        facts[TESTED] = str(status.tested_at)
        facts |= {_DEVICE + device: outcome for device, outcome in status.devices.items()}
    return facts


def status_of(facts: Mapping[str, str]) -> TerminalStatus:
    """What facts say, whoever wrote them."""
    return TerminalStatus(
        version=facts.get(VERSION, ""),
        restart_shown=facts.get(RESTART) == OUTLASTED,
        sessions=dict(_of(facts, _SESSION)),
        waiting=_number(facts.get(WAITING, "")) or 0,
        checks=findings(dict(_of(facts, _CHECK))),
        devices=dict(_of(facts, _DEVICE)),
        tested_at=_number(facts.get(TESTED, "")),
    )


def _of(facts: Mapping[str, str], kind: str) -> Iterator[tuple[str, str]]:
    return ((key.removeprefix(kind), said) for key, said in facts.items() if key.startswith(kind))


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else None
