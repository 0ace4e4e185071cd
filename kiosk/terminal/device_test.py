"""The test of a computer's devices: screen, keyboard, mouse, touch, scanner, clock, one after the other.

A technician does it before anybody sits here, also before a session is installed. Nothing of it is
journalled, and no exam depends on it: what comes of it is a page for the room's folder, and a line of
`kiosk terminal status`. The page is drawn by the screen and kept on a stick.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.qr import Prefix, to_text
from kiosk.artefacts.self_check import Finding
from kiosk.errors import StorageFault
from kiosk.terminal.aside import Aside
from kiosk.terminal.ports import Ports
from kiosk.terminal.views import Device, DeviceTest, Header, Notice, TriedDevice
from kiosk.trust.durable import write_durable
from kiosk.words import LANGUAGES, mark

CODE_BYTES: Final = 60
"""As many as a challenge has: what reads this code reads those."""
KEPT: Final = "devices"
MOST_KEPT: Final = 4096


class LastTest(msgspec.Struct, frozen=True):
    """When the devices were tried last (Unix time), and what came of each."""

    at_s: int
    devices: dict[str, str]


def keep_tested(state: Path, at_s: int, devices: dict[str, str]) -> None:
    """Keeps it for `kiosk terminal status`; nothing rests on it, so a disk that refuses is no trouble here."""
    with suppress(StorageFault):
        write_durable(state / KEPT, msgspec.json.encode(LastTest(at_s, devices)))


def last_test(state: Path) -> LastTest | None:
    """The last whole test, None where there was none or it cannot be read."""
    try:
        return msgspec.json.decode((state / KEPT).read_bytes()[:MOST_KEPT], type=LastTest)
    except (OSError, msgspec.MsgspecError):
        return None


class DeviceTesting:
    """One go through the devices. Call it from the flow's thread alone."""

    def __init__(self, ports: Ports, changed: Callable[[], None]) -> None:
        self._ports = ports
        self._changed = changed
        self._code = to_text(Prefix.CHALLENGE, os.urandom(CODE_BYTES))
        self._tested: tuple[TriedDevice, ...] = ()
        self._at_s = 0
        self._notice: Notice | None = None
        self._aside = Aside(ports.deliver, "device-test")

    @property
    def device(self) -> Device | None:
        """What is tried now; None once all were."""
        return next(
            (one for one in Device if one not in {done.device for done in self._tested}), None
        )

    @property
    def takes_scans(self) -> bool:
        """Whether what a scanner reads is for this test, and not for the session."""
        return self.device is Device.SCANNER

    def take(self, tested: TriedDevice) -> None:
        """What became of the device that is tried now; of another one it is nothing."""
        if tested.device is self.device:
            self._tested = (*self._tested, tested)
            self._at_s = self._ports.time.wall_s()
            if self.device is None:
                outcomes = {str(one.device): one.outcome for one in self._tested}
                self._ports.tested(self._at_s, dict(outcomes))

    def scanned(self, text: str) -> None:
        """What the scanner read."""
        fine = TriedDevice(Device.SCANNER, "fine")
        self.take(fine if text == self._code else TriedDevice(Device.SCANNER, "bad", OTHERWISE))

    def keep(self, page: bytes) -> None:
        """Write the page on the stick, beside the window."""
        stick, name = self._ports.stick, f"{self._ports.keys.record.name}-devices.pdf"

        def work() -> Notice:
            if not stick.present:
                return NO_STICK
            stick.put(name, page)
            return Notice(mark("On the stick: {name}. It may be taken out"), {"name": name})

        self._aside.ask(work, self._say, lambda _fault: self._say(NOT_WRITTEN))

    def close(self) -> None:
        self._aside.close()

    def view(self, header: Header, found: tuple[Finding, ...]) -> DeviceTest:
        """What is to be shown."""
        record = self._ports.keys.record
        return DeviceTest(
            header=header,
            device=self.device,
            tested=self._tested,
            code=self._code if self.takes_scans else "",
            terminal=record.name,
            kid=record.kid.hex(),
            words={lang: record_words(record, lang) for lang in LANGUAGES},
            version=self._ports.version,
            found=found,
            at_s=self._at_s,
            notice=self._notice,
        )

    def _say(self, notice: Notice) -> None:
        self._notice = notice
        self._changed()


OTHERWISE: Final = mark(
    "The code was read, but typed otherwise than it is: set the scanner to the keyboard of the United States"
)
NO_STICK: Final = Notice(
    mark("No stick is here yet. Put one in, wait a moment, and press again"), tone="warn"
)
NOT_WRITTEN: Final = Notice(
    mark("The stick did not take the page: it is full, cannot be written or was pulled out"),
    tone="warn",
)
