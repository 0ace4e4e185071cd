"""Where trust begins: the root, the published repository it vouches for, and who may sign by it.

The repository is read as published, from the root down, without asking a clock: a verifier comes
years later. That its metadata has expired is told as a fact, not as a fault.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.certificate import REVOKED_TARGET, Revoked
from kiosk.artefacts.codec import decode
from kiosk.artefacts.trust_list import AUTHORITY_TARGET, TRUST_TARGET, Trust, read_trust_list
from kiosk.errors import InputRefused, StorageFault
from kiosk.trust.chain import MAX_METADATA_BYTES, published, read_chain
from kiosk.trust.durable import storage
from kiosk.trust.listing import Listing
from kiosk.trust.publication import target_file

_BESIDE = ("", "usb")


class Anchor(Struct, frozen=True):
    """A root and what it vouches for. `found` says that nobody named it: it lay beside the file.
    `revoked` are certificates, None where the repository has no such list."""

    root: Path
    repository: Path
    found: bool
    listing: Listing
    trust: Trust
    revoked: Revoked | None

    @property
    def told(self) -> str:
        """A sentence on which root was used and how fresh it is."""
        how = "found beside the file" if self.found else "as named"
        when = datetime.fromtimestamp(self.listing.expires_at, UTC)
        fresh = "" if when > datetime.now(UTC) else f"; expired {when:%Y-%m-%d}"
        return f"{self.root} ({how}{fresh})"


def anchor_for(file: Path, root: Path | None) -> Anchor:
    """The root to check `file` with: `root`, or the one beside the file or above it.

    Raises:
        InputRefused: there is none, it has no repository, or the repository is damaged.
        NotPermitted: the repository is not signed by this root.
        StorageFault: a file cannot be read.
    """
    chosen = root or _found_root(file)
    repository = next(
        (
            folder
            for folder in (chosen.absolute().parent, *_places(file))
            if (folder / "metadata").is_dir()
        ),
        None,
    )
    if repository is None:
        raise InputRefused(
            "the root is here, and its trust repository is not",
            where=str(chosen),
            remedy="Keep root.json with the folders metadata and targets it was published with",
        )
    with storage(chosen), chosen.open("rb") as stream:
        root_json = stream.read(MAX_METADATA_BYTES)
    listing = read_chain(root_json, published(repository))
    revoked = (
        decode(
            _target(repository, listing, REVOKED_TARGET), Revoked, "list of certificates revoked"
        )
        if REVOKED_TARGET in listing.targets
        else None
    )
    trust = Trust(
        read_trust_list(_target(repository, listing, AUTHORITY_TARGET), "authority"),
        read_trust_list(_target(repository, listing, TRUST_TARGET), "delegated"),
    )
    return Anchor(chosen, repository, root is None, listing, trust, revoked)


def _found_root(file: Path) -> Path:
    for folder in _places(file):
        if (folder / "root.json").is_file() and (folder / "metadata").is_dir():
            return folder / "root.json"
    raise InputRefused(
        "no root was named and none lies beside the file",
        where=str(file),
        remedy="Name the station's root: --root ROOT.json",
    )


def _places(file: Path) -> list[Path]:
    folders = file.absolute().parents
    return [folder / beside for folder in folders for beside in _BESIDE]


def _target(repository: Path, listing: Listing, name: str) -> bytes:
    listed = listing.target(name)
    path = repository / "targets" / target_file(name, listed.sha256)
    try:
        with path.open("rb") as stream:
            data = stream.read(listed.length + 1)
    except OSError as fault:
        raise StorageFault(
            f"the trust repository's {name} cannot be read ({fault.strerror})", where=str(path)
        ) from fault
    if not listed.is_of(data):
        raise InputRefused(
            f"the trust repository's {name} is not the one listed: damaged or changed",
            where=str(path),
            remedy="Copy the station's files again from where they came",
        )
    return data
