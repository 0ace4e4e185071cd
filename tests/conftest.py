"""What every test may rely on."""

import gc
import itertools
import os
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# A window needs a platform; tests that want a real X server start one and say so.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Tests against data that is kept outside the repository: `.ci/run` names the folder.
collect_ignore = [] if os.environ.get("KIOSK_SHARED_DATA") else ["outside"]


MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 << 30
"""A run leaves 0.5 GB, the one before as much; a station wants 1 GB to be free."""


def in_memory():
    if not os.access(MEMORY, os.W_OK):
        return False
    found = os.statvfs(MEMORY)
    return found.f_bavail * found.f_frsize >= ROOM_BYTES and not found.f_flag & os.ST_NOEXEC


def pytest_configure(config):
    """A change is judged by the same examples each time, with its files in memory where there is room: a disk
    is waited for a third of the time. A campaign looks for other examples, on the disk.

    A deadline would test the machine and what else runs on it.
    """
    judged = "not campaign" in config.option.markexpr
    if judged and in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    settings.register_profile("kiosk", deadline=None, derandomize=judged)
    settings.load_profile("kiosk")


@pytest.fixture(scope="session", autouse=True)
def temporary(tmp_path_factory):
    """Folders that are made without `tmp_path` go with pytest's own, of which it keeps one run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("tmp")))
        yield


# Python collects cycles in whatever thread makes the next object; beside the tests runs a thread of
# pytest-xdist, and a window that went in it took the worker with it. So only the tests' thread collects.
gc.set_threshold(0)
_ended = itertools.count(1)


LONG = ("reader", "e2e", "faults", "test_benchmarks.py")
"""Where single tests take many seconds."""


def pytest_collection_modifyitems(items):
    """Long tests first, or one worker would be left with them while the other waits."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in LONG)


def pytest_collection_finish():
    """What was imported stays: to go through it again took a second each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown():
    """Windows go with their test: left to the next event loop, some hundreds were taken down in one."""
    answer = yield
    if core := sys.modules.get("PySide6.QtCore"):
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    gc.collect(2 if next(_ended) % 50 == 0 else 1)
    return answer
