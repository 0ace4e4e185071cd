"""Reads facts from /proc, /sys and the environment, each by a small reader of its own.

`root` is the folder that stands for `/`, so that a test has a computer of its own. Whatever a file holds,
a reader returns a value or None: names are cut and cleaned, files are read to a bound, numbers that are
none count as not read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from kiosk.terminal.ground import LOCKED, MANIFEST
from kiosk.terminal.lockdown.facts import (
    Disk,
    DisplayServer,
    Facts,
    Hub,
    Link,
    Machine,
    Network,
    Own,
    Process,
    Program,
    Screens,
)

MOST_BYTES: Final = 256 * 1024
MOST_PROCESSES: Final = 4096
NAME_LENGTH: Final = 40

_LETS_OTHERS_IN: Final = (
    "LD_PRELOAD",
    "LD_AUDIT",
    "PYTHONINSPECT",
    "QT_LINUX_ACCESSIBILITY_ALWAYS_ON",
)
_FROM_AFAR: Final = ("SSH_CONNECTION", "SSH_CLIENT", "XRDP_SESSION", "VNCDESKTOP")
_X_CONFIGURATION: Final = (
    "etc/X11/xorg.conf",
    "etc/X11/xorg.conf.d",
    "usr/share/X11/xorg.conf.d",
)
_X_SOCKETS: Final = "/tmp/.X11-unix/X"  # noqa: S108 - where X puts them
_DMI: Final = ("sys_vendor", "product_name", "board_vendor")
_VIRTUAL: Final = re.compile(
    r"qemu|kvm|vmware|virtualbox|innotek|virtual machine|xen|bochs|parallels|bhyve|openstack|"
    r"amazon ec2|google compute|alibaba cloud|firecracker",
    re.IGNORECASE,
)
_CONTAINERS: Final = (".dockerenv", "run/.containerenv", "run/systemd/container")
_HIDE_THEIR_DISK: Final = ("vd", "xvd", "nbd", "loop")
"""Devices that say nothing true of what keeps their data."""
_LISTENS: Final = "0A"
_UP: Final = 0x1
_REJECTS: Final = 0x200
_LETTERS: Final = 0xFFFFFFFE
"""The kernel's keys 1 to 31: whoever has them all is a keyboard, as udev has it. A power button has few; and what
the kernel calls the handlers of a device changes where SysRq is off.
"""


def look(
    root: Path,
    environment: Mapping[str, str],
    screens: Screens,
    program: Iterable[Path],
    known: dict[int, Process] | None = None,
    installed: Program | None = None,
) -> Facts:
    """One look at the computer.

    Args:
        program: the folders that this program's files lie in.
        installed: the package, once somebody looked at it.
        known: processes seen before, by pid; kept up by this call, so that only new ones are read.
    """
    own = read_own(root)
    processes = read_processes(root, {} if known is None else known)
    return Facts(
        own=own,
        processes=processes,
        display=read_display(root, environment),
        screens=screens,
        consoles=_exists(root / "sys/class/tty/tty0/active"),
        switching=read_switching(root, processes),
        bindings=read_bindings(root, processes),
        sysrq=_number(root / "proc/sys/kernel/sysrq"),
        ptrace=_number(root / "proc/sys/kernel/yama/ptrace_scope"),
        variables=tuple(name for name in _LETS_OTHERS_IN if environment.get(name)),
        remote=tuple(name for name in _FROM_AFAR if environment.get(name)),
        hubs=read_hubs(root),
        keyboards=read_keyboards(root),
        network=read_network(root),
        radios=read_radios(root),
        swaps=read_swaps(root),
        writable=tuple(clean(one.name) for one in program if os.access(one, os.W_OK)),
        locked=(root / LOCKED.relative_to("/")).exists(),
        machine=read_machine(root),
        installed=(root / MANIFEST.relative_to("/")).exists(),
        program=installed,
    )


# --- this program and others ----------------------------------------------------------------------


def read_own(root: Path) -> Own | None:
    """This program, as /proc/self and /etc say it."""
    lines = _fields(root / "proc/self/status")
    try:
        uid = int(lines["Uid"].split()[0])
        groups = {int(one) for one in (*lines["Groups"].split(), lines["Gid"].split()[0])}
        own = (int(lines["Pid"]), uid, int(lines["CapEff"], 16), int(lines["TracerPid"]))
    except (KeyError, ValueError, IndexError):
        return None
    named = (row for row in _rows(root / "etc/group", ":") if len(row) > 2)
    account = next(
        (
            (clean(row[0]), clean(row[6]))
            for row in _rows(root / "etc/passwd", ":")
            if len(row) > 6 and row[2] == str(uid)
        ),
        None,
    )
    return Own(
        *own,
        groups=tuple(
            clean(row[0]) for row in named if row[2].isdecimal() and int(row[2]) in groups
        ),
        account=account,
        core=_core_limit(root),
    )


def _core_limit(root: Path) -> str | None:
    for line in _lines(root / "proc/self/limits"):
        if line.startswith("Max core file size"):
            words = line.split()
            return clean(words[5]) if len(words) > 5 else None
    return None


def read_processes(root: Path, known: dict[int, Process]) -> tuple[Process, ...] | None:
    """The processes that can be seen; `known` then holds them all. A process keeps the name it was first
    seen with for as long as its pid lives."""
    try:
        pids = {
            int(name) for name in os.listdir(root / "proc") if name.isascii() and name.isdigit()
        }
    except OSError:
        return None
    for gone in set(known) - pids:
        del known[gone]
    for pid in sorted(pids - set(known))[:MOST_PROCESSES]:
        process = _process(root / "proc" / str(pid), pid)
        if process is not None:
            known[pid] = process
    return tuple(known[pid] for pid in sorted(known)) or None


def _process(folder: Path, pid: int) -> Process | None:
    lines = _fields(folder / "status")
    try:
        parent, uid = int(lines["PPid"]), int(lines["Uid"].split()[0])
    except (KeyError, ValueError, IndexError):
        return None  # it ended in between
    words = _text(folder / "cmdline", 4096) or ""
    return Process(
        pid,
        parent,
        uid,
        clean(lines.get("Name", "")),
        tuple(clean(word, 200) for word in words.split("\0")[:32] if word),
    )


# --- what is shown, and by whom -------------------------------------------------------------------


def read_display(root: Path, environment: Mapping[str, str]) -> DisplayServer | None:
    """The display server that the environment names."""
    wayland, x11 = environment.get("WAYLAND_DISPLAY", ""), environment.get("DISPLAY", "")
    if wayland:
        path = (
            wayland if wayland[0] == "/" else f"{environment.get('XDG_RUNTIME_DIR', '')}/{wayland}"
        )
        return DisplayServer("wayland", clients=_connected(root, (path,)))
    if not x11:
        return DisplayServer("none")
    host, _, number = x11.rpartition(":")
    if host not in ("", "unix"):
        return DisplayServer("x11", clean(host))
    path = _X_SOCKETS + number.partition(".")[0]
    return DisplayServer("x11", clients=_connected(root, (path, f"@{path}")))


def _connected(root: Path, paths: tuple[str, ...]) -> int | None:
    """How many are connected to a socket: each has an end on the server's side with its path."""
    rows = [row for row in _rows(root / "proc/net/unix") if len(row) > 7 and row[7] in paths]
    return sum(row[5] == "03" for row in rows) if rows else None


