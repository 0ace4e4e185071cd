"""A computer made of files, for readers: the seat as the package sets it up, and what may be wrong with it."""

from __future__ import annotations

from pathlib import Path

from kiosk.terminal.lockdown.facts import Facts, Screens
from kiosk.terminal.lockdown.readers import look

KEYBOARD = """\
I: Bus=0003 Vendor=046d Product=c31c Version=0110
N: Name="Logitech USB Keyboard"
H: Handlers=kbd leds event3
B: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe

"""
BUTTON = """\
I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
H: Handlers=kbd event0
B: KEY=10000000000000 0

"""
SWAPS = "Filename\t\tType\t\tSize\tUsed\tPriority\n"
ROUTES = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
LISTENERS = "  sl  local_address rem_address   st tx_queue rx_queue\n"
UNIX = "Num       RefCount Protocol Flags    Type St Inode Path\n"
WAYLAND = "/run/user/990/wayland-0"
CAGE_SEAT = {"XDG_RUNTIME_DIR": "/run/user/990", "WAYLAND_DISPLAY": "wayland-0"}
X_SEAT = {"DISPLAY": ":0"}
FILLED = Screens(True, 1, "wayland")


def process(pid: int, parent: int, name: str, words: str = "", uid: int = 990) -> dict[str, str]:
    """The files of a process."""
    status = f"Name:\t{name}\nPid:\t{pid}\nPPid:\t{parent}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n"
    return {
        f"proc/{pid}/status": status,
        f"proc/{pid}/cmdline": "\0".join((words or name).split()) + "\0",
    }


SEAT: dict[str, str] = {
    "proc/self/status": (
        "Name:\tkiosk\nPid:\t20\nPPid:\t10\nTracerPid:\t0\nUid:\t990\t990\t990\t990\n"
        "Gid:\t990\t990\t990\t990\nGroups:\t44 990 \nCapEff:\t0000000000000000\n"
    ),
    "proc/self/limits": (
        "Limit                     Soft Limit           Hard Limit           Units\n"
        "Max core file size        0                    0                    bytes\n"
    ),
    "proc/self/mountinfo": (
        "22 1 8:2 / / ro,relatime - ext4 /dev/sda2 rw\n"
        "23 22 8:3 / /var/lib/kiosk rw,nosuid - ext4 /dev/sda3 rw,data=ordered\n"
        "24 22 0:5 / /tmp rw - tmpfs tmpfs rw\n"
    ),
    "sys/dev/block/8:3/queue/rotational": "0\n",
    "etc/passwd": "root:x:0:0::/root:/bin/bash\nkiosk-terminal:x:990:990::/:/usr/sbin/nologin\n",
    "etc/group": "root:x:0:\nsudo:x:27:\nvideo:x:44:kiosk-terminal\nkiosk-terminal:x:990:\n",
    **process(1, 0, "systemd", "/sbin/init", uid=0),
    **process(10, 1, "cage", "cage -d -- /usr/lib/kiosk-terminal/kiosk terminal run -s"),
    **process(20, 10, "kiosk"),
    "sys/class/tty/tty0/active": "tty1\n",
    "proc/sys/kernel/sysrq": "0\n",
    "proc/sys/kernel/yama/ptrace_scope": "1\n",
    "sys/bus/usb/devices/usb1/authorized_default": "0\n",
    "sys/bus/usb/devices/usb2/authorized_default": "2\n",
    "sys/bus/usb/devices/1-1/idVendor": "046d\n",
    "proc/bus/input/devices": BUTTON + KEYBOARD,
    "sys/class/net/lo/operstate": "unknown\n",
    "sys/class/net/eno1/operstate": "up\n",
    "proc/net/route": ROUTES + "eno1\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
    "proc/net/ipv6_route": (
        f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} ffffffff 00000001 00000000 00200200       lo\n"
    ),
    "proc/net/tcp": LISTENERS + "   0: 0100007F:1F90 00000000:0000 0A 0 0\n",
    "proc/net/tcp6": LISTENERS,
    "proc/net/unix": UNIX
    + f"0: 00000002 00000000 00010000 0001 01 71 {WAYLAND}\n"
    + f"0: 00000003 00000000 00000000 0001 03 72 {WAYLAND}\n",
    "sys/class/rfkill/rfkill0/type": "bluetooth\n",
    "sys/class/rfkill/rfkill0/soft": "1\n",
    "sys/class/rfkill/rfkill0/hard": "0\n",
    "proc/swaps": SWAPS + "/dev/zram0\tpartition\t100\t0\t5\n",
    "sys/class/dmi/id/sys_vendor": "Lenovo\n",
    "proc/cpuinfo": "processor: 0\nflags\t\t: fpu vme sse2\n",
}
"""Debian 13: cage as the only program of its own user. All that can be known is right."""

X_PROCESSES: dict[str, str] = {
    **process(10, 1, "Xorg", "/usr/lib/xorg/Xorg :0 vt1 -configdir /usr/lib/kiosk-terminal/xorg"),
    **process(11, 1, "openbox", "openbox --config-file /usr/lib/kiosk-terminal/openbox.xml"),
    "usr/lib/kiosk-terminal/xorg/10-kiosk.conf": (
        'Section "ServerFlags"\n  Option "DontVTSwitch" "true"\nEndSection\n'
    ),
    "usr/lib/kiosk-terminal/openbox.xml": "<openbox_config><keyboard/><mouse/></openbox_config>",
    "proc/net/unix": UNIX
    + "0: 00000002 00000000 00010000 0001 01 71 @/tmp/.X11-unix/X0\n"
    + "0: 00000003 00000000 00000000 0001 03 72 @/tmp/.X11-unix/X0\n" * 2,
}
"""Debian 12: Xorg and an openbox that has no keys."""


def build(root: Path, files: dict[str, str | None]) -> Path:
    """`root` with these files; None takes one away again."""
    for name, content in files.items():
        path = root / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8", newline="")
    return root


def seen(root: Path, environment: dict[str, str] | None = None, screens: Screens = FILLED) -> Facts:
    """One look at the computer in `root`."""
    return look(root, CAGE_SEAT if environment is None else environment, screens, ())
