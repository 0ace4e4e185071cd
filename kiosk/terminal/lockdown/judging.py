"""From facts to findings, one judge a check. Pure: no file, no clock, no chance.

A judge says ok only where the facts show it; a fact that is None makes it unknown, unless another fact
already shows a weakness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Final

from kiosk.artefacts import self_check as checks
from kiosk.artefacts.self_check import MOST_DETAIL, Finding, State
from kiosk.terminal.lockdown.facts import Disk, Facts, Flushes, Process, Screens
from kiosk.words import mark

KIOSK_COMPOSITOR: Final = "cage"
BARE_MANAGER: Final = "openbox"
X_CLIENTS: Final = (BARE_MANAGER, "xinit")
"""What the X session needs besides the exam: each keeps one connection."""
X_SERVERS: Final = ("Xorg", "X")
VIRTUAL_SERVERS: Final = ("Xvfb", "Xvnc", "Xtigervnc", "Xephyr", "Xnest", "Xdummy", "Xpra", "xrdp")
DESKTOPS: Final = frozenset(
    [
        "gnome-shell",
        "kwin_wayland",
        "kwin_x11",
        "mutter",
        "xfwm4",
        "xfce4-panel",
        "xfdesktop",
        "plasmashell",
        "sway",
        "weston",
        "labwc",
        "wayfire",
        "Hyprland",
        "i3",
        "metacity",
        "marco",
        "cinnamon",
        "budgie-wm",
        "lxqt-panel",
        "lxpanel",
        "pcmanfm",
        "tint2",
        "fluxbox",
        "icewm",
        "awesome",
        "dwm",
        "ukui-kwin_x11",
        "ukui-kwin_wayla",
        "ukui-panel",
        "dde-desktop",
        "dde-dock",
        "deepin-kwin_x11",
        "kwin",
    ]
)
"""Programs that make a whole desktop, by the kernel's names: at most 15 characters."""

SESSION: Final = frozenset(
    [
        "cage",
        "Xorg",
        "X",
        "Xwayland",
        "openbox",
        "systemd",
        "(sd-pam)",
        "dbus-daemon",
        "dbus-broker",
        "dbus-broker-lau",
        "dbus-launch",
        "at-spi-bus-laun",
        "at-spi2-registr",
        "seatd",
        "xinit",
        "startx",
    ]
)
"""What the exam's own session consists of."""

REMOTE_TOOLS: Final = frozenset(
    [
        "x11vnc",
        "x0vncserver",
        "x0tigervncserve",
        "wayvnc",
        "vino-server",
        "krfb",
        "gnome-remote-de",
        "teamviewerd",
        "TeamViewer",
        "anydesk",
        "rustdesk",
        "sunloginclient",
        "xrdp-chansrv",
        "Xvnc",
        "Xtigervnc",
        "todesk",
        "ToDesk_Service",
    ]
)

PRIVILEGED_GROUPS: Final = frozenset(
    ["root", "sudo", "wheel", "admin", "docker", "lxd", "libvirt", "disk", "shadow", "kmem"]
)
NO_LOGIN: Final = ("nologin", "false")

VOLATILE: Final = frozenset(["tmpfs", "ramfs", "devtmpfs"])
UNKNOWN_STORES: Final = frozenset(
    [
        "overlay",
        "aufs",
        "fuse",
        "fuseblk",
        "9p",
        "virtiofs",
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "zfs",
        "squashfs",
    ]
)
"""What really keeps the data is behind these, and does not show."""
LOSING_OPTIONS: Final = frozenset(["nobarrier", "barrier=0", "volatile", "nofail_fsync"])

SLOW_US: Final = 100_000
HANGING_US: Final = 400_000
"""One answer that takes so long is felt."""
TURN_US: Final = 2_000
"""Less than this and no disk that turns can have written: at 7,200 turns a minute one takes 8.3 ms."""
TRANSFER_US: Final = 25
"""Less than this and nothing can have left the memory: the fastest drives with a capacitor of their own
take about 30 µs to answer a flush through the kernel."""