def read_switching(root: Path, processes: tuple[Process, ...] | None) -> bool | None:
    """Whether X lets somebody switch to another console; None where no X server shows."""
    server = _named(processes, ("Xorg", "X"))
    if server is None:
        return None
    given = (_after(server.words, option) for option in ("-config", "-configdir"))
    places = [*_X_CONFIGURATION, *(one.lstrip("/") for one in given if one)]
    found = (text for place in places for text in _configuration(root / place))
    return not any(_FORBIDS_SWITCHING.search(text) for text in found)


_FORBIDS_SWITCHING: Final = re.compile(
    r'^\s*Option\s+"DontVTSwitch"(\s+"?(true|on|yes|1)"?)?\s*$', re.IGNORECASE | re.MULTILINE
)


def read_bindings(root: Path, processes: tuple[Process, ...] | None) -> bool | None:
    """Whether openbox has keys or mouse actions of its own; None where it does not run. Without a file
    named on its command line it has the ones it comes with."""
    manager = _named(processes, ("openbox",))
    if manager is None:
        return None
    named = _after(manager.words, "--config-file")
    text = _text(root / named.lstrip("/")) if named else None
    return text is None or re.search(r"<\s*(keybind|mousebind)\b", text) is not None


def _named(processes: tuple[Process, ...] | None, names: tuple[str, ...]) -> Process | None:
    return next((one for one in processes or () if one.name in names), None)


