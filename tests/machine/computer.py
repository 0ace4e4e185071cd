"""A whole computer: QEMU without a screen of its own, driven over QMP and read off its pictures.

    with Computer(stick, folder) as computer:
        challenge = computer.wait_for_code("C1:")
        computer.write("2\n")
        computer.cut_power()

It is emulated (`-accel tcg`), so that it runs where no virtual machine may; it is slow.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from PIL import Image, ImageChops

from tests.codes import qr_codes
from tests.machine.cable import Cable
from tests.machine.usb_device import UsbDevice

QEMU = os.environ.get("KIOSK_QEMU", "qemu-system-x86_64")
"""KIOSK_QEMU names another than the one on the path."""
FIRMWARE = {
    "bios": (),
    "uefi": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
    "secure boot": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.ms.fd"),
}
"""Which firmware there is: QEMU's own BIOS, or OVMF's program and settings. With Secure Boot it has Microsoft's keys,
as computers are sold, and what is signed otherwise does not start. The program that guards the keys, too (`secboot`),
takes minutes for each of its settings where it is emulated."""
OVMF = Path("/usr/share/OVMF")
ZONE = ZoneInfo("Asia/Shanghai")
"""What the hardware clock is set to, as Windows leaves it."""
SIZE = (1280, 720)
SERIAL = "KIOSK0001"
"""Of the stick that a computer starts from."""
CPU = "max,vendor=AuthenticAMD,la57=off,erms=off,fsrm=off"
"""Emulated, repeated stores by bytes are slow, and so is what guards against Intel's Meltdown."""
MENU_MS = 4000
"""How long a BIOS waits for Esc, which shows what else it may start from."""
APPEARS_S = 600
"""How long what must appear may take: a boot takes one to five minutes on a shared core."""

_KEYS = {
    "-": "minus",
    "\n": "ret",
    " ": "spc",
    ".": "dot",
    "/": "slash",
    "$": "shift-4",
    "%": "shift-5",
    "*": "shift-8",
    "+": "shift-equal",
    ":": "shift-semicolon",
    ";": "semicolon",
    ">": "shift-dot",
    "?": "shift-slash",
}
_AT_ONCE = "cache.no-flush=on"
"""This machine's own power is not cut: what QEMU gave to a file need not be on a disk of it."""
_POINTS = 0x7FFF
"""What QEMU calls the width and the height of a screen."""


def missing() -> str:
    """What this machine lacks for it; empty where nothing is."""
    if shutil.which(QEMU) is None:
        return f"{QEMU} is not installed here"
    return "" if (OVMF / "OVMF_CODE_4M.fd").exists() else "OVMF is not installed here"


@functools.cache
def has_touch() -> bool:
    """Whether this QEMU has a touch screen: 8.1 and newer."""
    told = subprocess.run([QEMU, "-device", "help"], capture_output=True, text=True, check=False)
    return "virtio-multitouch-pci" in told.stdout


class Kernel(Struct, frozen=True):
    """A kernel, its first file system, and what it is told."""

    image: Path
    initrd: Path
    line: str


