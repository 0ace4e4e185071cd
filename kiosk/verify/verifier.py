"""One file in, one verdict out. A file that does not hold is a verdict, never an error."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kiosk.artefacts.kinds import SUFFIXES
from kiosk.artefacts.qr import MAX_TEXT, Prefix
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.trust.durable import read_given
from kiosk.verify.anchors import Anchor, anchor_for
from kiosk.verify.artefacts_seen import CHECKS, Seen, certificate_seen, slip_seen, token_seen
from kiosk.verify.program import MANIFEST_SUFFIX, verify_installed
from kiosk.verify.repository_files import (
    is_list,
    is_program,
    listed_name,
    listed_seen,
    metadata_seen,
)
from kiosk.verify.verdict import Verdict

MAX_FILE_BYTES = 2 * 1024**3
MAX_NOTE_BYTES = 4096
_LISTED = (".bank", ".session")


def verify_file(path: Path, root: Path | None = None) -> Verdict:
    """Whether the file at `path` holds, by the public root at `root` (or beside the file) alone.

    A program's manifest brings its builder's key and asks for no root.

    Raises:
        InputRefused: there is no root, or its repository is damaged: nothing can be said.
        NotPermitted: the repository is not signed by that root.
        StorageFault: a file cannot be read.
    """
    if path.suffix == MANIFEST_SUFFIX:
        return verify_installed(path)
    data = read_given(path, MAX_FILE_BYTES)
    anchor = anchor_for(path, root)
    kind = _kind(path, data)
    try:
        seen = _seen(path, data, kind, anchor)
    except NotPermitted as fault:
        return Verdict(kind, "", False, str(fault), {"root": anchor.told}, permitted=False)
    except KioskError as fault:
        return Verdict(kind, "", False, fault.summary, {"root": anchor.told})
    return Verdict(kind, seen.signer, True, seen.reason, {**seen.facts, "root": anchor.told})


def _seen(path: Path, data: bytes, kind: str, anchor: Anchor) -> Seen:
    if path.suffix in CHECKS:
        seen = CHECKS[path.suffix](data, anchor.trust)
        if path.suffix == ".jwt":
            return _not_revoked(seen, anchor)
        return _as_listed(path, data, seen, anchor) if path.suffix in _LISTED else seen
    if path.suffix == ".json":
        return metadata_seen(path, data, anchor)
    if is_list(path) or is_program(path):
        return listed_seen(path, data, anchor.listing)
    if _is_checkpoint(data):
        return CHECKS[".checkpoint"](data, anchor.trust)
    text = _text(data)
    if text is None:
        raise InputRefused("neither the file's name nor its content is one of ours")
    if kind == "hand-in slip":
        return slip_seen(text, anchor.trust)
    if kind == "certificate":
        return _not_revoked(certificate_seen(text, anchor.trust), anchor)
    return token_seen(text, anchor.trust)


def _not_revoked(seen: Seen, anchor: Anchor) -> Seen:
    """Adds what the repository says of a certificate's number.

    Raises:
        NotPermitted: it was revoked.
    """
    if anchor.revoked is None:
        return Seen(seen.signer, f"{seen.reason}; the repository lists no revocations", seen.facts)
    day = anchor.revoked.numbers.get(seen.facts["number"])
    if day is not None:
        raise NotPermitted(f"certificate {seen.facts['number']} was revoked on {day}")
    when = datetime.fromtimestamp(anchor.revoked.issued_at, UTC)
    told = f"{seen.reason}; not revoked by the list of {when:%Y-%m-%d}"
    return Seen(seen.signer, told, seen.facts)


def _as_listed(path: Path, data: bytes, seen: Seen, anchor: Anchor) -> Seen:
    """Adds whether these are the very bytes that the repository lists now."""
    name = listed_name(path, data, anchor.listing)
    told = f"the trust repository lists it as {name}" if name else "the repository does not list it"
    return Seen(seen.signer, f"{seen.reason}; {told}", {**seen.facts, "listed_as": name})


def _kind(path: Path, data: bytes) -> str:
    if path.suffix in SUFFIXES or path.suffix in CHECKS:
        return path.suffix.removeprefix(".")
    if _is_checkpoint(data):
        return "checkpoint"
    if path.suffix == ".json":
        return "trust metadata"
    if is_list(path):
        return "trust list"
    if is_program(path):
        return "program"
    text = _text(data) or ""
    if text.startswith(Prefix.CERTIFICATE):
        return "certificate"
    if text.startswith(Prefix.SLIP):
        return "hand-in slip"
    return "token" if text.startswith((Prefix.ANSWER, Prefix.ROOM)) else "unknown"


def _is_checkpoint(data: bytes) -> bool:
    """A signed note by its signature line, under any name: the station writes checkpoint.txt."""
    return len(data) <= MAX_NOTE_BYTES and b"\n\n\xe2\x80\x94 " in data


def _text(data: bytes) -> str | None:
    """The text of a code kept as a file, or None. Spaces are digits of base45 and stay."""
    if len(data) > MAX_TEXT or not data.isascii():
        return None
    text = data.decode("ascii").strip("\r\n\t").upper()
    return text if text.startswith(tuple(Prefix)) else None
