"""The USB folder's visit: trust and sessions in, receipts in, and the time floor raised."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.fingerprint import root_words as words_of_root
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, NotPermitted
from kiosk.terminal.outbox import Receipts
from kiosk.terminal.plans import sessions_of
from kiosk.terminal.program import installed, key_store, outbox, time_floor
from kiosk.terminal.trouble import Halt
from kiosk.trust.durable import read_given
from kiosk.trust.installed import MAX_ROOT_BYTES, Installed
from kiosk.trust.listing import Fetches
from kiosk.words import LANGUAGES, mark

ROOT_NAME = "root.json"


class Visit(Struct, frozen=True):
    """What an installation brought. `root_words` is given at the first one, to be compared."""

    root_words: dict[str, tuple[str, ...]] | None
    sessions: tuple[str, ...]
    not_for_us: str
    receipts: Receipts
    deleted: tuple[int, ...]


def root_words(root_json: bytes) -> dict[str, tuple[str, ...]]:
    """The fingerprint of a root in words, by language, to compare with the station's."""
    return {lang: words_of_root(root_json, lang) for lang in LANGUAGES}


def install(source: Path, state: Path, root: Path | None = None) -> Visit:
    """Install what the station wrote to `source`, and take the receipts found there.

    Args:
        root: the root to begin trust with at the first installation; the one in `source` if None,
            and then its words must be compared.

    Raises:
        InputRefused: no repository there, or a damaged one.
        NotPermitted: older, expired, or another station's; the terminal is not enrolled.
        StorageFault: the disk refuses.
    """
    if not key_store(state).exists():
        raise NotPermitted(
            mark("this terminal has no key yet"),
            where=str(state),
            remedy=mark("Enrol it first: kiosk terminal enrol --state DIR --name T-01"),
        )
    begun = (state / "trust" / ROOT_NAME).exists()
    shown = None
    if not begun or root is not None:
        root_json = _root(root or source / ROOT_NAME)
        Installed.bootstrap(state / "trust", root_json)
        shown = None if begun else root_words(root_json)
    files = installed(state)
    files.refresh(source)
    return _taken(source, state, files, key_store(state).load().record, shown)


def install_over(line: Fetches, state: Path, terminal: KeyRecord) -> Visit:
    """Install what the station's repository has, asked for over a line. The root is here already.

    Raises:
        As `install`, and InputRefused where the line breaks.
    """
    files = installed(state)
    files.refresh(line)
    return _taken(None, state, files, terminal, None)


def _taken(
    source: Path | None,
    state: Path,
    files: Installed,
    terminal: KeyRecord,
    shown: dict[str, tuple[str, ...]] | None,
) -> Visit:
    trust = files.trust()
    floor = time_floor(state)
    signed_at = [trust.authority.issued_at, trust.delegated.issued_at]
    not_for_us = ""
    sessions: tuple[str, ...] = ()
    try:
        ours = sessions_of(terminal, files)
    except Halt as fault:
        not_for_us = str(fault)
    else:
        sessions = tuple(session.plan.id for session in ours)
        signed_at += [session.plan.issued_at for session in ours]
        if not sessions:
            not_for_us = "no session names this terminal"
    floor.raise_to(max(signed_at))
    box = outbox(state)
    receipts = Receipts((), ())
    if source is not None:
        receipts = box.take_receipts(source, trust.only(Role.LOG), floor.value)
    return Visit(shown, sessions, not_for_us, receipts, box.tidy(floor.value))


def _root(path: Path) -> bytes:
    if not path.is_file():
        raise InputRefused(
            mark("there is no root.json"),
            where=str(path),
            remedy=mark("Name the station's USB folder, or the root with --root"),
        )
    return read_given(path, MAX_ROOT_BYTES)
