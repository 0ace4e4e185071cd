"""A newer program off the station's stick: who may bring it and when; and into which slot of a stick it goes.

Root does it (packaging/image/root/usr/lib/kiosk-image/update; on an installed Debian `upgrade`) and believes
nothing that the exam program's user can write: it has a trust of its own, whose root it remembered when the
terminal first had one. Why a stick has two slots, and who starts which, is in docs/decisions/0034: the slot
that runs is never written to, and the other one is started only after all of it is flushed.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from msgspec import Struct

import kiosk
from kiosk.artefacts.manifest import read_manifest
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.terminal.ground import MANIFEST, PROGRAM, USER
from kiosk.terminal.journal import Journal, journal_path
from kiosk.terminal.plans import sessions_of
from kiosk.terminal.program import installed, key_store
from kiosk.terminal.updated import DID_NOT_COME_UP
from kiosk.trust import installed as trusted
from kiosk.trust.durable import read_given, storage, sync_file, write_durable
from kiosk.trust.installed import MAX_ROOT_BYTES, lists
from kiosk.trust.listing import Listed
from kiosk.trust.programs import Kind, Program, newest, order
from kiosk.words import explain, mark, text

ARCHITECTURE: Final = "amd64"
"""The only one that there are images of."""
UNUSED: Final = (str(PROGRAM / "update"), "unused")
"""What the exam program's own user says of `require_unused`."""
BOOT: Final = ("vmlinuz", "initrd", "boot.cfg")
"""What firmware's partition has of each system, in kiosk/SLOT."""
ENVIRONMENT_BYTES: Final = 1024
_PIECE_BYTES: Final = 1 << 20
_SECTOR: Final = 512


class Slots(Struct, frozen=True):
    """Where the two systems of a stick are.

    `running` is `a` or `b`; `firmware` is the folder where the partition that firmware reads is mounted, and
    `other` the device of the slot that does not run.
    """

    running: str
    firmware: Path
    other: Path

    @property
    def free(self) -> str:
        """The name of the slot that does not run."""
        return "b" if self.running == "a" else "a"


class Installed(Struct, frozen=True):
    """A version that is tried at the next start."""

    version: str


class FellBack(Struct, frozen=True):
    """A version that did not come up, and the one that runs again."""

    version: str
    running: str


Outcome = Installed | FellBack | KioskError


def said(outcome: Outcome, lang: str) -> str:
    """What the technician's page says of it."""
    match outcome:
        case Installed(version):
            return text(
                "Version {version} is on the stick and starts next. If it does not come up, the one "
                "that runs now comes back by itself.",
                lang,
                version=version,
            )
        case FellBack(version, running):
            return text(DID_NOT_COME_UP, lang, version=version, running=running)
        case fault:
            return explain(fault, lang)


def running_version(manifest: Path = MANIFEST) -> str:
    """The version of the program that runs: of its package, where it is one."""
    try:
        return read_manifest(manifest.read_bytes()).version
    except FileNotFoundError:
        return kiosk.__version__


def in_use() -> NotPermitted:
    """Why an exam keeps the program as it is."""
    return NotPermitted(
        mark("a session of this terminal is open now, or a sitting on it has not ended"),
        remedy=mark("Update before or after it; what is installed stays as it is"),
    )


def of_the_network() -> NotPermitted:
    """Why a stick whose kernel comes over the network keeps the program as it is."""
    return NotPermitted(
        mark("this computer starts over the network, and its kernel fits this program alone"),
        remedy=mark("Write the stick anew, and the folder of the server with it"),
    )


def require_unused(state: Path, now_s: int) -> None:
    """
    Raises:
        NotPermitted: a session may be held here now, or a sitting has not ended.
    """
    store = key_store(state)
    if not store.exists():
        return
    terminal = store.load().record
    try:
        plans = [session.plan for session in sessions_of(terminal, installed(state))]
    except KioskError:
        plans = []  # without one the program opens none
    for plan in plans:
        window = plan.window
        journal = journal_path(state / "journals", plan.id)
        if window.opens_at <= now_s <= window.closes_at or _sitting_open(
            journal, plan.id, terminal.kid
        ):
            raise in_use()


def require_nobody_sits() -> None:
    """`require_unused`, asked by root as the user whose files these are: what reads them is not to be root.

    Raises:
        NotPermitted: a session may be held here now, or a sitting has not ended.
    """
    asked = subprocess.run(["/usr/sbin/runuser", "-u", USER, "--", *UNUSED], check=False)
    if asked.returncode:
        raise in_use()


def known(trust: Path, root_json: Path) -> trusted.Installed:
    """Root's own trust in the folder `trust`; it begins with the root at `root_json`.

    Raises:
        NotPermitted: there is neither.
        InputRefused: not a root.
    """
    if not (trust / "root.json").exists() and root_json.exists():
        return trusted.Installed.bootstrap(trust, read_given(root_json, MAX_ROOT_BYTES), lists)
    return trusted.Installed(trust, lists)


def newer(
    trust: trusted.Installed, running: str, kind: Kind, architecture: str = ARCHITECTURE
) -> tuple[Program, Listed]:
    """The newest program of a kind that the station publishes, and its digest.

    Raises:
        NotPermitted: none that is newer than the version `running`.
    """
    programs = trust.programs()
    found = newest(programs, kind, architecture)
    if found is None:
        raise NotPermitted(
            mark("the station's stick brings no program for a terminal of this kind"),
            where=f"{architecture}.{kind}",
            remedy=mark("Ask the station for one: kiosk station programs"),
        )
    if order(found.version) <= order(running):
        raise NotPermitted(
            mark("the program on the station's stick is {found}, and {running} runs already"),
            found=found.version,
            running=running,
        )
    return found, programs[found.target]


