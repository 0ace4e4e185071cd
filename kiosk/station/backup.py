"""A whole station in one file, made while it works, and brought back from it.

The file is a tar: the station's folder, its registry as of one moment as SQLite (whatever database it lives
in), and at the end an index of digests. What lies in `offline/` is not in it. It holds the station's keys and
is as secret as the station.

The registry is copied first: what it names was on the disk before it was named. Restored into an empty folder,
and into another database where one is given, the station goes on; sticks imported since are imported again.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.home import Station
from kiosk.station.registry import Registry, log, plans
from kiosk.station.registry.copying import copy_rows, is_empty
from kiosk.station.settings import FILE, read_settings, require_open, write_database, written
from kiosk.trust.durable import SECRET_FILE, make_secret_folder, storage, sync_file, sync_folder
from kiosk.words import mark

_INDEX = "index.json"
_KIND = "kiosk/backup/1"
_LAST = "public/root.json"
_DATABASE = "station.db"
_NOT_OURS = ("offline",)
_MADE_ANEW = (_DATABASE, FILE, "kiosk-backup-")
_MOST_INDEX_BYTES = 500_000_000
_TRIES = 3


class Backup(Struct, frozen=True):
    """What a backup holds: files, bytes, sessions, and the leaves of its log; `made_at` in UTC epoch
    seconds."""

    made_at: int
    files: int
    size: int
    sessions: int
    leaves: int


class _Index(Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    backup: Backup
    digests: dict[str, str]


def back_up(station: Station, to: Path, now: datetime) -> Backup:
    """Writes the station into the new file `to`, readable by its owner alone.

    Raises:
        NotPermitted: there is a file already.
        StorageFault: the disk refuses; nothing is left then.
        InputRefused: files of the station are not those that its registry names.
    """
    if to.exists():
        raise NotPermitted(
            mark("there is a file already, and a backup replaces none"),
            where=str(to),
            remedy=mark("Name another file; keep the older backups"),
        )
    beside = to.with_name(f".{to.name}.{os.getpid()}.new")
    with storage(to), TemporaryDirectory(prefix="kiosk-backup-", dir=station.folder) as folder:
        copy = Path(folder) / _DATABASE
        copy.touch(mode=SECRET_FILE)
        for _ in range(_TRIES):
            copy.unlink()
            copy.touch(mode=SECRET_FILE)
            station.registry.copy_to(copy)
            if _agrees(station, copy):
                break
        else:
            raise InputRefused(
                mark("files of this station are not the ones that its registry names"),
                where=str(station.folder),
                remedy=mark("Let planning and imports end first; else bring back an older backup"),
            )
        try:
            made = _write(station, copy, beside, now)
            sync_file(beside)
            os.replace(beside, to)
            sync_folder(to.parent)
        finally:
            beside.unlink(missing_ok=True)
    return made


def restore(file: Path, folder: Path, *, database: str = "") -> Backup:
    """Brings a station back from a backup into `folder`, which must not be there or be empty.

    Args:
        database: the address of an empty database for its registry; a file in the folder if empty.

    Raises:
        NotPermitted: something is there already.
        InputRefused: no backup, or a damaged one; nothing was written then.
        StorageFault: the disk refuses; remove what is there and begin again.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NotPermitted(
            mark("there is something in this folder already"),
            where=str(folder),
            remedy=mark(
                "Restore into an empty folder; look at it before it takes the other's place"
            ),
        )
    registry = _empty_registry(database) if database else None
    index = _verified(file)
    make_secret_folder(folder)
    with storage(folder), tarfile.open(file) as archive:
        names = sorted(index.digests, key=lambda name: (name == _LAST, name))
        for name in names[:-1] if names[-1] == _LAST else names:
            _take_out(archive, name, folder)
        if registry is not None:
            _move_in(folder, registry)
            write_database(folder, database)
        _take_out(archive, _LAST, folder)
    return index.backup


def _empty_registry(database: str) -> Registry:
    require_open(database)
    registry = Registry(database)
    with registry.reading() as connection:
        taken = not is_empty(connection)
    if taken:
        registry.close()
        raise NotPermitted(
            mark("another station keeps its registry in this database"),
            remedy=mark("Make an empty database for this one"),
        )
    return registry


