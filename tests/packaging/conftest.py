"""The builder of the bootable stick, and what it needs where there is no Debian to take it from."""

import importlib.util
import os
from pathlib import Path

import pytest

BUILDER = Path(__file__).parents[2] / "packaging/image/build.py"


@pytest.fixture
def build():
    """The program that builds the bootable stick."""
    spec = importlib.util.spec_from_file_location("image_build", BUILDER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
