"""Every single write of a sitting fails once: nothing shown as saved is lost, and the exam goes on."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.terminal import trouble

HERE = Path(__file__).parent
COMPILER = shutil.which("cc") or shutil.which("gcc")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
CODES = {trouble.DISK_FULL, trouble.DISK_READ_ONLY, trouble.DISK_FAILING, "start"}


@pytest.fixture(scope="module")
def failing_disk(tmp_path_factory):
    library = tmp_path_factory.mktemp("failing") / "failing_disk.so"
    flags = ["-shared", "-fPIC", "-O1", "-o", library, HERE / "failing_disk.c", "-ldl"]
    subprocess.run([COMPILER, *flags], check=True)
    return library


def sittings(library, folder, runs):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.failing_scene", str(folder), *runs],
        cwd=HERE.parents[1],
        env=os.environ
        | {
            "PYTHONPATH": str(HERE.parents[1]),
            "LD_PRELOAD": str(library),
            "FAILING_DISK": str(folder),
        },
        capture_output=True,
        text=True,
        timeout=3_600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def nothing_is_lost(told):
    assert set(told["codes"]) <= CODES, told
    assert told["given"].items() <= told["handed_in"].items(), told
    assert len(told["handed_in"]) == 6, told
    assert told["packages"] == 1, told
    assert told["again"] == "SignIn", told


def sweep(library, folder, lasting, step=1):
    """Each `step`th write fails, as each error, whole or in half, once or `lasting` times."""
    (sound,) = sittings(library, folder, ["0,0,0,0"])
    assert sound["codes"] == []
    assert sound["writes"] > 100
    runs = [
        f"{at},{times},{error},{half}"
        for n, (error, times, half) in enumerate(
            (error, times, half)
            for error in (errno.EIO, errno.ENOSPC, errno.EROFS)
            for times in lasting
            for half in (0, 1)
        )
        for at in range(1 + n % step, sound["writes"] + 1, step)
    ]
    told = sittings(library, folder, runs)
    assert len(told) == len(runs)
    for one in told:
        nothing_is_lost(one)
    # Most refusals reach a person; the witness and what is tidied away may wait.
    assert sum(bool(one["codes"]) for one in told) > len(told) // 2


@pytest.mark.timeout(240)
def test_a_write_that_fails_anywhere_in_a_sitting_loses_nothing(tmp_path, failing_disk):
    sweep(failing_disk, tmp_path, lasting=(1, 4), step=31)


@pytest.mark.campaign
def test_each_write_that_fails_once_or_for_long_loses_nothing(tmp_path, failing_disk):
    sweep(failing_disk, tmp_path, lasting=(1, 4, 40))
