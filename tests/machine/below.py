"""The escapes below the program that a whole computer is needed for, tried while a question is on its screen.

Each is a row of docs/escapes.md by its name (tests/escapes/scenes.py). It does what somebody at the computer would,
puts everything back, and says what was gained; what the page itself shows afterwards, and what the journal
has of it, is seen by whoever plays it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.machine.computer import Computer, a_stick
from tests.machine.usb_device import BLUETOOTH, KEYBOARD, STORAGE, Interface, UsbDevice

LOOKS_S = 20
"""How long the self-check and the kernel may take to notice something, on an emulated computer."""
RED = (168, 0, 0)
"""As a VGA has it."""


def consoles(computer: Computer, _folder: Path) -> str:
    for number in range(1, 13):
        computer.keys(f"ctrl-alt-f{number}")
    computer.keys("alt-left", "alt-right")
    return ""


def sysrq(computer: Computer, _folder: Path) -> str:
    for key in "kreisub":
        computer.keys(f"alt-sysrq-{key}", f"alt-print-{key}")
    return ""


def ctrl_alt_del(computer: Computer, _folder: Path) -> str:
    for _ in range(8):
        computer.keys("ctrl-alt-delete")
    return ""


def power_and_sleep(computer: Computer, _folder: Path) -> str:
    computer.keys("power", "sleep", "wake")
    computer.command("system_powerdown")  # the button, as ACPI tells of it
    time.sleep(LOOKS_S)
    return "" if computer.runs() else "the computer is off or sleeps"


def keyboard_in(computer: Computer, _folder: Path) -> str:
    more = computer.add("usb-kbd")
    time.sleep(LOOKS_S)
    computer.take_away(more)
    return "one more keyboard that types"


def keyboard_out(computer: Computer, _folder: Path) -> str:
    page = computer.photograph()
    computer.take_away("keyboard")
    time.sleep(LOOKS_S)
    hidden = computer.differs(page)
    computer.photograph(_folder / "keyboard-out.png")
    computer.add("usb-kbd", "keyboard")
    time.sleep(LOOKS_S)
    return "the paper is hidden until it is back" if hidden else "a seat without a keyboard"


def macros(computer: Computer, _folder: Path) -> str:
    more = computer.add("virtio-keyboard-pci", bus="port2")
    time.sleep(LOOKS_S)
    began = time.monotonic()
    for number in range(100):
        time.sleep(max(0, began + number / 50 - time.monotonic()))
        # Not those that answer or open something: the rows on macros have them.
        computer.strike(*"ijklopqrstuvwyzijklo")
    time.sleep(LOOKS_S)
    computer.take_away(more)
    return "one more keyboard that types"


def storage(computer: Computer, folder: Path) -> str:
    holds = folder / "autorun"
    holds.mkdir(exist_ok=True)
    (holds / "autorun.inf").write_text("[autorun]\r\nopen=run.sh\r\n", "utf-8")
    (holds / "run.desktop").write_text("[Desktop Entry]\nType=Application\nExec=run.sh\n", "utf-8")
    (holds / "run.sh").write_text("#!/bin/sh\nreboot -f\n", "utf-8")
    stick = computer.plug(a_stick(folder / "autorun.img", holds))
    time.sleep(LOOKS_S)
    read = computer.read_of(stick)
    computer.pull(stick)
    return f"{read} bytes of it were read" if read else ""


def network(computer: Computer, folder: Path) -> str:
    sent = 0
    for driver, bus in (("usb-net", "usb.0"), ("e1000e", "port2"), ("virtio-net-pci", "port1")):
        said = folder / f"{driver}.pcap"
        card = computer.add_network(driver, bus, said)
        time.sleep(LOOKS_S)
        computer.take_away(card)
        # Its head has 24 bytes; each packet follows it.
        sent += said.stat().st_size - 24
    return f"{sent} bytes went out" if sent else ""


def second_card(computer: Computer, folder: Path) -> str:
    page = computer.photograph()
    # It stays: QEMU ends itself when one comes again.
    computer.add("bochs-display", bus="port1")
    time.sleep(LOOKS_S)
    return "the paper is hidden" if computer.differs(page) else ""


def _let_in(computer: Computer, folder: Path, *interfaces: Interface) -> bool:
    at = folder / "usb"
    at.unlink(missing_ok=True)
    with UsbDevice(at, *interfaces) as device:
        name = computer.add_redirected(device)
        time.sleep(LOOKS_S)
        computer.take_away(name)
    return device.let_in


def stick_and_keyboard(computer: Computer, folder: Path) -> str:
    assert _let_in(computer, folder, KEYBOARD), "a device of ours that is let in is seen to be"
    return "its keys are taken" if _let_in(computer, folder, STORAGE, KEYBOARD) else ""


def bluetooth(computer: Computer, folder: Path) -> str:
    return "a radio" if _let_in(computer, folder, BLUETOOTH) else ""


def second_screen(computer: Computer, folder: Path) -> str:
    page = computer.photograph()
    cable = computer.plug_screen()
    time.sleep(LOOKS_S)
    hidden = computer.differs(page)
    computer.photograph(folder / "second-screen.png")
    cable.pull()
    cable.close()
    return "a screen more" + ("; the paper is hidden until it is gone" if hidden else "")


def another_boot_device(stick: Path, folder: Path) -> str:
    """What a disk of somebody's, chosen in the BIOS's menu while the computer is off, gains.

    It makes the screen red, so that it is seen to run.
    """
    # mov ax, 13h; int 10h; mov ax, 0a000h; mov es, ax; xor di, di; mov cx, 64000; mov al, 4; rep stosb; hlt; jmp
    program = bytes.fromhex("b81300cd10b800a08ec031ffb900fab004f3aaf4ebfd")
    disk = folder / "another-system.img"
    disk.write_bytes(program.ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20))
    with Computer(stick, folder / "another-system", disk=disk) as computer:
        ends = time.monotonic() + LOOKS_S
        while time.monotonic() < ends:
            page = computer.photograph()
            if page.getcolors(1) == [(page.width * page.height, RED)]:
                return "another system runs"
            # What is asked is one line below a title, what may be chosen are more.
            lit = sum(page.convert("L").histogram()[1:])
            computer.keys("2" if lit > 4000 else "esc")
            time.sleep(0.5)
    return ""


POWER = "The power button, held"
BOOT = "Another boot device"
FILES = "A hostile file system"
"""Played by the sitting itself, where the computer is off or another page is on its screen."""
SCENES: dict[str, Callable[[Computer, Path], str]] = {
    "Virtual terminals": consoles,
    "SysRq": sysrq,
    "Ctrl+Alt+Del": ctrl_alt_del,
    "Power and sleep keys": power_and_sleep,
    "A keyboard plugged in": keyboard_in,
    "The keyboard pulled out": keyboard_out,
    "A storage stick": storage,
    "A stick that is a keyboard, too": stick_and_keyboard,
    "A network card": network,
    "Bluetooth": bluetooth,
    "A second screen on a cable": second_screen,
    "A second graphics card": second_card,
    "A macro keyboard": macros,
}
