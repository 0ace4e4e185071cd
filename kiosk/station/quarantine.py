"""What was refused, kept: a copy under `quarantine/` with its reason beside it.

Named by digest, so that the same file refused twice is one copy; `import --retry` reads them again,
and a copy goes when its content was recorded after all.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from kiosk.trust.durable import storage, write_durable

_REASON = ".reason.txt"
_UNSAFE = re.compile(r"[^\w.+-]+")


def keep(folder: Path, name: str, data: bytes, reason: str) -> Path:
    """Keeps `data` with the reason it was refused for; returns where.

    Args:
        folder: the station's `quarantine/`.
        name: the file's name as it came, which nothing relies on.
    """
    prefix = digest(data).hex()[:16]
    with storage(folder):
        copies = sorted(folder.glob(f"{prefix}-*"))
    there = [path for path in copies if not path.name.endswith(_REASON)]
    path = there[0] if there else folder / f"{prefix}-{_UNSAFE.sub('_', Path(name).name)[-80:]}"
    if not there:
        write_durable(path, data)
    write_durable(path.with_name(path.name + _REASON), f"{reason}\n".encode())
    return path


def release(folder: Path, data_sha256: bytes) -> None:
    """Drops the copies of a content that was recorded now; the package itself is in the registry."""
    with storage(folder):
        for path in sorted(folder.glob(f"{data_sha256.hex()[:16]}-*")):
            path.unlink()


def reason(folder: Path, data_sha256: bytes) -> str | None:
    """Why a content was refused; None where it was not, or was recorded since."""
    with storage(folder):
        told = next(folder.glob(f"{data_sha256.hex()[:16]}-*{_REASON}"), None)
        return None if told is None else told.read_text("utf-8").strip()


def kept(folder: Path) -> tuple[Path, ...]:
    """The files in quarantine, without their reasons."""
    with storage(folder):
        if not folder.is_dir():
            return ()
        return tuple(
            path
            for path in sorted(folder.iterdir())
            if path.is_file() and not path.name.endswith(_REASON) and not path.name.startswith(".")
        )


def reason_of(path: Path) -> str:
    """Why a file in quarantine was refused; empty where nobody noted it."""
    beside = path.with_name(path.name + _REASON)
    with storage(beside):
        return beside.read_text("utf-8").strip() if beside.is_file() else ""


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
