"""A program's manifest: that its builder signed it, and that the files are still the ones it lists.

Needs no root. Where the manifest lies in its program's own folder, as it was installed, the files of that
computer are looked at: `/mnt/usr/lib/...` checks a computer's disk from outside.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.manifest import MAX_BYTES, Manifest, read_manifest
from kiosk.errors import KioskError, NotPermitted
from kiosk.trust.durable import read_given
from kiosk.trust.program_files import deviations
from kiosk.verify.artefacts_seen import named
from kiosk.verify.verdict import Verdict

MANIFEST_SUFFIX = ".manifest"
KIND = "manifest"
SHOWN = 20
"""Paths told of each kind of deviation."""


def verify_installed(path: Path) -> Verdict:
    """Whether a manifest holds and, where it is installed, its files.

    Raises:
        StorageFault: the manifest cannot be read.
    """
    try:
        manifest = read_manifest(read_given(path, MAX_BYTES))
    except NotPermitted as fault:
        return Verdict(KIND, "", False, str(fault), permitted=False)
    except KioskError as fault:
        return Verdict(KIND, "", False, fault.summary)
    builder = named(manifest.builder)
    holds = f"the signature of {builder} holds; compare the words of its key"
    facts: dict[str, Any] = {
        "package": manifest.package,
        "version": manifest.version,
        "built_at": manifest.built_at,
        "files": len(manifest.files),
        "fingerprint": " ".join(record_words(manifest.builder, "en")),
        "fingerprint_zh": " ".join(record_words(manifest.builder, "zh-CN")),
    }
    root = root_of(path.absolute(), manifest)
    if root is None:
        return Verdict(KIND, builder, True, f"{holds}; no files were looked at", facts)
    itself = str(path.absolute().relative_to(root))
    found = deviations(manifest, root, frozenset({itself}))
    facts["root"] = str(root)
    for name in ("changed", "missing", "added", "settings"):
        paths = getattr(found, name)
        if paths:
            facts[name] = [*paths[:SHOWN], *(["..."] if len(paths) > SHOWN else [])]
    if found.none:
        return Verdict(KIND, builder, True, f"{holds}; all {len(manifest.files)} files hold", facts)
    counts = f"{len(found.changed)} changed, {len(found.missing)} missing, {len(found.added)} added"
    return Verdict(KIND, builder, False, f"the files are not those of {builder}: {counts}", facts)


def root_of(path: Path, manifest: Manifest) -> Path | None:
    """The root of the computer that the manifest at `path` is installed on; None if it is not."""
    for own in manifest.own:
        depth = len(Path(own).parts)
        if path.parent.parts[-depth:] == Path(own).parts:
            return path.parents[depth]
    return None