class Computer:
    """A computer that starts from `stick` and has a disk of its own, a keyboard and a pointer.

    Args:
        stick: an image file, written to as a stick is; without one it starts from its disk.
        folder: for its disk, sockets and what it says of itself.
        serial: the stick's serial number.
        disk: the image file of its own disk.
        server: a folder of a TFTP server in its network, which its firmware starts from and not from the stick.
        log: a file that takes all that is written to the stick, in its order (QEMU's blklogwrites).
        cable: whether its graphics card has a second output, for `plug_screen`.
        kernel: what QEMU itself starts, in place of its firmware and the boot loader of its disk.
        clock: what its hardware clock says when it is switched on; as Windows leaves it, if it is not named.
    """

    def __init__(
        self,
        stick: Path | None,
        folder: Path,
        *,
        firmware: str = "bios",
        serial: str = SERIAL,
        disk: Path | None = None,
        server: Path | None = None,
        log: Path | None = None,
        cable: bool = False,
        kernel: Kernel | None = None,
        clock: datetime | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._sticks = self._devices = 0
        self.events: list[str] = []
        """What QEMU told by itself, such as `RESET`: its system restarted it."""
        monitor = folder / "qmp"
        monitor.unlink(missing_ok=True)
        code, settings = FIRMWARE[firmware] or ("", "")
        command = [
            QEMU,
            "-machine",
            "q35,i8042=off",
            "-accel",
            "tcg,thread=multi",
            "-cpu",
            CPU,
        ]
        command += ["-smp", "1", "-m", "2048", "-display", "none", "-nodefaults", "-no-user-config"]
        command += [
            "-rtc",
            f"base={clock or datetime.now(ZONE):%Y-%m-%dT%H:%M:%S}",
            "-qmp",
            f"unix:{monitor},server=on,wait=off",
        ]
        card, size = (
            "virtio-vga,max_outputs=2" if cable else "VGA",
            f"xres={SIZE[0]},yres={SIZE[1]}",
        )
        command += ["-device", f"{card},id=card,edid=on,{size}"]
        if cable:
            command += ["-vnc", f"unix:{folder / 'cable'},display=card,head=1"]
        command += ["-device", "qemu-xhci,id=usb,p2=8,p3=8"]
        command += ["-device", "usb-kbd,bus=usb.0,id=keyboard"]
        command += ["-device", "usb-tablet,bus=usb.0"]
        # Places where a card may be put in while it runs.
        for number in (1, 2):
            command += ["-device", f"pcie-root-port,id=port{number},chassis={number}"]
        if has_touch():
            command += ["-device", "virtio-multitouch-pci"]
        if stick is not None:
            command += _a_drive(stick, log)
            first = "" if server else ",bootindex=1"
            command += ["-device", f"usb-storage,bus=usb.0,drive=own,serial={serial}{first}"]
        if server is not None:
            file = "shimx64.efi" if code else "kiosk.pxe"
            command += ["-netdev", f"user,id=room,restrict=on,tftp={server},bootfile={file}"]
            # The card's own program, an old iPXE, tells shim a wrong length; OVMF has one itself.
            own = ",romfile=" if code else ""
            command += ["-device", f"virtio-net-pci,netdev=room,bootindex=1{own}"]
        if disk is not None:
            command += ["-drive", f"if=none,id=disk,format=raw,file={disk}"]
            command += ["-device", "ide-hd,drive=disk,bus=ide.0,serial=KIOSKDISK1"]
        if kernel is not None:
            command += ["-kernel", str(kernel.image), "-initrd", str(kernel.initrd)]
            command += ["-append", kernel.line]
            # A way in for the test to look, beside the ways of a person.
            command += ["-device", "virtio-serial-pci"]
            command += ["-chardev", f"socket,id=look,path={folder / 'look'},server=on,wait=off"]
            command += ["-device", "virtserialport,chardev=look,name=look"]
        if code:
            variables = folder / "firmware"
            shutil.copy(OVMF / settings, variables)
            command += ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={OVMF / code}"]
            command += ["-drive", f"if=pflash,format=raw,unit=1,file={variables}"]
            command += ["-global", "ICH9-LPC.disable_s3=1"]
        else:
            command += ["-boot", f"menu=on,splash-time={MENU_MS}"]
        with (folder / "qemu.log").open("ab") as told:
            self._program = subprocess.Popen(command, stdout=told, stderr=told)
        self._socket = socket.socket(socket.AF_UNIX)
        self._until(lambda: monitor.exists() or None, "QEMU's monitor", 30)
        self._socket.connect(str(monitor))
        self._lines = self._socket.makefile("rw", encoding="utf-8")
        self._lines.readline()
        self.command("qmp_capabilities")

    def __enter__(self) -> Computer:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.cut_power()

    def cut_power(self) -> None:
        """At once; what the stick was given so far is there."""
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait(30)
        self._socket.close()

    def command(self, name: str, **arguments: Any) -> Any:
        """QEMU's answer to a command of its monitor (QMP).

        Raises:
            AssertionError: it refused.
        """
        request = {"execute": name, "arguments": arguments}
        self._lines.write(json.dumps(request) + "\n")
        self._lines.flush()
        while "event" in (told := json.loads(self._lines.readline())):
            self.events.append(told["event"])
        assert "return" in told, told
        return told["return"]

    # --- seeing -----------------------------------------------------------------------------------

    def photograph(self, to: Path | None = None) -> Image.Image:
        """The screen; kept as a file where one is named."""
        path = to or self._folder / "screen.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.command("screendump", filename=str(path), format="png")
        with Image.open(path) as picture:
            return picture.convert("RGB")

    def wait_for_code(self, prefix: str) -> str:
        """The text of a QR code on the screen with this prefix."""

        def seen() -> str | None:
            found = qr_codes(self.photograph())
            return next((one.text for one in found if one.text.startswith(prefix)), None)

        return self._until(seen, f"a code {prefix}")

    def shows_code(self, prefix: str) -> bool:
        """Whether a QR code with this prefix is on the screen."""
        return any(one.text.startswith(prefix) for one in qr_codes(self.photograph()))

    def wait_for_page(self, before: Image.Image | None = None, still_s: float = 4) -> Image.Image:
        """The screen once a program's window fills it, nothing has moved for `still_s` (but a clock or a
        mark: less than one pixel of a thousand), and it is another than `before`."""
        last, since = self.photograph(), time.monotonic()

        def seen() -> Image.Image | None:
            nonlocal last, since
            now = self.photograph()
            if _differ(now, last):
                last, since = now, time.monotonic()
            other = before is None or _differ(now, before)
            still = time.monotonic() - since > still_s
            return now if still and other and _is_window(now) else None

        return self._until(seen, "another page")

    def differs(self, page: Image.Image) -> bool:
        """Whether the screen is another than it was (but for a clock)."""
        return _differ(self.photograph(), page)

    def wait_for_restart(self, within_s: float = APPEARS_S) -> None:
        """Until its system gives up and restarts it."""
        self.command("query-status")
        self.events.clear()
        self._until(
            lambda: "RESET" in (self.command("query-status"), self.events)[1] or None,
            "a restart",
            within_s,
        )

    def _until(
        self, seen: Callable[[], Any], what: str, within_s: float = APPEARS_S, each_s: float = 0.5
    ) -> Any:
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            if (found := seen()) is not None:
                return found
            assert self._program.poll() is None, (self._folder / "qemu.log").read_text()
            time.sleep(each_s)
        raise AssertionError(f"not within {within_s} s: {what}; see {self._folder / 'screen.png'}")

    # --- doing ------------------------------------------------------------------------------------

    def keys(self, *names: str) -> None:
        """Keys by QEMU's names, one after the other; `shift-a` is two at once."""
        for name in names:
            self._press(_stroke(name))
            time.sleep(0.15)

    def strike(self, *names: str) -> None:
        """Keys as fast as they can be told, all in one."""
        self._press([one for name in names for one in _stroke(name)])

    def write(self, text: str) -> None:
        """What somebody types."""
        self.keys(*map(_key, text))

    def scan(self, code: str) -> None:
        """A code as a scanner types it, ended by Enter: its first keys at once, so that they are known for no
        person's, and the others as fast as an emulated computer takes them."""
        names = [_key(character) for character in code.lower()]
        self._press([one for name in names[:3] for one in _stroke(name)])
        for name in names[3:]:
            time.sleep(0.07)
            self._press(_stroke(name))
        self.keys("ret")

    def click(self, x: int, y: int) -> None:
        """The mouse, at a point of the screen."""
        at = (("x", x / SIZE[0]), ("y", y / SIZE[1]))
        place = [
            {"type": "abs", "data": {"axis": axis, "value": int(part * _POINTS)}}
            for axis, part in at
        ]
        self.command("input-send-event", events=place)
        for down in (True, False):
            time.sleep(0.3)
            button = {"type": "btn", "data": {"down": down, "button": "left"}}
            self.command("input-send-event", events=[button])

    def touch(self, x: int, y: int) -> None:
        """A finger, at a point of the screen; see `has_touch`."""
        at = (("x", x / SIZE[0]), ("y", y / SIZE[1]))
        place = [{"type": "data", "axis": axis, "value": int(part * _POINTS)} for axis, part in at]
        self._finger({"type": "begin"}, *place)
        time.sleep(0.3)
        self._finger({"type": "end", "tracking-id": -1})

    def _finger(self, *told: dict[str, Any]) -> None:
        finger = {"slot": 0, "tracking-id": 1, "axis": "x", "value": 0}
        events = [{"type": "mtt", "data": finger | one} for one in told]
        self.command("input-send-event", events=events)

    def _press(self, events: list[tuple[str, bool]]) -> None:
        told = [
            {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": key}}}
            for key, down in events
        ]
        self.command("input-send-event", events=told)

    def plug(self, stick: Path) -> str:
        """Put a stick in; its name, for `pull`."""
        self._sticks += 1
        name = f"stick{self._sticks}"
        self.command(
            "blockdev-add",
            **{
                "node-name": name,
                "driver": "raw",
                "file": {"driver": "file", "filename": str(stick)},
            },
        )
        self.command(
            "device_add", driver="usb-storage", id=name, drive=name, bus="usb.0", serial=name
        )
        return name

    def pull(self, name: str) -> None:
        """Take a stick out."""
        self.take_away(name)

    def read_of(self, name: str) -> int:
        """How many bytes its system has read of a stick."""
        told = self.command("query-blockstats", **{"query-nodes": True})
        return sum(int(one["stats"]["rd_bytes"]) for one in told if one.get("node-name") == name)

    def add(self, driver: str, name: str = "", bus: str = "usb.0") -> str:
        """Plug a device in; its name, for `take_away`."""
        self._devices += 1
        name = name or f"more{self._devices}"
        self.command("device_add", driver=driver, id=name, bus=bus)
        return name

    def add_network(self, driver: str, bus: str, said: Path) -> str:
        """A network card with DHCP, a name server and a way out; what comes from it is kept in `said`."""
        line = f"line{self._devices + 1}"
        self.command("netdev_add", type="user", id=line)
        dump = {"qom-type": "filter-dump", "id": f"dump-{line}", "netdev": line}
        self.command("object-add", **dump, queue="tx", file=str(said))
        self._devices += 1
        self.command("device_add", driver=driver, id=f"card-{line}", bus=bus, netdev=line)
        return f"card-{line}"

    def add_redirected(self, device: UsbDevice) -> str:
        """Plug a device of ours in; its name, for `take_away`."""
        self._devices += 1
        name = f"redirected{self._devices}"
        at = {"type": "unix", "data": {"path": str(device.at)}}
        backend = {"type": "socket", "data": {"addr": at, "server": False}}
        self.command("chardev-add", id=f"line-{name}", backend=backend)
        self.command("device_add", driver="usb-redir", id=name, chardev=f"line-{name}", bus="usb.0")
        return name

    def plug_screen(self) -> Cable:
        """Plug a second screen in, as large as the first."""
        cable = Cable(self._folder / "cable")
        cable.plug(*SIZE)
        return cable

    def take_away(self, name: str) -> None:
        """Pull a device out."""
        self.command("device_del", id=name)

        def gone() -> bool | None:
            listed = self.command("qom-list", path="/machine/peripheral")
            return None if name in [one["name"] for one in listed] else True

        self._until(gone, f"{name} is out", 60)

    def runs(self) -> bool:
        """Whether it is on and awake."""
        return bool(self.command("query-status")["status"] == "running")


def _stroke(name: str) -> list[tuple[str, bool]]:
    held = name.split("-")
    return [*((key, True) for key in held), *((key, False) for key in reversed(held))]


def _a_drive(file: Path, log: Path | None) -> list[str]:
    """What QEMU is told of the drive `own`."""
    if log is None:
        return ["-drive", f"if=none,id=own,format=raw,file={file},cache=unsafe"]
    nodes = (
        f"driver=file,filename={file},node-name=bytes,{_AT_ONCE}",
        f"driver=file,filename={log},node-name=writes,{_AT_ONCE}",
        "driver=blklogwrites,file=bytes,log=writes,node-name=own",
    )
    return [word for node in nodes for word in ("-blockdev", node)]


def _key(character: str) -> str:
    if character.isupper():
        return f"shift-{character.lower()}"
    return _KEYS.get(character, character)


def _differ(one: Image.Image, other: Image.Image) -> bool:
    """Whether more than one pixel of a thousand is another."""
    if one.size != other.size:
        return True
    same = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()[0]
    return one.size[0] * one.size[1] - same > one.size[0] * one.size[1] / 1000


def _is_window(picture: Image.Image) -> bool:
    """A console is black to its corners; firmware has another size."""
    corners = ((3, 3), (SIZE[0] - 4, SIZE[1] - 4))
    return picture.size == SIZE and all(picture.getpixel(at) != (0, 0, 0) for at in corners)


def digest(path: Path) -> str:
    """Of a file, to see that nobody wrote to it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- sticks -----------------------------------------------------------------------------------------


def a_stick(path: Path, *folders: Path, size: int = 256 << 20) -> Path:
    """A stick with a FAT file system and what is in `folders`."""
    with path.open("wb") as file:
        file.truncate(size)
    subprocess.run(["mformat", "-i", path, "-F", "::"], check=True)
    for folder in folders:
        for one in sorted(folder.iterdir()):
            subprocess.run(["mcopy", "-s", "-i", path, one, "::"], check=True)
    return path


def taken_from(stick: Path, pattern: str, to: Path) -> list[Path]:
    """The files of a stick whose names fit, copied to a folder; none where there are none."""
    to.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["mcopy", "-n", "-o", "-i", stick, f"::{pattern}", to], check=False, capture_output=True
    )
    return sorted(to.iterdir())


def partition(image: Path, name: str) -> int:
    """Where a partition of a stick begins, in bytes."""
    told = subprocess.run(["sfdisk", "--json", image], check=True, capture_output=True, text=True)
    parts = json.loads(told.stdout)["partitiontable"]["partitions"]
    return next(int(one["start"]) * 512 for one in parts if one["name"] == name)


def of_firmware(image: Path, name: str) -> str:
    """A file of the partition that firmware reads."""
    at = f"{image}@@{partition(image, 'esp')}"
    told = subprocess.run(["mtype", "-i", at, f"::{name}"], check=True, capture_output=True)
    return told.stdout.decode("ascii")
