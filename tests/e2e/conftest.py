"""One demo for all end-to-end tests of a run, whichever worker gets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from kiosk.cli import run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a finished `kiosk demo --headless`; look, but do not change anything in it."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    folder = shared / "demo"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            code = run(["demo", "--headless", "--out", str(folder)])
            (folder / "exit-code").write_text(str(code))
        # Another worker, or an earlier test, has run it: once is enough to know.
        assert (folder / "exit-code").read_text() == "0", "kiosk demo failed, see its output above"
    return folder
