"""The trust repository's own files: its metadata (JSON), its lists, and programs, which it alone signs.

A metadata file holds when it is, byte for byte, the one the chain from the root leads to: a file that
is well signed but not in the chain is an older one, and is said to be.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from kiosk.artefacts.trust_list import AUTHORITY_TARGET, TRUST_TARGET
from kiosk.errors import InputRefused, NotPermitted
from kiosk.trust.chain import STATION_ROLE, published, read_root
from kiosk.trust.listing import Listing
from kiosk.trust.programs import PREFIX as PROGRAMS
from kiosk.trust.programs import Kind
from kiosk.verify.anchors import Anchor
from kiosk.verify.artefacts_seen import Seen

ROLES = ("root", "timestamp", "snapshot", "targets", STATION_ROLE)
_SIGNED_BY = {
    "root": "the root keys",
    "targets": "the offline targets key",
    STATION_ROLE: "the station's repository key",
    "snapshot": "the station's snapshot key",
    "timestamp": "the station's timestamp key",
}


def metadata_seen(file: Path, data: bytes, anchor: Anchor) -> Seen:
    """A metadata file of the repository, by its name: `root.json`, `3.snapshot.json`.

    Raises:
        InputRefused: damaged, changed, or not one of the repository's.
        NotPermitted: an older version than the repository has now.
    """
    role, version = _role_of(file, data)
    source = published(anchor.repository)
    newest = anchor.listing.versions[role]
    if role == "root" and version < newest:
        newest = version  # every root stays published, and the chain went through it
    if version != newest:
        raise NotPermitted(
            f"version {version} of the {role} metadata is not the repository's, which has {newest}"
        )
    if source(role, version) != data:
        raise InputRefused(
            f"not the {role} metadata that {_SIGNED_BY[role]} signed: damaged or changed"
        )
    facts = {"role": role, "version": version, "targets": len(anchor.listing.targets)}
    return Seen(_SIGNED_BY[role], f"the chain from the root leads to it (version {version})", facts)


def listed_name(file: Path, data: bytes, listing: Listing) -> str:
    """The name under which the repository lists exactly these bytes, or empty."""
    digest = hashlib.sha256(data).digest()
    for name, listed in listing.targets.items():
        if listed.sha256 == digest and listed.length == len(data):
            return name
    return ""


def listed_seen(file: Path, data: bytes, listing: Listing) -> Seen:
    """A list or a program, whose signature is the repository's own."""
    name = listed_name(file, data, listing)
    if name not in (AUTHORITY_TARGET, TRUST_TARGET) and not name.startswith(PROGRAMS):
        raise InputRefused("not a file that the trust repository vouches for: damaged or changed")
    return Seen(_SIGNED_BY[listing.targets[name].role], f"the repository lists it as {name}")


def is_list(file: Path) -> bool:
    return file.name.endswith((AUTHORITY_TARGET, TRUST_TARGET))


def is_program(file: Path) -> bool:
    return file.suffix in {f".{kind}" for kind in Kind}


def _role_of(file: Path, data: bytes) -> tuple[str, int]:
    role = next((role for role in ROLES if file.name.endswith(f"{role}.json")), None)
    try:
        version = json.loads(data)["signed"]["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise InputRefused("not metadata of a trust repository: damaged or other JSON") from fault
    if role is None or type(version) is not int:
        raise InputRefused("not metadata of a trust repository by its name")
    if role == "root":
        read_root(data)
    return role, version
