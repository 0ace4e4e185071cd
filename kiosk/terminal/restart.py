"""Whether this computer keeps what is written to it: one restart between its name and its admission.

A restore card (还原卡) or a system in memory takes everything back at each start, which nobody notices before
the exam. So the start in which a terminal's state was begun is kept in it (`first-start`, the kernel's boot
id): found there in another start, it has outlasted a restart. It says nothing of the next one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kiosk.artefacts import self_check as checks
from kiosk.artefacts.self_check import Finding
from kiosk.trust.durable import write_durable

FIRST_START: Final = "first-start"


def begin(state: Path, boot: str) -> None:
    """Keeps the present start as the first one, unless an earlier one is kept.

    Raises:
        StorageFault: the disk refuses.
    """
    if outlasted(state, boot) is None:
        write_durable(state / FIRST_START, boot.encode("ascii"))


def outlasted(state: Path, boot: str) -> bool | None:
    """Whether the state was here in another start than `boot`; None where nothing is kept of its first."""
    try:
        first = (state / FIRST_START).read_bytes()
    except OSError:
        return None
    return first != boot.encode("ascii")


def judge_restart(state: Path, boot: str) -> Finding:
    """What the self-check says of it."""
    seen = outlasted(state, boot)
    if seen is None:
        return Finding(checks.RESTART, "unknown")
    return Finding(checks.RESTART, "ok" if seen else "weak")
