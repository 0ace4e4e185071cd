"""A bare Debian in a folder: made by debootstrap, entered by chroot, left as it was found."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

RELEASES = {"12": "bookworm", "13": "trixie"}
MIRROR = os.environ.get("KIOSK_DEBIAN_MIRROR", "http://deb.debian.org/debian")
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "DEBIAN_FRONTEND": "noninteractive",
    "LC_ALL": "C.UTF-8",
}
_NOISE = ("proc", "sys", "dev", "run", "tmp", "var/cache", "var/log", "var/lib/apt", "var/lib/dpkg")
"""What every package's coming and going changes."""
_NOISE_FILES = ("etc/ld.so.cache", "etc/passwd-", "etc/shadow-", "etc/group-", "etc/gshadow-")


def can_be_made() -> bool:
    return os.geteuid() == 0 and shutil.which("debootstrap") is not None


class BareRoot:
    """Use it as a context manager: what was mounted is unmounted."""

    def __init__(self, folder: Path, release: str) -> None:
        """
        Args:
            folder: where it is made, or was made before.
            release: `12` or `13`.
        """
        self.folder = folder
        self._mounted: list[Path] = []
        if not (folder / "etc/os-release").exists():
            command = ["debootstrap", "--variant=minbase", RELEASES[release], folder, MIRROR]
            subprocess.run(command, check=True, capture_output=True)
        shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
        # Nothing is started by an installation here.
        policy = folder / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)

    def __enter__(self) -> BareRoot:
        self.mount(Path("/proc"), Path("/proc"))
        self.mount(Path("/dev"), Path("/dev"))
        return self

    def __exit__(self, *_fault: object) -> None:
        while self._mounted:
            subprocess.run(["umount", "--lazy", self._mounted.pop()], check=True)

    def mount(self, outside: Path, inside: Path) -> None:
        """Show a folder of this machine at `inside`, an absolute path in the root."""
        at = self.folder / inside.relative_to("/")
        at.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", outside, at], check=True)
        self._mounted.append(at)

    def unmount(self, inside: Path) -> None:
        """Take away what was shown at `inside`."""
        at = self.folder / inside.relative_to("/")
        subprocess.run(["umount", "--lazy", at], check=True)
        self._mounted.remove(at)

    def command(self, *command: str | Path, user: str = "") -> list[str]:
        """What runs `command` in the root."""
        as_user = [f"--userspec={user}"] if user else []
        return ["chroot", *as_user, str(self.folder), *map(str, command)]

    def run(
        self, *command: str | Path, user: str = "", check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*command, user=user),
            env={**ENVIRONMENT, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done

    def satisfy(self, depends: str) -> None:
        """Install what a package depends on, from Debian's mirror."""
        self.run("apt-get", "-q", "update")
        self.run("apt-get", "-y", "-q", "satisfy", "--no-install-recommends", depends)

    def snapshot(self) -> dict[str, str]:
        """Every path with what it is, content included."""
        found = {}
        for place, folders, files in os.walk(self.folder):
            here = Path(place)
            folders[:] = [one for one in folders if not self._is_noise(here / one)]
            for name in (*folders, *files):
                path = here / name
                if not self._is_noise(path):
                    found[str(path.relative_to(self.folder))] = _told(path)
        return found

    def _is_noise(self, path: Path) -> bool:
        name = str(path.relative_to(self.folder))
        return name in _NOISE or name in _NOISE_FILES or path.is_mount()


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Paths that came, went or changed between two snapshots."""
    paths = sorted({*before, *after})
    return [
        f"{path}: {before.get(path)} became {after.get(path)}"
        for path in paths
        if before.get(path) != after.get(path)
    ]


def _told(path: Path) -> str:
    status = path.lstat()
    what = f"{status.st_mode:o} {status.st_uid}:{status.st_gid}"
    if stat.S_ISLNK(status.st_mode):
        return f"{what} -> {os.readlink(path)}"
    if stat.S_ISREG(status.st_mode):
        return f"{what} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return what