MOST_NAMES: Final = 12
_ROOM: Final = MOST_DETAIL - 16

Judge = Callable[[Facts], Finding]


def judge(facts: Facts, first: Facts) -> tuple[Finding, ...]:
    """The findings about the locks of a computer, in the table's order.

    Args:
        first: what was seen when the program began; a keyboard that is not in it was added.
    """
    found = {finding.check: finding for finding in (one(facts) for one in _JUDGES)}
    found[checks.INPUT] = _input(facts, first)
    return tuple(found[name] for name in checks.LOCKS)


def judge_screen(screens: Screens) -> Finding:
    """Whether the exam fills the one screen there is."""
    if screens.full is None:
        return Finding(checks.SCREEN, "unknown")
    several = f"{screens.count}" if screens.count > 1 else ""
    return Finding(checks.SCREEN, "ok" if screens.full and not several else "weak", several)


def judge_disk(flushes: Flushes) -> Finding:
    """Whether the disk takes what is written, fast enough for an exam."""
    if flushes.fault:
        return Finding(checks.DISK, "weak", flushes.fault)
    if not flushes.took_us:
        return Finding(checks.DISK, "unknown")
    slow = _median(flushes.took_us) > SLOW_US or max(flushes.took_us) > HANGING_US
    return Finding(checks.DISK, "weak" if slow else "ok", _milliseconds(flushes.took_us))


def judge_durability(flushes: Flushes, disk: Disk | None) -> Finding:
    """Whether what the disk calls saved is on it: by its file system, its options, and physics."""
    state: State = "ok"
    if disk is None:
        return Finding(checks.DURABILITY, "unknown")
    losing = LOSING_OPTIONS.intersection(disk.options)
    if disk.system in VOLATILE or losing or "ro" in disk.options:
        why = sorted(losing) or (["ro"] if disk.system not in VOLATILE else [])
        return Finding(checks.DURABILITY, "weak", " ".join((disk.system, *why)))
    if not flushes.took_us or disk.system in UNKNOWN_STORES or disk.rotates is None:
        state = "unknown"
    if flushes.took_us and _median(flushes.took_us) < (TURN_US if disk.rotates else TRANSFER_US):
        state = "weak"
    kind = {True: "HDD", False: "SSD", None: ""}[disk.rotates]
    measured = _milliseconds(flushes.took_us) if flushes.took_us else ""
    return Finding(checks.DURABILITY, state, " ".join(filter(None, (disk.system, kind, measured))))


# --- one judge a check -------------------------------------------------------------------------------


def _user(facts: Facts) -> Finding:
    own = facts.own
    if own is None:
        return Finding(checks.USER, "unknown")
    if own.uid == 0:
        return Finding(checks.USER, "weak", "root")
    why = [f"+{group}" for group in own.groups if group in PRIVILEGED_GROUPS]
    if own.rights:
        why.append(f"CapEff={own.rights:x}")
    if own.account is not None and PurePosixPath(own.account[1]).name not in NO_LOGIN:
        why.append(own.account[1] or "/bin/sh")
    name = own.account[0] if own.account is not None else str(own.uid)
    return _weak_if(checks.USER, why, name)


def _compositor(facts: Facts) -> Finding:
    display = facts.display
    if facts.screens.platform in ("offscreen", "minimal"):
        return Finding(checks.COMPOSITOR, "unknown", facts.screens.platform)
    if display is None or display.kind == "none" or facts.processes is None:
        return Finding(checks.COMPOSITOR, "unknown")
    names = [process.name for process in facts.processes]
    ways = [name for name in names if name in DESKTOPS or name in VIRTUAL_SERVERS]
    if display.host:
        ways.append(display.host)
    if ways:
        return Finding(checks.COMPOSITOR, "weak", _listed(ways))
    if KIOSK_COMPOSITOR in names:
        return Finding(checks.COMPOSITOR, "ok", KIOSK_COMPOSITOR)
    if display.kind == "wayland" or not any(name in X_SERVERS for name in names):
        return Finding(checks.COMPOSITOR, "unknown", display.kind)
    if BARE_MANAGER not in names:
        return Finding(checks.COMPOSITOR, "weak", mark("no window manager"))
    if facts.bindings is None:
        return Finding(checks.COMPOSITOR, "unknown", BARE_MANAGER)
    why = [mark("the window manager has keys of its own")] if facts.bindings else []
    return _weak_if(checks.COMPOSITOR, why, BARE_MANAGER)


