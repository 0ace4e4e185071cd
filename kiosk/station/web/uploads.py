"""What comes in over the line, until the import has taken it: pieces, then whole files.

STATION/incoming/parts/    files still coming in
STATION/incoming/whole/    files for the import, by digest and whose they came from
STATION/incoming/bundles/  the digests of bundles that were taken, as empty files

Nothing here judges a file: whoever is enrolled may hand one in, and the import says what it is.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from kiosk.artefacts.exchange import Held, Put, Refused
from kiosk.artefacts.keys import KeyRecord, file_name
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, StorageFault
from kiosk.station import quarantine
from kiosk.station.home import Station
from kiosk.station.incoming import MAX_BYTES
from kiosk.station.registry import log, packages
from kiosk.sync.parts import Parts
from kiosk.trust.durable import storage, sync_folder

KINDS = {
    "package": frozenset({Role.TERMINAL, Role.PROCTOR}),
    "bundle": frozenset({Role.TERMINAL, Role.PROCTOR}),
    "proctorlog": frozenset({Role.PROCTOR}),
}
"""What the station takes over the line, and from whom."""
FREE_BYTES = 1024**3
"""So much of the disk is left to the registry; what would go into it waits at the room."""
_NAME = re.compile(r"([0-9a-f]{64})-.*\.(package|bundle|proctorlog)")


class Uploads:
    """The folder of one station. Call it from one thread at a time, but for `fate`."""

    def __init__(self, station: Station) -> None:
        """
        Raises:
            StorageFault: the folder cannot be made.
        """
        self._station = station
        folder = station.folder / "incoming"
        self._parts = Parts(folder / "parts")
        self.whole = folder / "whole"
        self._bundles = folder / "bundles"
        with storage(folder):
            self.whole.mkdir(exist_ok=True)
            self._bundles.mkdir(exist_ok=True)
        self._parts.tidy()

    def put(self, sender: KeyRecord, piece: Put) -> Held | Refused:
        """Take a piece of a file; `fate` says what became of a whole one, once it was imported.

        Raises:
            InputRefused: no file that the station takes, or not from this sender.
            StorageFault: the disk refuses, or is nearly full.
        """
        if sender.role not in KINDS.get(piece.kind, ()):
            raise InputRefused(f"the station takes no {piece.kind} from a {sender.role}")
        if not 0 < piece.size <= MAX_BYTES[f".{piece.kind}"] or len(piece.sha256) != 32:
            raise InputRefused("larger than a file of this kind can be")
        if piece.offset < 0:
            raise InputRefused("a piece before the beginning of its file")
        known = self.fate(piece)
        if known is not None:
            return known
        if self._waits(piece.sha256):
            return Held(piece.size, True)
        self._require_room(piece)
        part = self._parts.add(sender.kid, piece)
        if isinstance(part, int):
            return Held(part, False)
        with storage(part):
            part.replace(self.whole / f"{piece.sha256.hex()}-{file_name(sender)}.{piece.kind}")
            sync_folder(self.whole)
        return Held(piece.size, True)

    def fate(self, piece: Put) -> Held | Refused | None:
        """What became of a file that the import has seen; None where it has not, or not yet. A package
        that is kept for a person has its receipt, and so is held, not refused.

        Raises:
            StorageFault: the registry cannot be read.
        """
        held = Held(piece.size, True)
        with self._station.registry.reading() as connection:
            match piece.kind:
                case "package":
                    receipt = log.receipt_of_package(connection, piece.sha256)
                    if receipt is not None:
                        return Held(piece.size, True, receipt)
                    if packages.find(connection, piece.sha256) is not None:
                        return held
                case "proctorlog" if packages.find_log(connection, piece.sha256):
                    return held
                case "bundle" if (self._bundles / piece.sha256.hex()).exists():
                    return held
        reason = quarantine.reason(self._station.folder / "quarantine", piece.sha256)
        return None if reason is None else Refused(reason)

    def receipts(self, leaves: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The receipts that the station has for these packages (leaf hashes)."""
        with self._station.registry.reading() as connection:
            return log.receipts_of_leaves(connection, leaves)

    def _waits(self, sha256: bytes) -> bool:
        with storage(self.whole):
            return next(self.whole.glob(f"{sha256.hex()}-*"), None) is not None

    def _require_room(self, piece: Put) -> None:
        with storage(self.whole):
            free = shutil.disk_usage(self.whole).free
        if free < FREE_BYTES + piece.size:
            raise StorageFault("the station's disk is nearly full: make room there, then try again")


def waiting(whole: Path) -> tuple[Path, ...]:
    """The files for the import, oldest first."""
    with storage(whole):
        found = [path for path in whole.iterdir() if _NAME.fullmatch(path.name)]
        return tuple(sorted(found, key=lambda path: path.stat().st_mtime_ns))


def finished(path: Path) -> None:
    """Drop a file that the import has seen; of a bundle it is noted that it was taken."""
    named = _NAME.fullmatch(path.name)
    assert named is not None  # only `waiting` names them
    with storage(path):
        if named[2] == "bundle":
            (path.parents[1] / "bundles" / named[1]).touch()
        path.unlink(missing_ok=True)
