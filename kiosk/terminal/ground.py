"""Where the Debian package puts a terminal: the names that its units, rules and checks share.

`packaging/deb` is built with them, and its tests hold the units and rules to them. A terminal that was
started by hand has none of it, and nothing here looks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = "kiosk-terminal"

USER: Final = "kiosk-terminal"
"""Who the window runs as, and nothing else does."""
SYNC_USER: Final = "kiosk-sync"
"""Who visits the station. It shares the outbox, receipts and trust by USER's group, and reads neither
journals nor keys; its copy of the key lies in memory (RUNTIME_SYNC)."""

STATE: Final = Path("/var/lib/kiosk-terminal")
CONFIGURATION: Final = Path("/etc/kiosk-terminal/terminal.conf")
PROGRAM: Final = Path("/usr/lib/kiosk-terminal")
MANIFEST: Final = PROGRAM / "terminal.manifest"
"""What was installed, signed by whoever built it."""

UPDATES: Final = Path("/var/lib/kiosk-update")
"""Root's own, which all may read: its trust in the station, the package before the one that runs, and how
the last update ended."""
OF_A_STICK: Final = Path("/usr/lib/kiosk-image")
"""There where the system is a stick's, and exchanged as a whole."""

RUNTIME: Final = Path("/run/kiosk-terminal")
"""The window's own folder in memory."""
RUNTIME_SYNC: Final = Path("/run/kiosk-sync")
STICK_WANTED: Final = "stick-wanted"
"""A file in RUNTIME: while it is fresh, a stick may be there (USB storage is allowed and mounted)."""
STICK_WANTED_S: Final = 10
STICK: Final = Path("/media/usb")

LOCKED: Final = Path("/run/kiosk-lock")
"""What was locked and how it was before: there while kiosk-lock.service is on."""
OWN: Final = Path("/run/kiosk-own")
"""The disks that this computer runs from, which no rule for sticks touches: a file named by each device's
number, and the rules that usbguard reads."""
NFT_TABLE: Final = "kiosk_terminal"

TERMINAL_UNIT: Final = "kiosk-terminal.service"
SYNC_UNIT: Final = "kiosk-sync.service"
LOCK_UNIT: Final = "kiosk-lock.service"
STICK_UNITS: Final = ("kiosk-stick.path", "kiosk-stick.service")
USB_UNIT: Final = "kiosk-usb.service"
LOGIN_UNIT: Final = "kiosk-login.service"
"""A login in place of the window, once proctors had the program end."""
TRIAL_UNIT: Final = "kiosk-trial.service"
"""Only where a newer program has its trial: a copy of it is in /etc then."""
REMEMBER_UNIT: Final = "kiosk-remember.service"
UNITS: Final = (
    *(TERMINAL_UNIT, SYNC_UNIT, LOCK_UNIT, USB_UNIT, *STICK_UNITS, LOGIN_UNIT),
    *(TRIAL_UNIT, REMEMBER_UNIT),
)