def _consoles(facts: Facts) -> Finding:
    if facts.processes is None or not facts.consoles:
        return Finding(checks.CONSOLES, "unknown")
    cage = next((one for one in facts.processes if one.name == KIOSK_COMPOSITOR), None)
    if cage is not None:
        return _weak_if(checks.CONSOLES, ["cage -s"] if _lets_switch(cage) else [], cage.name)
    if facts.switching is not None:
        return _weak_if(checks.CONSOLES, ["Xorg"] if facts.switching else [], "DontVTSwitch")
    desktops = [one.name for one in facts.processes if one.name in DESKTOPS]
    return Finding(checks.CONSOLES, "weak" if desktops else "unknown", _listed(desktops))


def _lets_switch(cage: Process) -> bool:
    """Whether cage was started with -s, before the program it shows."""
    for word in cage.words[1:]:
        if not word.startswith("-") or word == "--":
            return False
        if word[1] != "-" and "s" in word:
            return True
    return False


def _sysrq(facts: Facts) -> Finding:
    if facts.sysrq is None:
        return Finding(checks.SYSRQ, "unknown")
    return _weak_if(checks.SYSRQ, [f"sysrq={facts.sysrq}"] if facts.sysrq else [])


def _processes(facts: Facts) -> Finding:
    if facts.own is None or facts.processes is None:
        return Finding(checks.PROCESSES, "unknown")
    if facts.own.uid == 0:
        return Finding(
            checks.PROCESSES, "weak", "root"
        )  # whatever the system runs, runs as it does
    family = _family(facts.processes, facts.own.pid)
    others = [
        process.name
        for process in facts.processes
        if process.uid == facts.own.uid
        and process.pid not in family
        and process.name not in SESSION
    ]
    return _weak_if(checks.PROCESSES, others)


def _family(processes: tuple[Process, ...], pid: int) -> frozenset[int]:
    """The process `pid`, those it descends from, and those that descend from it."""
    parents = {process.pid: process.parent for process in processes}
    above: set[int] = set()
    at = pid
    while at and at not in above:
        above.add(at)
        at = parents.get(at, 0)
    below = {pid}
    # A child may have a smaller number than its parent once numbers start again.
    while more := {one for one, parent in parents.items() if parent in below} - below:
        below |= more
    return frozenset(above | below)


def _clients(facts: Facts) -> Finding:
    display = facts.display
    if display is None or display.clients is None or facts.processes is None:
        return Finding(checks.CLIENTS, "unknown")
    managers = sum(process.name in X_CLIENTS for process in facts.processes)
    ours = 1 if facts.screens.platform.startswith(("xcb", "wayland")) else 0
    more = display.clients - ours - (managers if display.kind == "x11" else 0)
    return _weak_if(checks.CLIENTS, [f"+{more}"] if more > 0 else [])


def _remote(facts: Facts) -> Finding:
    why = [*facts.remote]
    if facts.display is not None and facts.display.host:
        why.append(facts.display.host)
    why += [one.name for one in facts.processes or () if one.name in REMOTE_TOOLS]
    ports = facts.network.ports if facts.network is not None else None
    if ports and not facts.locked:
        why.append(" ".join(f":{port}" for port in ports[:8]))
    if not why and (facts.processes is None or facts.display is None or ports is None):
        return Finding(checks.REMOTE, "unknown")
    return _weak_if(checks.REMOTE, why)