def _after(words: tuple[str, ...], option: str) -> str:
    return next((value for word, value in pairwise(words) if word == option), "")


def _configuration(place: Path) -> Iterator[str]:
    try:
        files = sorted(place.glob("*.conf")) if place.is_dir() else [place]
    except OSError:
        return
    yield from filter(None, map(_text, files))


# --- devices and ways in and out ------------------------------------------------------------------


def read_hubs(root: Path) -> tuple[Hub, ...] | None:
    """The USB hosts, and what each lets in."""
    found = []
    for folder in _folders(root / "sys/bus/usb/devices") or ():
        if folder.name.startswith("usb"):
            lets_in = _number(folder / "authorized_default")
            if lets_in is None:
                return None
            found.append(Hub(clean(folder.name), lets_in))
    return tuple(found) or None


def read_keyboards(root: Path = Path("/")) -> tuple[str, ...] | None:
    """The keyboards by name, sorted: input devices with letters."""
    text = _text(root / "proc/bus/input/devices")
    if text is None:
        return None
    found = []
    for block in text.split("\n\n"):
        lines = block.splitlines()
        keys = next((line.split("=")[-1] for line in lines if line.startswith("B: KEY=")), "0")
        if _hex((keys.split() or [""])[-1]) & _LETTERS == _LETTERS:
            name = next((line[3:] for line in lines if line[:2] == "N:"), "")
            found.append(clean(name.removeprefix("Name=").strip('"')) or "?")
    return tuple(sorted(found))


def read_network(root: Path) -> Network | None:
    """Interfaces, default routes, and what listens for others."""
    folders = _folders(root / "sys/class/net")
    if folders is None:
        return None
    links = tuple(
        Link(clean(one.name), (_text(one / "operstate", 64) or "").strip() in ("up", "unknown"))
        for one in folders
        if one.name != "lo"
    )
    return Network(links, tuple(sorted(set(_ways_out(root)))), _ports(root))


def _ways_out(root: Path) -> Iterator[str]:
    for row in _rows(root / "proc/net/route"):
        if len(row) > 7 and row[1] == row[7] == "00000000" and _hex(row[3]) & _UP:
            yield clean(row[0])
    for row in _rows(root / "proc/net/ipv6_route"):
        everywhere = len(row) > 9 and not row[0].strip("0") and row[1] == "00"
        if everywhere and row[9] != "lo" and not _hex(row[8]) & _REJECTS:
            yield clean(row[9])


def _ports(root: Path) -> tuple[int, ...] | None:
    tables = [_rows(root / "proc/net" / name) for name in ("tcp", "tcp6")]
    if not any(tables):
        return None
    found = set()
    for row in (row for table in tables for row in table if len(row) > 3 and row[3] == _LISTENS):
        address, _, port = row[1].rpartition(":")
        if not _is_loopback(address):
            found.add(_hex(port))
    return tuple(sorted(found))


def _is_loopback(address: str) -> bool:
    """Of an address as the kernel writes it: words in the machine's order, here little-endian."""
    mapped = address.upper().removeprefix("0000000000000000FFFF0000")
    return (len(mapped) == 8 and mapped.endswith("7F")) or mapped == "0" * 24 + "01000000"


def read_radios(root: Path) -> tuple[str, ...] | None:
    """The kinds of radio that are on: rfkill's, or those that the kernel has where there is no rfkill."""
    classes = _folders(root / "sys/class")
    if classes is None:
        return None
    switches = _folders(root / "sys/class/rfkill")
    if switches is not None:
        on = [one for one in switches if not (_number(one / "soft") or _number(one / "hard"))]
        return tuple(sorted({clean((_text(one / "type", 64) or "?").strip()) for one in on}))
    there = (("bluetooth", "bluetooth"), ("ieee80211", "wlan"))
    return tuple(kind for name, kind in there if _folders(root / "sys/class" / name))


