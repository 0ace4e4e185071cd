"""A disk of one's own for a test: a command in a namespace where mounting is nobody else's business."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest


def with_own_mounts(command: Sequence[str | Path]) -> list[str]:
    """`command` as one that may mount; the test is skipped where the system allows nobody to."""
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    if why := _refused(tuple(unshare)):
        pytest.skip(f"no namespace for mounts here: {why}")
    return [*unshare, *map(str, command)]


@cache
def _refused(unshare: tuple[str, ...]) -> str:
    tried = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else ""
