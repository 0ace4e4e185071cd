"""Files that are there after a power cut, and secrets that nobody else can read.

A file is written beside its place, flushed, renamed, and its folder flushed: after a crash there is
the old one or the new one, never a half. The system's errors become `StorageFault` with words.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.words import mark

SECRET_FILE = 0o600
SECRET_FOLDER = 0o700
PUBLIC_FILE = 0o644
_AT_A_TIME = 16


@contextlib.contextmanager
def storage(where: Path) -> Iterator[None]:
    """Turns an `OSError` of what is done inside into a `StorageFault` at `where`."""
    try:
        yield
    except OSError as fault:
        summary, remedy = _WORDS.get(
            fault.errno or 0,
            (
                mark("the disk did not do what was asked ({fault})"),
                mark("Check the disk or stick"),
            ),
        )
        told = str(fault.strerror or type(fault).__name__)
        raise StorageFault(summary, where=str(where), remedy=remedy, fault=told) from fault


def require_folder(folder: Path) -> None:
    """
    Raises:
        InputRefused: somebody named one that is not there.
    """
    if not folder.is_dir():
        raise InputRefused(
            mark("there is no such folder"),
            where=str(folder),
            remedy=mark("Check the path, or whether the stick is in"),
        )


def write_durable(path: Path, data: bytes, mode: int = PUBLIC_FILE) -> None:
    """Puts `data` at `path`, in place of what is there.

    Raises:
        StorageFault: the disk is full, read-only or otherwise refuses; what was there stays.
    """
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = _write_beside(path, data, mode)
        try:
            os.replace(beside, path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Puts `files`, by their paths within, into `folder`, where none of them is yet.

    Many are flushed at a time, so that the disk may take them together. The last is written once the
    others will stay: after a crash the folder is whole exactly if that one is there.

    Raises:
        StorageFault: the disk is full, read-only or otherwise refuses.
    """
    from concurrent.futures import ThreadPoolExecutor  # with logging, which no exam waits for

    *others, last = files
    folders = list(dict.fromkeys((folder / name).parent for name in others))
    for path in folders:
        with storage(path):
            path.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for _ in pool.map(lambda name: _write_new(folder / name, files[name]), others):
            pass
    for path in folders:
        with storage(path):
            sync_folder(path)
    write_durable(folder / last, files[last])


def write_secret(path: Path, data: bytes) -> None:
    """Puts `data` at `path` for its owner alone, and never in place of something else.

    Raises:
        NotPermitted: there is already a file.
        StorageFault: the disk refuses.
    """
    with storage(path):
        make_secret_folder(path.parent)
        if path.exists():
            raise _taken(path)
        # O_EXCL at the final name would leave a half file after a crash; a rename would replace.
        beside = _write_beside(path, data, SECRET_FILE)
        try:
            os.link(beside, path)
        except FileExistsError as fault:
            raise _taken(path) from fault
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)


def read_secret(path: Path) -> bytes:
    """A file that only its owner can read.

    Raises:
        NotPermitted: others can read or write it.
        StorageFault: not there, or the disk refuses.
    """
    with storage(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode) or mode & 0o077:
                raise NotPermitted(
                    mark("other users can read this private key"),
                    where=str(path),
                    remedy=mark(
                        "Make it private first (chmod 600); if others had access, make a new key "
                        "and let the station revoke this one"
                    ),
                )
            return file.read()


def read_given(path: Path, most_bytes: int) -> bytes:
    """A file that somebody brought: an ordinary one, and no longer than its kind can be.

    A pipe under a known name would keep the program waiting for ever, a device fill its memory.

    Raises:
        InputRefused: a pipe, a device or a folder, or too long.
        StorageFault: not there, or it cannot be read.
    """
    with storage(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise InputRefused(
                    mark("not a file but a folder, a pipe or a device"),
                    where=str(path),
                    remedy=mark("Take the stick to the administrator; do not use it"),
                )
            data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InputRefused(
            mark("larger than a file of this kind can be"),
            where=str(path),
            remedy=mark("Copy the file again from where it came"),
        )
    return data


def make_secret_folder(folder: Path) -> None:
    """Makes `folder`, and tightens it when it is there: for its owner alone."""
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=SECRET_FOLDER)
        folder.chmod(SECRET_FOLDER)


def sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Makes renames in `folder` last. Some stick file systems cannot, which is no fault of ours."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _write_new(path: Path, data: bytes) -> None:
    with storage(path), path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _write_beside(path: Path, data: bytes, mode: int) -> Path:
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(beside, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _taken(path: Path) -> NotPermitted:
    return NotPermitted(
        mark("there is already a key here, and keys are never overwritten"),
        where=str(path),
        remedy=mark("Use the key that is there, or name another folder"),
    )


_UNCHANGED = mark("Make space, then try again; what was there is unchanged")
_OWNER = mark("Check owner and permissions")
_PATH = mark("Check the path")
_WORDS = {
    errno.ENOSPC: (mark("the disk is full"), _UNCHANGED),
    errno.EDQUOT: (mark("the disk is full"), _UNCHANGED),
    errno.EROFS: (mark("the disk is read-only"), mark("Let it be written to, then try again")),
    errno.EACCES: (mark("this user may not read or write here"), _OWNER),
    errno.EPERM: (mark("this user may not read or write here"), _OWNER),
    errno.ENOENT: (mark("there is no such file"), mark("Check the path, or make it first")),
    errno.ENOTDIR: (mark("a file is where a folder is needed"), _PATH),
    errno.EEXIST: (mark("a file is where a folder is needed"), _PATH),
    errno.EISDIR: (mark("a folder is where a file is needed"), _PATH),
    errno.ELOOP: (mark("a link is where the file itself is needed"), mark("Name the file itself")),
    errno.EIO: (
        mark("the disk reports an error"),
        mark("Copy what is there and change the disk or stick"),
    ),
}
