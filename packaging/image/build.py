"""Builds kiosk-terminal_VERSION_amd64.img, the bootable stick: `make image`, after `make deb`.

Debian 13 with the terminal's package as a read-only system that the kernel checks with dm-verity, on a disk
image with GRUB for BIOS and UEFI; why so is in docs/decisions/0032. The image carries one system, slot a; room
for another, slot b (docs/decisions/0034), and the state are made by the stick itself at its first start
(root/usr/share/initramfs-tools/scripts/kiosk). All times are the commit's and all identities
follow from the content; what Debian's mirror has that day goes in (KIOSK_DEBIAN_MIRROR names another).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]

TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "sqfstar": "squashfs-tools",
    "veritysetup": "cryptsetup-bin",
    "sfdisk": "fdisk",
    "mformat": "mtools",
    "dpkg-deb": "dpkg",
}
"""What the builder's machine needs: Debian's package of each."""
MIRROR = os.environ.get("KIOSK_DEBIAN_MIRROR", "http://deb.debian.org/debian")
SECURITY = os.environ.get("KIOSK_DEBIAN_SECURITY", "http://deb.debian.org/debian-security")
TIMEZONE = os.environ.get("KIOSK_TIMEZONE", "Asia/Shanghai")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES = (
    *(
        "linux-image-amd64",
        "initramfs-tools",
        "busybox",
        "zstd",
        "cryptsetup-bin",
        "e2fsprogs",
        "fdisk",
        "mtools",
    ),
    *("systemd-sysv", "udev", "libpam-systemd", "dbus", "cage", "foot", "tzdata"),
    *("shim-signed", "grub-efi-amd64-signed", "grub-pc-bin"),
)
# Licences stay; what the package brings is listed in its manifest and stays as a whole.
APT = (
    "APT::Install-Recommends false",
    # What an archive of former days signed has ended.
    *(['Acquire::Check-Valid-Until "false"'] if "//snapshot.debian.org/" in MIRROR else []),
)
DPKG = (
    *("path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright"),
    "path-include=/usr/share/doc/kiosk-terminal/*",
)

SECTOR = 512
MIB = 1 << 20
# https://uapi-group.org/specifications/specs/discoverable_partitions_specification
BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
ROOT = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"
LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
SLOT = 512 * MIB
"""What a stick gives each of its two systems; scripts/kiosk makes them so."""


OF_SLOT = {f"kiosk/a/{name}": name for name in ("vmlinuz", "initrd", "boot.cfg")}
"""What starts the system of the image: where it stands, and its name among what boots it."""


class Settings(Template):
    """GRUB's own variables begin with a dollar."""

    delimiter = "@"


def run(*command: str | Path, **more: Any) -> None:
    """Runs a command, whose words go to the terminal.

    Raises:
        SystemExit: it failed.
    """
    if subprocess.run(command, check=False, **more).returncode:
        raise SystemExit(f"image: {' '.join(map(str, command[:3]))} ... failed")


def say(what: str) -> None:
    sys.stderr.write(f"image: {what}\n")


def require_tools() -> None:
    """
    Raises:
        SystemExit: something is missing; what to install is told.
    """
    # The tools of administrators are not on everybody's path.
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = sorted({package for tool, package in TOOLS.items() if not shutil.which(tool)})
    if not KEYRING.exists():
        missing.append("debian-archive-keyring")
    if missing:
        raise SystemExit(f"image: this needs more packages: apt install {' '.join(missing)}")