def pieces(path: Path, listed: Listed) -> Iterator[bytes]:
    """The bytes of a program on a stick, in order and read once, since a stick may answer otherwise the
    second time. They are what the station listed only if the end comes.

    Raises:
        InputRefused: at the end: not the file that the station listed.
        StorageFault: it cannot be read.
    """
    digest, left = hashlib.sha256(), listed.length
    with storage(path), path.open("rb") as source:
        while left and (piece := source.read(min(_PIECE_BYTES, left))):
            digest.update(piece)
            left -= len(piece)
            yield piece
    if left or digest.digest() != listed.sha256:
        raise InputRefused(
            mark(
                "the file on the stick is not the one the station listed: "
                "damaged, cut short or changed"
            ),
            where=path.name,
            remedy=mark(
                "Copy the station's files onto the stick again; what is installed stays as it is"
            ),
        )


def install(image: Path, listed: Listed, slots: Slots, scratch: Path) -> None:
    """Writes the system of an image into the slot that does not run, and lets it be tried.

    The image is read once, so that what is used is what was checked: a stick may answer otherwise the
    second time. What is written before its digest is known lies where nothing starts from.

    Args:
        scratch: a file for the image's partition for firmware, which is removed.

    Raises:
        InputRefused: not the image that the station listed.
        NotPermitted: the system that runs is itself still being tried.
        StorageFault: no room, or the disk refuses; the system that runs is as it was.
    """
    environment = slots.firmware / "kiosk/env"
    if environment_of(environment) != {"good": slots.running}:
        raise NotPermitted(
            mark("the program that runs is new itself, and not yet known to be good"),
            remedy=mark("Wait a minute and try again"),
        )
    try:
        _take_apart(image, listed, scratch, slots.other)
        folder = slots.firmware / "kiosk" / slots.free
        with storage(folder):
            for old in folder.iterdir():
                old.unlink()
        for name in BOOT:
            write_durable(folder / name, _of_fat(scratch, f"kiosk/a/{name}"))
    finally:
        scratch.unlink(missing_ok=True)
    write_environment(environment, {"good": slots.running, "trying": slots.free})


def environment_of(path: Path) -> dict[str, str]:
    """What GRUB's environment block says; what has no value is left out."""
    with storage(path):
        lines = path.read_text("ascii", "replace").splitlines()
    told = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, _, value in told if value}


def write_environment(path: Path, told: dict[str, str]) -> None:
    """Writes GRUB's environment block in its place: all that changes is in one sector.

    Raises:
        StorageFault: the disk refuses.
    """
    lines = "".join(f"{name}={value}\n" for name, value in told.items())
    block = f"# GRUB Environment Block\n{lines}".ljust(ENVIRONMENT_BYTES, "#")
    with storage(path):
        with path.open("r+b") as file:
            file.write(block.encode("ascii"))
        sync_file(path)


def _sitting_open(path: Path, session: str, kid: bytes) -> bool:
    if not path.exists():
        return False
    try:
        journal = Journal(path, session, kid)
    except KioskError:
        return True  # nobody knows; its damage is to be seen first
    journal.close()
    return journal.pulse is not None and journal.pulse.sitting_open


def _take_apart(image: Path, listed: Listed, firmware: Path, system: Path) -> None:
    source = pieces(image, listed)
    first, read = next(source, b""), 0
    parts = _partitions(first)
    with storage(firmware):
        outputs = {"esp": firmware.open("wb"), "kiosk-a": system.open("r+b")}
    try:
        for piece in chain((first,), source):
            for name, output in outputs.items():
                start, end = parts[name]
                with storage(system if name == "kiosk-a" else firmware):
                    output.write(piece[max(start - read, 0) : max(end - read, 0)])
            read += len(piece)
        for output in outputs.values():
            output.flush()
    finally:
        for output in outputs.values():
            output.close()
    with storage(system):
        sync_file(system)


def _partitions(first: bytes) -> dict[str, tuple[int, int]]:
    """Where the partitions for firmware and of the system begin and end, in bytes (UEFI 2.10, 5.3).

    Raises:
        InputRefused: not the image of a stick.
    """
    found = {}
    try:
        if first[_SECTOR : _SECTOR + 8] != b"EFI PART":
            raise ValueError("no table of partitions")
        at, count, size = struct.unpack_from("<QII", first, _SECTOR + 72)
        for number in range(min(count, 128)):
            begins, ends, name = struct.unpack_from(
                "<QQ8x72s", first, at * _SECTOR + number * size + 32
            )
            found[name.decode("utf-16-le").rstrip("\0")] = (begins * _SECTOR, (ends + 1) * _SECTOR)
        return {name: found[name] for name in ("esp", "kiosk-a")}
    except (ValueError, KeyError, struct.error) as fault:
        raise InputRefused(mark("not the image of a stick")) from fault


def _of_fat(partition: Path, name: str) -> bytes:
    """A file of a FAT file system."""
    command = ["mtype", "-i", str(partition), f"::{name}"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise InputRefused(mark("not the image of a stick"), where=name)
    return done.stdout