# --- what stays and what it stands on ---------------------------------------------------------------


def read_swaps(root: Path) -> tuple[str, ...] | None:
    """Where memory may be moved to, but for zram, which is memory."""
    text = _text(root / "proc/swaps")
    if text is None:
        return None
    rows = [line.split() for line in text.splitlines()[1:]]
    names = [row[0] for row in rows if row]
    return tuple(clean(name) for name in names if not name.startswith("/dev/zram"))


def read_machine(root: Path) -> Machine:
    """Whether this computer runs inside another one, and what shows it."""
    for mark in _CONTAINERS:
        if (root / mark).exists():
            return Machine(True, clean((_text(root / mark, 64) or "").strip()) or "container")
    told = [_text(root / "sys/class/dmi/id" / name, 256) for name in _DMI]
    for line in filter(None, told):
        if _VIRTUAL.search(line):
            return Machine(True, clean(line))
    flags = next((one for one in _lines(root / "proc/cpuinfo") if one.startswith("flags")), None)
    if flags is not None and "hypervisor" in flags.split():
        return Machine(True, "hypervisor")
    return Machine(flags is not None or any(told))


def read_disk(root: Path, place: Path) -> Disk | None:
    """The file system that `place` lies on, and its device."""
    best: tuple[int, Disk, str] | None = None
    for row in _rows(root / "proc/self/mountinfo"):
        if "-" not in row[6:]:
            continue
        dash = row.index("-", 6)
        if len(row) < dash + 4:
            continue
        point = Path(row[4].replace("\\040", " "))
        if not place.is_relative_to(point) or (best and len(point.parts) < best[0]):
            continue
        options = {*row[5].split(","), *row[dash + 3].split(",")}
        disk = Disk(clean(row[dash + 1]), tuple(sorted(clean(one) for one in options)))
        best = (len(point.parts), disk, row[2])
    if best is None:
        return None
    _, disk, device = best
    return Disk(disk.system, disk.options, _rotates(root, device))


def _rotates(root: Path, device: str) -> bool | None:
    if not re.fullmatch(r"\d{1,4}:\d{1,7}", device):
        return None
    block = root / "sys/dev/block" / device
    if block.resolve().name.startswith(_HIDE_THEIR_DISK):
        return None
    for queue in (block / "queue", block / ".." / "queue"):  # a partition's is its disk's
        value = _number(queue / "rotational")
        if value is not None:
            return value == 1
    return None


# --- reading -----------------------------------------------------------------------------------------


def clean(name: str, most: int = NAME_LENGTH) -> str:
    """A name that somebody else chose, fit to be shown and kept."""
    plain = "".join(one if one.isprintable() else " " for one in name[: most * 4])
    return " ".join(plain.split())[:most]


def _text(path: Path, most: int = MOST_BYTES) -> str | None:
    """The beginning of a file. Only of a file: a pipe somebody put there would wait for ever."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    with open(descriptor, "rb", buffering=0) as file:
        pieces, left = [], most
        try:
            while left > 0 and (piece := file.read(left)):
                pieces.append(piece)
                left -= len(piece)
        except OSError:
            return None
    return b"".join(pieces).decode("utf-8", "replace")


def _lines(path: Path) -> list[str]:
    return (_text(path) or "").split("\n")


def _rows(path: Path, separator: str | None = None) -> list[list[str]]:
    return [row for line in _lines(path) if (row := line.split(separator))]


def _fields(path: Path) -> dict[str, str]:
    """Lines of `Name: value`; the first of a name counts."""
    found: dict[str, str] = {}
    for line in _lines(path):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name, value.strip())
    return found


def _number(path: Path) -> int | None:
    text = (_text(path, 32) or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _hex(word: str) -> int:
    try:
        return int(word, 16)
    except ValueError:
        return 0


def _folders(path: Path) -> list[Path] | None:
    try:
        return sorted(path.iterdir())
    except OSError:
        return None


def _exists(path: Path) -> bool | None:
    return True if path.exists() else None