def _debugger(facts: Facts) -> Finding:
    why = [*facts.variables]
    if facts.own is not None and facts.own.tracer:
        tracer = next((p.name for p in facts.processes or () if p.pid == facts.own.tracer), "")
        why.append(tracer or str(facts.own.tracer))
    if facts.ptrace == 0:
        why.append("ptrace_scope=0")
    if not why and (facts.own is None or facts.ptrace is None):
        return Finding(checks.DEBUGGER, "unknown")
    return _weak_if(checks.DEBUGGER, why)


def _usb(facts: Facts) -> Finding:
    if not facts.hubs:
        return Finding(checks.USB, "unknown")
    return _weak_if(checks.USB, [hub.name for hub in facts.hubs if hub.lets_in not in (0, 2)])


def _input(facts: Facts, first: Facts) -> Finding:
    if facts.keyboards is None or first.keyboards is None:
        return Finding(checks.INPUT, "unknown")
    before = list(first.keyboards)
    added = []
    for keyboard in facts.keyboards:
        if keyboard in before:
            before.remove(keyboard)
        else:
            added.append(keyboard)
    return _weak_if(checks.INPUT, added)


def _network(facts: Facts) -> Finding:
    network = facts.network
    if facts.locked:
        return Finding(checks.NETWORK, "ok", "firewall")
    if network is None:
        return Finding(checks.NETWORK, "unknown")
    up = [link.name for link in network.links if link.up]
    return _weak_if(checks.NETWORK, [*network.ways_out], _listed(up))


def _radio(facts: Facts) -> Finding:
    if facts.radios is None:
        return Finding(checks.RADIO, "unknown")
    return _weak_if(checks.RADIO, [*facts.radios])


def _swap(facts: Facts) -> Finding:
    if facts.swaps is None:
        return Finding(checks.SWAP, "unknown")
    return _weak_if(checks.SWAP, [*facts.swaps])


def _dumps(facts: Facts) -> Finding:
    if facts.own is None or facts.own.core is None:
        return Finding(checks.DUMPS, "unknown")
    return _weak_if(checks.DUMPS, [facts.own.core] if facts.own.core != "0" else [])


def _system(facts: Facts) -> Finding:
    if facts.writable is None:
        return Finding(checks.SYSTEM, "unknown")
    return _weak_if(checks.SYSTEM, [*facts.writable])


def _manifest(facts: Facts) -> Finding:
    if facts.program is None:
        why = mark("not looked at yet") if facts.installed else mark("not installed from a package")
        return Finding(checks.MANIFEST, "unknown", why)
    wrong = [facts.program.wrong] if facts.program.wrong else []
    return _weak_if(checks.MANIFEST, wrong, facts.program.built)


def _machine(facts: Facts) -> Finding:
    if not facts.machine.known:
        return Finding(checks.MACHINE, "unknown")
    return _weak_if(checks.MACHINE, [facts.machine.within] if facts.machine.within else [])


_JUDGES: Final[tuple[Judge, ...]] = (
    _user,
    _compositor,
    _consoles,
    _sysrq,
    _processes,
    _clients,
    _remote,
    _debugger,
    _usb,
    _network,
    _radio,
    _swap,
    _dumps,
    _system,
    _manifest,
    _machine,
)


def _weak_if(check: str, why: list[str], fine: str = "") -> Finding:
    return Finding(check, "weak", _listed(why)) if why else Finding(check, "ok", fine)


def _listed(names: Iterable[str]) -> str:
    """Names once each, sorted, as many as fit: the same facts always make the same words."""
    unique = sorted(set(names))
    shown = unique[:MOST_NAMES]
    while len(shown) > 1 and len(", ".join(shown)) > _ROOM:
        shown.pop()
    more = len(unique) - len(shown)
    return ", ".join(shown)[:_ROOM] + (f" +{more}" if more else "")


def _median(took_us: tuple[int, ...]) -> int:
    return sorted(took_us)[len(took_us) // 2]


def _milliseconds(took_us: tuple[int, ...]) -> str:
    return f"{_median(took_us) / 1000:.2f}–{max(took_us) / 1000:.2f} ms"