def _move_in(folder: Path, registry: Registry) -> None:
    old = Registry(f"sqlite:///{folder / _DATABASE}")
    with old.reading() as source, registry.writing() as target:
        copy_rows(source, target)
    old.close()
    registry.close()
    for path in folder.glob(f"{_DATABASE}*"):
        path.unlink()


def _agrees(station: Station, copy: Path) -> bool:
    """Whether the files that the copied registry names are there, and are those it means."""
    registry = Registry(f"sqlite:///{copy}")
    with registry.reading() as connection:
        sessions = plans.every_session(connection)
        banks = plans.every_bank(connection)
        scorings = [
            row
            for bank in banks
            for find in (plans.scoring_versions, plans.amended_versions)
            for row in find(connection, bank.bank, bank.version)
        ]
    registry.close()
    wanted = {station.folder / "sessions" / row.file: row.sha256 for row in sessions}
    wanted |= {station.folder / "scoring" / row.file: row.sha256 for row in scorings}
    there = all((station.folder / "banks" / row.file).is_file() for row in banks)
    return there and all(
        path.is_file() and hashlib.sha256(path.read_bytes()).digest() == digest
        for path, digest in wanted.items()
    )


def _write(station: Station, copy: Path, to: Path, now: datetime) -> Backup:
    registry = Registry(f"sqlite:///{copy}")
    with registry.reading() as connection:
        sessions, leaves = len(plans.every_session(connection)), len(log.every_leaf(connection))
    registry.close()
    digests: dict[str, str] = {}
    size = 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with (
        os.fdopen(os.open(to, flags, SECRET_FILE), "wb") as file,
        tarfile.open(fileobj=file, mode="w") as archive,
    ):
        # Where the registry lives now is no matter of the one that is brought back.
        settings = written(replace(read_settings(station.folder), database=""))
        contents = [(_DATABASE, copy.read_bytes()), (FILE, settings)]
        files = ((name, path.read_bytes()) for name, path in _files(station.folder))
        for name, data in chain(contents, files):
            _put(archive, name, data, int(now.timestamp()))
            digests[name] = hashlib.sha256(data).hexdigest()
            size += len(data)
        made = Backup(int(now.timestamp()), len(digests), size, sessions, leaves)
        _put(archive, _INDEX, msgspec.json.encode(_Index(_KIND, made, digests)), made.made_at)
    return made


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a station's folder, but for its registry, its database's address and what does not
    belong here."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        ours = name.parts[0] not in _NOT_OURS and not name.parts[0].startswith(_MADE_ANEW)
        hidden = name.name.startswith(".") or path.is_symlink()
        if ours and not hidden and path.is_file():
            yield name.as_posix(), path


def _put(archive: tarfile.TarFile, name: str, data: bytes, at: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(data), SECRET_FILE, at
    archive.addfile(member, io.BytesIO(data))


def _verified(file: Path) -> _Index:
    """The index of a backup, once every file in it is the one that the index names."""
    with storage(file):
        if not file.is_file():
            raise _damaged(file)
        try:
            with tarfile.open(file, "r:") as archive:
                found = {}
                index = None
                for member in archive:
                    if not member.isreg() or not _is_safe(member.name) or index is not None:
                        raise _damaged(file)
                    content = archive.extractfile(member)
                    assert content is not None
                    if member.name == _INDEX and member.size <= _MOST_INDEX_BYTES:
                        index = msgspec.json.decode(content.read(), type=_Index)
                    else:
                        found[member.name] = _digest(content)
        except (tarfile.TarError, msgspec.MsgspecError, EOFError) as fault:
            raise _damaged(file) from fault
    if index is None or index.kind != _KIND or found != index.digests or _LAST not in found:
        raise _damaged(file)
    return index


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while part := content.read(1 << 20):
        digest.update(part)
    return digest.hexdigest()


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _take_out(archive: tarfile.TarFile, name: str, folder: Path) -> None:
    """Writes one verified file, as secret as it was: all but what is public is its owner's alone."""
    content = archive.extractfile(name)
    assert content is not None
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = 0o644 if name.startswith(("public/", "repository/")) else SECRET_FILE
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        while part := content.read(1 << 20):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _damaged(file: Path) -> InputRefused:
    return InputRefused(
        mark("this is no backup of a station, or a damaged one"),
        where=str(file),
        remedy=mark("Take another copy of it, or the backup before; nothing was restored"),
    )
