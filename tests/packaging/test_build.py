"""How the Debian package is put together; test_bare_debian.py builds, installs and removes a whole one."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.terminal import ground
from kiosk.verify import verify_file
from kiosk.words import text

PROJECT = Path(__file__).parents[2]
DEB = PROJECT / "packaging/deb"
EPOCH = 1_790_000_000


@pytest.fixture
def stage(deb_builder, tmp_path):
    """The project's own part of the package."""
    deb_builder.project(tmp_path)
    deb_builder.files_beside(tmp_path)
    return tmp_path


def modules(folder):
    """Dotted names of the project's modules below a folder, with their files."""
    found = {}
    for path in (folder / "kiosk").rglob("*.py"):
        parts = path.relative_to(folder).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def test_what_is_packaged_imports_nothing_that_is_left_out(stage):
    packaged = modules(stage / str(ground.PROGRAM).lstrip("/") / "packages")
    everything = modules(PROJECT)
    assert "kiosk.terminal.screens.app" in packaged
    missing = []
    for name, path in packaged.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            wanted = []
            if isinstance(node, ast.Import):
                wanted = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                wanted = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
            missing += [(name, one) for one in wanted if one in everything and one not in packaged]
    assert missing == []


def test_a_seat_speaks_chinese(stage):
    packages = stage / str(ground.PROGRAM).lstrip("/") / "packages"
    program = "from kiosk.words import text; print(text('Full screen', 'zh-CN'))"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(packages), "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        cwd=stage,
    )
    assert told.stdout.strip() == text("Full screen", "zh-CN") != "Full screen", told.stderr


def test_no_station_no_desk_and_no_author_is_at_a_seat(stage):
    packages = stage / str(ground.PROGRAM).lstrip("/") / "packages/kiosk"
    assert {path.name for path in packages.iterdir() if path.is_dir()} == {
        *("artefacts", "assessment", "cli", "scoring", "sync", "terminal", "trust", "ui"),
        *("verify", "words", "writing"),
    }


def test_the_manifest_of_a_package_holds_and_is_the_same_twice(deb_builder, stage):
    keys = PrivateKeys.generate(Role.BUILDER, "Builder")
    path = stage / str(ground.MANIFEST).lstrip("/")
    deb_builder._settle(stage, EPOCH)
    deb_builder.manifest(stage, keys, "1.0", EPOCH)
    verdict = verify_file(path)
    assert verdict.valid, verdict
    assert "all " in verdict.reason
    first = path.read_bytes()
    path.unlink()
    deb_builder.manifest(stage, keys, "1.0", EPOCH)
    assert path.read_bytes() == first
    (stage / str(ground.PROGRAM).lstrip("/") / "lock").chmod(0o777)
    assert not verify_file(path).valid


def test_the_settings_are_the_one_file_that_a_technician_may_change(deb_builder, stage):
    keys = PrivateKeys.generate(Role.BUILDER, "Builder")
    deb_builder.manifest(stage, keys, "1.0", EPOCH)
    (stage / str(ground.CONFIGURATION).lstrip("/")).write_text("KIOSK_ROOM=10.0.0.1:8470\n")
    verdict = verify_file(stage / str(ground.MANIFEST).lstrip("/"))
    assert verdict.valid
    assert verdict.facts["settings"] == ["etc/kiosk-terminal/terminal.conf"]


@pytest.mark.parametrize("name", ["postinst", "prerm", "postrm"])
def test_the_scripts_of_the_package_can_be_read(name):
    subprocess.run(["sh", "-n", DEB / "debian" / name], check=True)


def test_every_launcher_and_script_can_be_run(stage):
    program = stage / str(ground.PROGRAM).lstrip("/")
    for name in ("bin/kiosk", "lock", "relay", "session", "stick", "x11/client", "x11/server"):
        assert (program / name).stat().st_mode & 0o111, name
    generator = stage / "usr/lib/systemd/system-generators/kiosk-terminal"
    assert generator.stat().st_mode & 0o111
