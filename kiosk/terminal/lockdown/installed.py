"""Whether the installed program is the one its builder signed: every file of the package, by its digest.

It reads the whole program, so it is done once, and beside the exam.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.artefacts.manifest import MAX_BYTES, read_manifest
from kiosk.errors import KioskError
from kiosk.terminal.ground import MANIFEST
from kiosk.terminal.lockdown.facts import Program
from kiosk.terminal.lockdown.readers import clean
from kiosk.trust.program_files import deviations

MOST_NAMED = 3
"""Files named, of those that are not as they were."""


def read_program(root: Path) -> Program | None:
    """The installed package held against its manifest; None where there is none to read.

    Who the builder is a person must know: the package brings the key that it is checked with.
    """
    place = MANIFEST.relative_to("/")
    try:
        with (root / place).open("rb") as file:
            manifest = read_manifest(file.read(MAX_BYTES + 1))
    except OSError:
        return None
    except KioskError as fault:
        return Program(wrong=fault.summary)
    found = deviations(manifest, root, frozenset({str(place)}))
    paths = [clean(path, 60) for path in (*found.changed, *found.missing, *found.added)]
    more = f" +{len(paths) - MOST_NAMED}" if len(paths) > MOST_NAMED else ""
    builder = manifest.builder
    return Program(
        f"{clean(manifest.version)} · {clean(builder.name)} {builder.kid.hex()}",
        ", ".join(paths[:MOST_NAMED]) + more,
    )
