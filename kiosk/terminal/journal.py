"""The journal of one session on this terminal: an append-only, hash-chained, sealed SQLite file.

A row is `seq, prev, head, box`: `box` is the entry (`artefacts.chain`) under AES-256-GCM with a key
derived from the session key, bound to session, terminal and seq; `head = SHA-256(prev || entry)`. So a
disk tells nobody an answer, while count and head can be read before the session is released. Appending
returns after the commit has reached the disk (WAL, synchronous=FULL).

Beside the chain stand one row that the heartbeat overwrites (`Pulse`), the room codes used here, and a
file that witnesses the count and head last told as saved (`witness`), so that a journal shorter than
that is found and refused.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from kiosk.artefacts.chain import (
    Record,
    first_head,
    head_of,
    new_entry,
    next_head,
    read_entry,
    row_context,
)
from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.sealing import unwrap, wrap
from kiosk.errors import InputRefused, KioskError, StorageFault
from kiosk.terminal.storage import (
    FILE_MODE,
    damaged,
    failing,
    fault_of,
    full,
    in_use,
    make_folder,
    read_only,
)
from kiosk.terminal.witness import Tip, Witness
from kiosk.trust.durable import sync_folder

_SCHEMA = (
    (
        "CREATE TABLE entry (seq INTEGER PRIMARY KEY CHECK (seq > 0), prev BLOB NOT NULL, "
        "head BLOB NOT NULL, box BLOB NOT NULL) STRICT"
    ),
    (
        "CREATE TABLE pulse (id INTEGER PRIMARY KEY CHECK (id = 1), boot TEXT NOT NULL, "
        "at_ms INTEGER NOT NULL, wall_s INTEGER NOT NULL, phase INTEGER NOT NULL, "
        "remaining_s INTEGER NOT NULL, granted_min INTEGER NOT NULL) STRICT"
    ),
    "CREATE TABLE room (number INTEGER PRIMARY KEY) STRICT",
    (
        "CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    (
        "CREATE TRIGGER entry_is_not_removed BEFORE DELETE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    (
        "CREATE TRIGGER entry_follows BEFORE INSERT ON entry "
        "WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry) OR NEW.seq > 1 "
        "AND NEW.prev IS NOT (SELECT head FROM entry WHERE seq = NEW.seq - 1) "
        "BEGIN SELECT RAISE(ABORT, 'the entry does not follow the last one'); END"
    ),
    (
        "CREATE TRIGGER room_is_not_changed BEFORE UPDATE ON room "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    (
        "CREATE TRIGGER room_is_not_removed BEFORE DELETE ON room "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
)
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}")


class Pulse(Struct, frozen=True):
    """The last sign of life, and what a release screen may know of a sealed sitting.

    `phase` is RUNNING or PAUSED while a sitting is open, else IDLE; `remaining_s` and `granted_min`
    are the open sitting's.
    """

    boot: str
    at_ms: int
    wall_s: int
    phase: Phase
    remaining_s: int = 0
    granted_min: int = 0

    @property
    def sitting_open(self) -> bool:
        return self.phase in (Phase.RUNNING, Phase.PAUSED)


def journal_path(folder: Path, session: str) -> Path:
    """Where the journal of `session` is kept; an id that is no file name goes by its digest."""
    name = session
    if not _SAFE_NAME.fullmatch(session):
        name = hashlib.sha256(session.encode()).hexdigest()[:32]
    return folder / f"{name}.journal"


class Journal:
    """One session's journal. Appended to from one thread; `tip` and `pulse` may be read from any."""

    def __init__(self, path: Path, session: str, terminal: bytes) -> None:
        """Open the journal, or begin one; every row's place in the chain is checked.

        Args:
            terminal: kid of this terminal.

        Raises:
            StorageFault: the disk does not take it, or the journal is damaged.
        """
        self.path = path
        self._session = session
        self._terminal = terminal
        self._key: bytes | None = None
        self._entries: list[bytes] = []
        self._boxes: list[bytes] = []
        self._witness = Witness(path.with_suffix(".seen"))
        make_folder(path.parent)
        try:
            self._begin_file()
            self._connection = self._connect()
        except OSError as error:
            raise fault_of(error, path) from error
        try:
            self.tip = self._checked_tip()
            self.pulse = self._read_pulse()
            self.last_room = self._read_last_room()
            self._witness.open()
        except sqlite3.Error as error:
            self._connection.close()
            raise self._fault(error) from error
        except KioskError:
            self._connection.close()
            raise

    # --- before the release -----------------------------------------------------------------------

    def unlock(self, key: bytes) -> tuple[Record, ...]:
        """Every record, its seal and its place in the chain checked; appending is possible after.

        Args:
            key: `session.journal_key(K_s, kid)`.

        Raises:
            StorageFault: a row is damaged, or was written under another key.
        """
        entries, boxes = [], []
        head = first_head(self._session, self._terminal)
        for seq, stored, box in self._rows("SELECT seq, head, box FROM entry ORDER BY seq"):
            try:
                entry = unwrap(key, box, self._aad(seq))
            except InputRefused as fault:
                raise self._damaged(f"entry {seq} of the journal cannot be opened") from fault
            head = next_head(head, entry)
            if head != stored:
                raise self._damaged(f"entry {seq} of the journal is not the one written")
            entries.append(entry)
            boxes.append(box)
        self._key = key
        self._entries, self._boxes = entries, boxes
        return tuple(read_entry(entry).record for entry in entries)

    # --- after it -----------------------------------------------------------------------------------

    @property
    def entries(self) -> tuple[bytes, ...]:
        """The entries in the clear, as an answer package holds them."""
        return tuple(self._entries)

    def sealed(self, count: int | None = None) -> tuple[tuple[bytes, ...], bytes]:
        """The sealed entries as they lie on the disk, the first `count` or all, and the head they
        lead to. For the writing thread, or while nothing is written."""
        rows = tuple(self._boxes[:count])
        if len(rows) == self.tip.count:
            return rows, self.tip.head
        return rows, head_of(self._session, self._terminal, self._entries[: len(rows)])

    def append(self, records: Sequence[Record], pulse: Pulse, room: int | None = None) -> None:
        """Commit `records` together, durable when this returns.

        Args:
            room: the number of the room code that brought them, used up with them.

        Raises:
            StorageFault: nothing of it was kept; trying again later is safe.
        """
        if self._key is None:
            raise ValueError("the journal is not unlocked")
        self._witness.catch_up(self.tip)
        count, head = self.tip.count, self.tip.head
        rows, entries = [], []
        for record in records:
            entry = new_entry(record, pulse.wall_s)
            following = next_head(head, entry)
            count += 1
            rows.append((count, head, following, wrap(self._key, entry, self._aad(count))))
            entries.append(entry)
            head = following

        def statements() -> None:
            self._connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", rows)
            if room is not None:
                self._connection.execute("INSERT INTO room VALUES (?)", (room,))
            self._write_pulse(pulse)

        self._commit(statements)
        self._entries.extend(entries)
        self._boxes.extend(box for _, _, _, box in rows)
        self.tip = Tip(count, head)
        self.pulse = pulse
        if room is not None:
            self.last_room = room
        self._witness.note(self.tip)

    def beat(self, pulse: Pulse) -> None:
        """Overwrite the sign of life.

        Raises:
            StorageFault: the disk does not take it.
        """
        self._commit(lambda: self._write_pulse(pulse))
        self.pulse = pulse

    def close(self) -> None:
        self._connection.close()
        self._witness.close()

    # --- opening ------------------------------------------------------------------------------------

    def _begin_file(self) -> None:
        if self._witness.exists():
            if not self.path.exists():
                raise self._damaged("the journal is gone, although it was begun here")
            return
        # The witness comes last, so that it never stands without a journal. Entries are told as
        # saved only after it is there: a journal with entries and without it is not genuine.
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        os.close(descriptor)
        sync_folder(self.path.parent)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=0.5
        )
        try:
            # One process alone, and no shared-memory file that a full disk could tear away.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA trusted_schema = OFF")
            if not self._witness.exists():
                self._create(connection)
            found = connection.execute("SELECT sql FROM sqlite_master").fetchall()
            if sorted(sql for (sql,) in found) != sorted(_SCHEMA):
                raise self._damaged("the journal has not the tables of a journal")
        except sqlite3.Error as error:
            connection.close()
            raise self._fault(error) from error
        except KioskError:
            connection.close()
            raise
        return connection

    def _create(self, connection: sqlite3.Connection) -> None:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute("COMMIT")
        elif connection.execute("SELECT count(*) FROM entry").fetchone() != (0,):
            raise self._damaged("the journal's witness file is gone")
        self._witness.begin(Tip(0, first_head(self._session, self._terminal)))

    def _checked_tip(self) -> Tip:
        told = self._rows("PRAGMA quick_check")
        if told != [("ok",)]:
            raise self._damaged("the journal's file is damaged")
        tip = Tip(0, first_head(self._session, self._terminal))
        witnessed = self._witness.read()
        seen = tip == witnessed
        for seq, prev, head in self._rows("SELECT seq, prev, head FROM entry ORDER BY seq"):
            if seq != tip.count + 1 or prev != tip.head:
                raise self._damaged(f"entry {seq} of the journal does not follow the one before")
            tip = Tip(seq, head)
            seen = seen or tip == witnessed
        if not seen:
            raise self._damaged(
                f"the journal has {tip.count} entries and had {witnessed.count}: some are missing"
            )
        return tip

    def _read_pulse(self) -> Pulse | None:
        for row in self._rows("SELECT * FROM pulse"):
            _, boot, at_ms, wall_s, phase, remaining_s, granted_min = row
            return Pulse(boot, at_ms, wall_s, Phase(phase), remaining_s, granted_min)
        return None

    def _read_last_room(self) -> int:
        ((number,),) = self._rows("SELECT coalesce(max(number), 0) FROM room")
        return int(number)

    # --- writing --------------------------------------------------------------------------------------

    def _commit(self, statements: Callable[[], None]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            statements()
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise self._fault(error) from error

    def _write_pulse(self, pulse: Pulse) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO pulse VALUES (1, ?, ?, ?, ?, ?, ?)",
            (
                pulse.boot,
                pulse.at_ms,
                pulse.wall_s,
                int(pulse.phase),
                pulse.remaining_s,
                pulse.granted_min,
            ),
        )

    # --- parts ----------------------------------------------------------------------------------------

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query).fetchall()
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _aad(self, seq: int) -> bytes:
        return row_context(self._session, self._terminal, seq)

    def _damaged(self, told: str) -> StorageFault:
        return damaged(self.path, told)

    def _fault(self, error: sqlite3.Error) -> StorageFault:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        match code:
            case sqlite3.SQLITE_FULL:
                return full(self.path)
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
                return read_only(self.path)
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return self._damaged("the journal's file is damaged")
            case sqlite3.SQLITE_BUSY:
                return in_use(self.path)
            case _ if os.statvfs(self.path.parent).f_flag & os.ST_RDONLY:
                return read_only(self.path)  # SQLite calls it an I/O error
            case _:
                return failing(self.path, str(error))
