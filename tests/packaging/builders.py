"""The builders of the package and of the bootable stick, called by tests: whole packages, and others made of one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.terminal import ground

PROJECT = Path(__file__).parents[2]
_MADE_AT = 1_900_000_000


def builder(kind: str) -> ModuleType:
    """A builder as a module; its name is none that can be imported."""
    spec = importlib.util.spec_from_file_location(
        f"{kind}_build", PROJECT / "packaging" / kind / "build.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build_deb(folder: Path) -> Path:
    """The package, from a clone of this commit, with a key that all builds beside it share."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", PROJECT, clone], check=True)
    script = clone / "packaging/deb/build.py"
    command = [sys.executable, script, "--out", folder / "out", "--key", folder.parent / "key"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(clone)})
    return next((folder / "out").glob("*.deb"))


def newer_deb(
    deb: Path, version: str, folder: Path, *, depends: str = "", session: str = ""
) -> Path:
    """The package `deb` under another version's name, with a file more and its builder's manifest.

    Args:
        depends: what it depends on besides, ended by a comma.
        session: what is written in the place of the script that starts display and window.
    """
    stage = folder / f"stage-{version}"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, stage], check=True)
    shutil.rmtree(stage / "DEBIAN")
    program = stage / str(ground.PROGRAM).lstrip("/")
    (program / "newer").write_text("of the newer version\n")
    if session:
        (program / "session").write_text(session)
    (stage / str(ground.MANIFEST).lstrip("/")).unlink()
    build = builder("deb")
    build.manifest(stage, PrivateKeys.generate(Role.BUILDER, "Builder"), version, _MADE_AT)
    build.control(stage, version, "amd64")
    control = stage / "DEBIAN/control"
    told = control.read_text("utf-8")
    control.write_text(told.replace("Depends: ", f"Depends: {depends}"), "utf-8")
    package = folder / f"{ground.PACKAGE}_{version}_amd64.deb"
    pack = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", stage, package]
    subprocess.run(pack, check=True, capture_output=True)
    shutil.rmtree(stage)
    return package
