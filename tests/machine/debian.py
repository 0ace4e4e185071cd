"""A computer with Debian and the package on its disk, as a technician finds it, and a way to look into it.

Its root is made as for the tests of the package (`tests/packaging/bare_root.py`), with Debian's own kernel, and copied
onto a disk by mke2fs, which needs no rights for that. QEMU starts that kernel itself: no boot loader is ours.
"""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
from datetime import datetime
from pathlib import Path

from kiosk.terminal import ground
from tests.machine.computer import Computer, Kernel
from tests.packaging.bare_root import BareRoot

LABEL = "debian"
PASSWORD = "root"
ANSWERS_S = 120
LINE = f"root=LABEL={LABEL} rw quiet"
SYSTEM = "linux-image-amd64, initramfs-tools, systemd-sysv, udev, dbus, libpam-systemd, kmod"
"""What Debian's installer puts on any computer besides a bare root."""
LOOK = """\
#!/bin/sh
exec 3<>/dev/virtio-ports/look
while read -r number asked <&3; do
    printf '%s %s\n' "$number" "$(sh -c "$asked" 2>&1 </dev/null | base64 -w 0)" >&3
done
"""
LOOK_UNIT = """\
[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/local/sbin/look
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
"""


class Installation:
    """Debian `release` with the package `deb`, on a disk in `folder`.

    Args:
        roots: where roots are kept, so that a second run is quick.
    """

    def __init__(self, release: str, deb: Path, folder: Path, roots: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.disk = folder / "disk.img"
        root = roots / f"computer-{release}"
        with BareRoot(root, release) as made:
            made.satisfy(SYSTEM)
            made.run("dpkg", "--purge", ground.PACKAGE, KIOSK_FORGET_EXAMS="yes")
            shutil.copy(deb, root / "tmp/package.deb")
            install = ("apt-get", "install", "-y", "-q", "--no-install-recommends")
            made.run(*install, "/tmp/package.deb")
            (root / "tmp/package.deb").unlink()
            made.run("sh", "-c", f"echo root:{PASSWORD} | chpasswd")
            made.run("apt-get", "clean")
            (root / "usr/sbin/policy-rc.d").unlink()
            (root / "etc/hostname").write_text("t-01\n")
            (root / "etc/fstab").write_text(f"LABEL={LABEL} / ext4 errors=remount-ro 0 1\n")
            _put(root / "usr/local/sbin/look", LOOK, 0o755)
            _put(root / "etc/systemd/system/look.service", LOOK_UNIT, 0o644)
            made.run("systemctl", "enable", "look.service")
        boot = root / "boot"
        (image,), (initrd,) = boot.glob("vmlinuz-*"), boot.glob("initrd.img-*")
        self.kernel = Kernel(
            Path(shutil.copy(image, folder)), Path(shutil.copy(initrd, folder)), LINE
        )
        with self.disk.open("wb") as file:
            file.truncate(4 << 30)
        make = ("mke2fs", "-q", "-t", "ext4", "-L", LABEL, "-d", root, self.disk)
        subprocess.run(make, check=True)

    def on(self, folder: Path, clock: datetime) -> Seat:
        """The computer, switched on; Debian keeps the hardware clock in UTC."""
        return Seat(None, folder, disk=self.disk, kernel=self.kernel, clock=clock)


class Seat(Computer):
    """That computer."""

    _asked = 0
    _line: socket.socket | None = None

    def asked(self, command: str, within_s: float = ANSWERS_S) -> str:
        """What a shell command says in it, by a way that no person has. It waits for its system to be up."""
        ends = time.monotonic() + within_s
        while True:
            try:
                return self._ask(command)
            except OSError:
                self._hang_up()
                if time.monotonic() > ends:
                    raise AssertionError(f"not answered within {within_s} s: {command}") from None
                time.sleep(1)

    def _ask(self, command: str) -> str:
        if self._line is None:
            self._line = socket.socket(socket.AF_UNIX)
            self._line.connect(str(self._folder / "look"))
            self._line.settimeout(20)
        self._asked += 1
        self._line.sendall(f"{self._asked} {command}\n".encode())
        told = b""
        while not told.endswith(b"\n") or not told.splitlines()[-1].startswith(
            b"%d " % self._asked
        ):
            piece = self._line.recv(1 << 16)
            if not piece:
                raise ConnectionResetError
            told += piece
        return (
            base64.b64decode(told.splitlines()[-1].partition(b" ")[2])
            .decode("utf-8", "replace")
            .strip()
        )

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _put(path: Path, text: str, mode: int) -> None:
    path.write_text(text)
    path.chmod(mode)
