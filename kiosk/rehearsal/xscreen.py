"""A real X screen for a program to be seen and operated on: Xvfb, photographs, keys and clicks.

Events go through the XTEST extension (by `xdotool`), so the program under them cannot tell them from
a keyboard, a mouse or a keyboard-wedge scanner.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageGrab
from zxingcpp import BarcodeFormat, BarcodeFormats, read_barcodes

from kiosk.errors import KioskError

SETTLE_S = 0.15
FOCUS_S = 0.5
"""A window manager gives the keyboard in its own time."""

APPEARS_S = 30
"""How long what must appear may take."""

SIZE = "1366x768x24"
"""Width, height and depth of a screen of our own."""

KEY_DELAY_MS = 2
"""Between the characters of a scan; a wedge scanner types at 1 to 15 ms."""


def missing_tools() -> tuple[str, ...]:
    """The programs a real screen needs and this machine lacks."""
    return tuple(name for name in ("Xvfb", "xdotool") if shutil.which(name) is None)


class Screen:
    """An X display that is there already: `:0`, say."""

    def __init__(self, display: str) -> None:
        missing = missing_tools()
        if missing:
            raise KioskError(
                f"a real screen needs {' and '.join(missing)}",
                remedy="Install the packages xvfb and xdotool, or run the demo with --windows 0",
            )
        self.display = display

    def environment(self) -> dict[str, str]:
        """The environment of a program that is to appear here."""
        inherited = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        return {**inherited, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    # --- seeing ---------------------------------------------------------------------------------

    def photograph(self) -> Image.Image:
        return ImageGrab.grab(xdisplay=self.display)

    def save(self, path: Path, settles_within_s: float = 3) -> None:
        """A photograph once nothing moves: a title changes before the pixels do."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ends = time.monotonic() + settles_within_s
        time.sleep(SETTLE_S)
        seen = self.photograph()
        while time.monotonic() < ends:
            time.sleep(SETTLE_S)
            now = self.photograph()
            if now.tobytes() == seen.tobytes():
                break
            seen = now
        seen.save(path)

    def codes(self) -> tuple[str, ...]:
        """The texts of the QR codes on the screen, read from its pixels."""
        return _codes(self.photograph())

    def wait_for_code(self, prefix: str) -> str:
        """The text of a code with this prefix, as soon as one is on the screen."""

        looked_at = b""

        def seen() -> str | None:
            nonlocal looked_at
            picture = self.photograph()
            # To look for codes takes far longer than to see that nothing has changed.
            if (pixels := picture.tobytes()) == looked_at:
                return None
            looked_at = pixels
            return next((text for text in _codes(picture) if text.startswith(prefix)), None)

        return self._until(seen, f"a {prefix} code on the screen")

    def title(self) -> str:
        """The title of the program's window; it names the view that is shown."""
        names = self._xdotool("search", "--onlyvisible", "--name", "^Kiosk", "getwindowname", "%@")
        return names.strip().splitlines()[-1] if names.strip() else ""

    def wait_for_window(self, program: int) -> str:
        """The window of the process `program`, by its number, once it is there."""

        def seen() -> str | None:
            found = self._xdotool("search", "--onlyvisible", "--pid", str(program)).split()
            return found[-1] if found else None

        return self._until(seen, f"a window of process {program}")

    def name_of(self, window: str) -> str:
        """The title of one window."""
        return self._xdotool("getwindowname", window).strip()

    def place(self, window: str, x: int, y: int) -> None:
        self._xdotool("windowmove", window, str(x), str(y))

    def scan_into(self, window: str, text: str) -> None:
        """A scan while that window has the keyboard."""
        self._xdotool("windowactivate", window)
        self._xdotool("windowfocus", window)
        time.sleep(FOCUS_S)
        self.scan(text)

    def wait_for_title(self, part: str) -> str:
        """The window's title once it contains `part`."""

        def seen() -> str | None:
            title = self.title()
            return title if part in title else None

        return self._until(seen, f"the screen '{part}'")

    def wait_for_other_title(self, before: str) -> str:
        """The window's title once it is not `before`."""

        def seen() -> str | None:
            title = self.title()
            return title if title and title != before else None

        return self._until(seen, f"another screen than '{before}'")

    def _until(self, seen: Callable[[], str | None], what: str) -> str:
        ends = time.monotonic() + APPEARS_S
        while (found := seen()) is None:
            if time.monotonic() > ends:
                raise KioskError(f"{what} did not appear within {APPEARS_S} s", where=self.display)
            time.sleep(0.05)
        return found

    # --- operating ------------------------------------------------------------------------------

    def scan(self, text: str) -> None:
        """What a keyboard-wedge scanner does: the characters fast, then Enter."""
        self._xdotool("type", "--delay", str(KEY_DELAY_MS), "--", text)
        self._xdotool("key", "Return")

    def keys(self, *names: str) -> None:
        """Keys by their X names: `a`, `Return`, `Next`, `ctrl+plus`."""
        self._xdotool("key", "--delay", "30", *names)

    def write(self, text: str) -> None:
        """What a person types, at a person's pace."""
        self._xdotool("type", "--delay", "70", "--", text)

    def click(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout


class OwnScreen(Screen):
    """An Xvfb of its own, with more `options` than it needs. Use it as a context manager; leaving it ends
    the server."""

    def __init__(self, *options: str) -> None:
        super().__init__("")
        ready, told = os.pipe()
        command = ["Xvfb", "-displayfd", str(told), "-screen", "0", SIZE, "-nolisten", "tcp"]
        # Else it begins anew whenever its last client leaves, and refuses who comes just then: a
        # photograph is such a client, and a program that starts is whom it would refuse.
        command += ["-noreset", *options]
        self._server = subprocess.Popen(
            command, pass_fds=(told,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(told)
        with os.fdopen(ready) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise KioskError("Xvfb did not start", remedy="Run Xvfb by hand and read what it says")
        self.display = f":{number}"

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)

    def __enter__(self) -> OwnScreen:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()


def _codes(picture: Image.Image) -> tuple[str, ...]:
    found = read_barcodes(picture, formats=BarcodeFormats([BarcodeFormat.QRCode]))
    return tuple(code.text for code in found)


def start(screen: Screen, command: list[str]) -> subprocess.Popen[bytes]:
    """A program on `screen`, in a process of its own that a test may kill."""
    return subprocess.Popen(command, env=screen.environment())
