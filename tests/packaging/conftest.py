"""The builders of the package and of the bootable stick, and what there is to try them on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kiosk.terminal import ground
from tests.packaging.bare_root import RELEASES, BareRoot
from tests.packaging.builders import build_deb, builder


@pytest.fixture(scope="session")
def deb_builder() -> ModuleType:
    """The program that builds the Debian package."""
    return builder("deb")


@pytest.fixture(scope="session")
def image_builder() -> ModuleType:
    """The program that builds the bootable stick."""
    return builder("image")


@pytest.fixture(scope="session")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of this commit, or the one that KIOSK_DEB names."""
    made = os.environ.get("KIOSK_DEB")
    return Path(made) if made else build_deb(tmp_path_factory.mktemp("build") / "first")


@pytest.fixture(scope="module", params=RELEASES)
def bare_debian(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, deb: Path
) -> Iterator[BareRoot]:
    """A bare Debian with what the package depends on, and not the package."""
    kept = os.environ.get("KIOSK_DEBIAN_ROOTS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("roots")
    with BareRoot(folder / request.param, request.param) as made:
        depends = subprocess.run(
            ["dpkg-deb", "-f", deb, "Depends"], capture_output=True, text=True, check=True
        )
        made.satisfy(depends.stdout.strip())
        # Of a run before that was broken off.
        made.run("dpkg", "--purge", ground.PACKAGE, KIOSK_FORGET_EXAMS="yes")
        # Else the first user of the system that somebody adds makes them.
        made.run("touch", "/etc/subuid", "/etc/subgid")
        yield made


@pytest.fixture
def boot(tmp_path):
    """What GRUB for BIOS would be, of the size and with the fields that matter."""
    folder = tmp_path / "boot"
    folder.mkdir()
    (folder / "boot.img").write_bytes(b"B" * 510 + b"\x55\xaa")
    (folder / "core.img").write_bytes(b"C" * 1300)
    return folder


@pytest.fixture
def tools(monkeypatch):
    """The programs it calls are found, wherever Debian has them."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")
    monkeypatch.setenv("MTOOLS_SKIP_CHECK", "1")
