"""`.manifest`: every file of an installed program, signed by whoever built it.

The builder's record is inside: that the signature holds says that nobody else changed the list, not who
the builder is. A person compares the fingerprint's words with those the builder gave out.
`trust.program_files` compares the list with a disk.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer, require_name
from kiosk.artefacts.kinds import Kind
from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_BYTES = 16 * 1024 * 1024
SETTINGS, LINK = "settings", "link"


class ProgramFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file. `path` has no slash at its beginning; `mode` are its permissions.

    `kind` `link`: a symbolic link, `sha256` is of where it points. `settings`: whoever runs the computer
    may change its content.
    """

    path: str
    sha256: bytes
    mode: int
    kind: str = ""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """`own` are the folders in which there is nothing but what is listed. `built_at` is that of the
    sources, UTC epoch seconds, so that the same sources give the same bytes."""

    builder: KeyRecord
    package: str
    version: str
    built_at: int
    own: tuple[str, ...]
    files: tuple[ProgramFile, ...]


def write_manifest(
    signer: Signer,
    package: str,
    version: str,
    built_at: int,
    own: Sequence[str],
    files: Sequence[ProgramFile],
) -> bytes:
    """The bytes of a `.manifest`; `files` in any order.

    Raises:
        NotPermitted: the signer is no builder.
    """
    listed = tuple(sorted(files, key=lambda one: one.path))
    manifest = Manifest(signer.record, package, version, built_at, tuple(sorted(own)), listed)
    return sign(encode(manifest), Kind.MANIFEST, signer)


def read_manifest(data: bytes) -> Manifest:
    """The list, once it is shown to be signed by the builder it names.

    Raises:
        InputRefused: damaged, signed by another key, or with paths that leave the computer's root.
        NotPermitted: the key in it is no builder's.
    """
    if len(data) > MAX_BYTES:
        raise InputRefused(mark("larger than a file of this kind can be"))
    frame = read_frame(data, mark("manifest"))
    # The key is inside what it signs: parsed before the signature, then proven by it.
    manifest = decode(frame.payload, Manifest, mark("manifest"))
    verified(frame, Kind.MANIFEST, manifest.builder, mark("manifest"))
    require_name(manifest.builder.name)
    paths = [one.path for one in manifest.files]
    if paths != sorted(set(paths)) or not all(map(_inside, (*paths, *manifest.own))):
        raise InputRefused(mark("not a valid manifest: its paths are not in order"))
    return manifest


def _inside(path: str) -> bool:
    return "\0" not in path and not {"", ".", ".."} & set(path.split("/"))