def newest_package(folder: Path) -> Path:
    """
    Raises:
        SystemExit: there is none.
    """
    found = sorted(folder.glob("*_amd64.deb"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise SystemExit(f"image: no package in {folder}: run `make deb` first")
    return found[-1]


# --- the system ---------------------------------------------------------------------------------------


def system(work: Path, package: Path) -> Path:
    """A tar of Debian with the terminal; beside it in `boot` what boots it."""
    # As a checkout has it, whatever the builder's umask; mmdebstrap copies what it finds.
    overlay = work / "overlay"
    for name in _tracked("packaging/image/root"):
        to = overlay / name.relative_to("packaging/image/root")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, to)
        to.chmod(0o755 if to.stat().st_mode & 0o100 else 0o644)
    made, boot = work / "system.tar", work / "boot"
    boot.mkdir()
    signed = f"[signed-by={KEYRING}]"
    sources = "\n".join(
        (
            f"deb {signed} {MIRROR} trixie main",
            f"deb {signed} {MIRROR} trixie-updates main",
            f"deb {signed} {SECURITY} trixie-security main",
        )
    )
    run(
        *("mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", "--format=tar"),
        *(f"--aptopt={option}" for option in APT),
        *(f"--dpkgopt={option}" for option in DPKG),
        # Before there is a kernel, whose initial file system is made with it.
        f"--essential-hook=sync-in {overlay} /",
        f'--customize-hook={HERE / "finish"} "$1" {package} {TIMEZONE}',
        f"--customize-hook=sync-out /image {boot}",
        '--customize-hook=rm -r "$1/image"',
        *("trixie", made, "-"),
        input=sources,
        text=True,
    )
    return made


def _tracked(folder: str) -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return [Path(name) for name in told.stdout.split("\0") if name]


class System(NamedTuple):
    """A squashfs with the tree of its hashes behind it, where that begins, and the hash of all."""

    file: Path
    hashes: int
    root_hash: str


def checked(work: Path, tar: Path) -> System:
    """The system as the kernel checks it.

    Raises:
        SystemExit: it is too large for a slot.
    """
    made = work / "system.squashfs"
    with tar.open("rb") as packed:
        root = ["-root-mode", "755", "-root-uid", "0", "-root-gid", "0"]
        root += ["-root-time", os.environ["SOURCE_DATE_EPOCH"]]
        run("sqfstar", "-quiet", "-no-progress", "-comp", "zstd", *root, made, stdin=packed)
    tar.unlink()
    digest = hashlib.file_digest(made.open("rb"), "sha256").hexdigest()
    hashes = made.stat().st_size
    identity = [f"--salt={digest}", f"--uuid={uuid5(NAMESPACE_URL, digest)}"]
    told = subprocess.run(
        ["veritysetup", "format", *identity, f"--hash-offset={hashes}", made, made],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^Root hash:\s+([0-9a-f]{64})$", told.stdout, re.MULTILINE)
    if not found:
        raise SystemExit(f"image: veritysetup failed: {told.stderr}")
    if made.stat().st_size > SLOT:
        raise SystemExit(f"image: the system has {made.stat().st_size} bytes, a slot only {SLOT}")
    return System(made, hashes, found[1])


# --- the disk -------------------------------------------------------------------------------------------


def esp(work: Path, system: System) -> Path:
    """The partition that firmware reads: GRUB by way of Debian's shim, and for each slot kernel and
    initial file system, of which the image has one."""
    boot, made = work / "boot", work / "esp.fat"
    medium = _named(system.root_hash, "kiosk-a")
    told = {"roothash": system.root_hash, "hashes": system.hashes, "medium": medium}
    for name in ("grub.cfg", "netboot.cfg", "boot.cfg"):
        settings = Settings((HERE / name).read_text("utf-8"))
        (boot / name).write_text(settings.substitute(told), "utf-8")
    (boot / "env").write_text("# GRUB Environment Block\ngood=a\n".ljust(1024, "#"), "ascii")
    holds = {
        "EFI/BOOT/BOOTX64.EFI": "BOOTX64.EFI",
        "EFI/BOOT/grubx64.efi": "grubx64.efi",
        "EFI/debian/grub.cfg": "grub.cfg",
        "kiosk/env": "env",
        **OF_SLOT,
    }
    needs = sum((boot / name).stat().st_size for name in (*holds.values(), *OF_SLOT.values()))
    # Those of slot b may be larger. FAT32 has at least 65,525 clusters, which are of one sector here.
    size = max(-(-needs // MIB) + 24, 40) * MIB
    with made.open("wb") as file:
        file.truncate(size)
    run("mformat", "-i", made, "-F", "-c", "1", "-N", system.root_hash[:8], "-v", "KIOSK", "::")
    folders = sorted(
        {f"::{parent}" for name in holds for parent in Path(name).parents if parent.name}
    )
    run("mmd", "-i", made, *folders, "::kiosk/b")
    for to, name in holds.items():
        run("mcopy", "-i", made, boot / name, f"::{to}")
    return made


def netboot(made: Path, work: Path) -> None:
    """What a TFTP server gives to firmware that does not start from sticks, as a tar; after `esp`."""
    holds = {
        "shimx64.efi": "BOOTX64.EFI",
        "grubx64.efi": "grubnetx64.efi",
        "kiosk.pxe": "kiosk.pxe",
        "grub/grub.cfg": "netboot.cfg",
        **OF_SLOT,
    }
    with tarfile.open(made, "w", format=tarfile.USTAR_FORMAT) as tar:
        for to, name in sorted(holds.items()):
            with (work / "boot" / name).open("rb") as file:
                entry = tarfile.TarInfo(to)
                entry.size = os.fstat(file.fileno()).st_size
                entry.mtime = int(os.environ["SOURCE_DATE_EPOCH"])
                tar.addfile(entry, file)


def bios_boot(boot: Path, start: int) -> tuple[bytes, bytes]:
    """GRUB's first sector and what it loads from sector `start` on, as grub-bios-setup joins them."""
    first, rest = (
        bytearray((boot / "boot.img").read_bytes()),
        bytearray((boot / "core.img").read_bytes()),
    )
    struct.pack_into("<Q", first, 0x5C, start)  # GRUB_BOOT_MACHINE_KERNEL_SECTOR
    first[0x66:0x68] = b"\x90\x90"  # GRUB_BOOT_MACHINE_DRIVE_CHECK: BIOS tells the drive rightly
    sectors = -(-len(rest) // SECTOR)
    # The list of blocks at the end of the first sector: where, how many, to which segment.
    struct.pack_into("<QHH", rest, SECTOR - 12, start + 1, sectors - 1, 0x820)
    return bytes(first[:440]), bytes(rest)


def disk(made: Path, work: Path, firmware: Path, system: System) -> None:
    """The image: partitions for BIOS, firmware, the secret that a stick makes, and slot a. That is the
    last, so that it can grow."""
    sizes = [MIB, firmware.stat().st_size, MIB, system.file.stat().st_size]
    kinds = [BIOS_BOOT, ESP, LINUX, ROOT]
    names = ["bios", "esp", "kiosk-secret", "kiosk-a"]
    lines = ["label: gpt", f"label-id: {_named(system.root_hash, 'disk')}", "unit: sectors"]
    starts, at = [], 1
    for size, kind, name in zip(sizes, kinds, names, strict=True):
        mebibytes = -(-size // MIB)
        starts.append(at * MIB)
        lines.append(
            f"start={at * MIB // SECTOR}, size={mebibytes * MIB // SECTOR}, type={kind}, "
            f"name={name}, uuid={_named(system.root_hash, name)}"
        )
        at += mebibytes
    with made.open("wb") as file:
        file.truncate((at + 1) * MIB)
    run("sfdisk", "--quiet", "--no-reread", made, input="\n".join(lines), text=True)
    first, rest = bios_boot(work / "boot", starts[0] // SECTOR)
    with made.open("r+b") as file:
        file.write(first)
        file.seek(starts[0])
        file.write(rest)
        for path, start in ((firmware, starts[1]), (system.file, starts[3])):
            file.seek(start)
            with path.open("rb") as part:
                shutil.copyfileobj(part, file, 4 * MIB)


def _named(root_hash: str, name: str) -> UUID:
    """The same for the same system."""
    return uuid5(UUID(root_hash[:32]), name)


def build(out: Path, package: Path) -> Path:
    """The image in `out`, and beside it what starts it over a network.

    Raises:
        SystemExit: a tool is missing or failed.
    """
    require_tools()
    told = subprocess.run(
        ["git", "log", "-1", "--format=%ct"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    os.environ |= {"SOURCE_DATE_EPOCH": told.stdout.strip(), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    os.environ["MTOOLS_SKIP_CHECK"] = "1"
    os.umask(0o022)
    work = out / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    say(f"Debian 13 with {package.name}, from {MIRROR}")
    tar = system(work, package.resolve())
    say("packing and hashing")
    packed = checked(work, tar)
    made = out / f"{package.stem}.img"
    disk(made, work, esp(work, packed), packed)
    netboot(made.with_suffix(".netboot.tar"), work)
    shutil.rmtree(work)
    return made


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Build the bootable stick.")
    parser.add_argument("--out", type=Path, default=PROJECT / "build/image")
    parser.add_argument("--deb", type=Path, help="the package; the newest of `make deb` otherwise")
    asked = parser.parse_args(arguments)
    made = build(asked.out.resolve(), asked.deb or newest_package(PROJECT / "build/deb"))
    for file in (made, made.with_suffix(".netboot.tar")):
        print(f"{hashlib.file_digest(file.open('rb'), 'sha256').hexdigest()}  {file}")
    print(
        f"{made.stat().st_size / 1e6:.0f} MB; write it with: dd if={made} of=/dev/STICK bs=4M conv=fsync"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
