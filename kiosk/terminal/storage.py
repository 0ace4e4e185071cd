"""What a disk can do to a terminal, as faults with a name each.

Every fault is a `StorageFault`, so that nobody mistakes one for a refusal; the class says which
trouble screen a person sees.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import StorageFault
from kiosk.trust.durable import SECRET_FILE, make_secret_folder, write_durable
from kiosk.words import mark

FILE_MODE = SECRET_FILE
SHARED_FILE = 0o640
SHARED_FOLDER = 0o770


class DiskFull(StorageFault):
    """There is no room left for what must be kept."""


class DiskReadOnly(StorageFault):
    """The disk may be read and not written."""


class DiskFailing(StorageFault):
    """The disk reports a fault of its own."""


class InUse(StorageFault):
    """Another program has it open."""


class RecordDamaged(StorageFault):
    """What was kept is not what was written: damaged, cut short or changed."""


def full(where: Path) -> DiskFull:
    return DiskFull(
        mark("the disk is full"),
        where=str(where),
        remedy=mark("Make room on the disk; the program goes on by itself"),
    )


def read_only(where: Path) -> DiskReadOnly:
    return DiskReadOnly(
        mark("the disk cannot be written"),
        where=str(where),
        remedy=mark("Let the state folder be writable again, or use a spare terminal"),
    )


def failing(where: Path, told: str) -> DiskFailing:
    return DiskFailing(
        f"the disk reports a fault ({told})",
        where=str(where),
        remedy="Use a spare terminal; keep this one for the station",
    )


def in_use(where: Path) -> InUse:
    return InUse(
        mark("another program has the journal open"),
        where=str(where),
        remedy=mark(
            "End the other program; a terminal's state folder is for one program at a time"
        ),
    )


def damaged(where: Path, told: str) -> RecordDamaged:
    return RecordDamaged(
        told,
        where=str(where),
        remedy="Leave the file as it is, use a spare terminal, and tell the station",
    )


def fault_of(error: OSError, where: Path) -> StorageFault:
    """The fault that an operating system's error means."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return full(where)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return read_only(where)
    return failing(where, error.strerror or type(error).__name__)


def make_folder(folder: Path) -> None:
    """A folder for this user alone; what is in it, too (`write_durably`).

    Raises:
        StorageFault: the disk does not take it.
    """
    if folder.is_dir():
        return  # a disk that cannot be written may still be read
    with storage_faults(folder):
        make_secret_folder(folder)


def make_shared_folder(folder: Path) -> None:
    """As `make_folder`; where the group may write beside it, it may in it, and read what is there.

    So a state folder of mode 0770 lets another user of its group carry what is in the outbox.

    Raises:
        StorageFault: the disk does not take it.
    """
    if folder.is_dir():
        return
    make_folder(folder)
    with storage_faults(folder):
        if folder.parent.stat().st_mode & stat.S_IWGRP:
            folder.chmod(SHARED_FOLDER)


def write_durably(path: Path, content: bytes) -> None:
    """Replace `path` as a whole: after a power cut it holds the old content or the new.

    It is this user's alone, but in a shared folder, where the group may read it.

    Raises:
        StorageFault: nothing was changed.
    """
    with storage_faults(path):
        shared = path.parent.is_dir() and path.parent.stat().st_mode & stat.S_IWGRP
        write_durable(path, content, SHARED_FILE if shared else FILE_MODE)


@contextmanager
def storage_faults(where: Path) -> Iterator[None]:
    """Gives what the disk refuses inside the name of its fault."""
    try:
        yield
    except OSError as error:
        raise fault_of(error, where) from error
    except StorageFault as fault:
        if isinstance(fault.__cause__, OSError):
            raise fault_of(fault.__cause__, where) from fault
        raise
