"""A sitting under cage, in a bare Debian 13 in a folder: the compositor with the package's options, and the program
as its one client. wlroots draws on a screen that is not there, and keys come by its virtual keyboard.

What can be seen is the picture and the journal: Wayland tells no client of another's windows.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image, ImageChops

from tests.codes import qr_texts
from tests.escapes.sitting import PROJECT, RELEASED_S, Sitting
from tests.packaging.bare_root import BareRoot

SESSION = PROJECT / "packaging/deb/root/usr/lib/kiosk-terminal/session"
TOOLS = "cage (>= 0.2), wtype, grim, wlrctl, wlr-randr, wl-clipboard, libgl1-mesa-dri"
STILL = (0, 260, 1280, 560)
"""A part of the picture that stays the same while somebody writes."""
SAME = 0.02
"""Of its pixels, so many may differ."""
_BOUND_MS = 400
"""A client hears of a keyboard that is new, and only then of its keys."""


def depends() -> str:
    """What the package needs of Debian, from its own list, and the tools of these scenes."""
    control = (PROJECT / "packaging/deb/debian/control").read_text("utf-8")
    found = re.search(r"^Depends: (.*?)^\w", control, re.MULTILINE | re.DOTALL)
    assert found is not None
    return f"{' '.join(found[1].split())}, {TOOLS}"


def prepare(root: BareRoot) -> None:
    """Have in the root what a sitting needs; it stays for the next."""
    if root.run("sh", "-c", "command -v wl-copy", check=False).returncode:
        root.satisfy(depends())
    sockets = root.folder / "tmp/.X11-unix"
    sockets.mkdir(exist_ok=True)
    sockets.chmod(0o1777)
    for place in {Path(sys.base_prefix), Path(sys.prefix), PROJECT, Path("/dev/shm")}:
        root.mount(place.resolve(), place.resolve())


class CageSitting(Sitting):
    """
    Args:
        root: a Debian 13, prepared.
    """

    def __init__(self, root: BareRoot) -> None:
        super().__init__()
        self._root = root
        self.folder.chmod(0o700)
        root.mount(self.folder, self.folder)

    # --- the session ------------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        told = SESSION.read_text("utf-8")
        (given,) = re.findall(r"export (WLR_RENDERER.*)", told)
        return {
            **self.commonly(),
            **dict(one.split("=") for one in given.split()),
            "WLR_BACKENDS": "headless",
            "WAYLAND_DISPLAY": "wayland-0",
        }

    def run(self, *command: str) -> list[str]:
        # Python finds nothing of the project from a chroot's root folder but by PYTHONPATH.
        return self._root.command(*command)

    def start(self) -> None:
        (options,) = re.findall(r'exec cage (.*) -- "\$@"', SESSION.read_text("utf-8"))
        environment = self.environment()
        del environment["WAYLAND_DISPLAY"]
        self.program = subprocess.Popen(
            self.run("cage", *options.split(), "--", *self.command),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("KIOSK_DEBUG") else subprocess.DEVNULL,
        )
        self.wait(lambda: bool(self._challenge()), "the program's first screen")
        self.wait(self._release, "the exam")
        self.still = self.photograph().crop(STILL)

    def stop(self) -> None:
        self.end_others()
        self.program.terminate()
        self.program.wait(10)

    def __exit__(self, *fault: object) -> None:
        self.stop()
        self._root.unmount(self.folder)
        super().__exit__(*fault)

    def _challenge(self) -> str:
        try:
            picture = self.photograph()
        except OSError:
            return ""  # there is no screen yet
        return next((text for text in qr_texts(picture) if text.startswith("C1:")), "")

    def _release(self) -> bool:
        self.tool(
            "wtype",
            "-s",
            str(_BOUND_MS),
            "-d",
            "3",
            self.code_for(self._challenge()),
            "-k",
            "Return",
        )
        return self.until(lambda: not self._challenge(), RELEASED_S)

    def come_back(self) -> None:
        self.end_others()
        if not self.until(lambda: not self.breaches(), 3):
            self.stop()
            self.start()

    # --- the candidate ----------------------------------------------------------------------------

    def type(self, words: str) -> None:
        self.tool("wtype", "-s", str(_BOUND_MS), "-d", "5", words)

    def chord(self, *names: str) -> None:
        """Modifiers by their names (`ctrl`, `alt`, `logo`, `shift`) and a key."""
        *held, key = names
        down = [word for one in held for word in ("-M", one)]
        up = [word for one in reversed(held) for word in ("-m", one)]
        self.tool("wtype", "-s", str(_BOUND_MS), *down, "-k", key, *up)

    def erase(self) -> None:
        time.sleep(0.1)
        self.chord("ctrl", "a")
        self.chord("BackSpace")
        self.until(lambda: not self.answer(), 3)
        self.given = self.answers()

    # --- others -----------------------------------------------------------------------------------

    def tool(self, *command: str, user: str = "") -> subprocess.CompletedProcess[bytes]:
        """A small program on the display, run to its end."""
        return subprocess.run(
            self._root.command(*command, user=user),
            env=self.environment(),
            capture_output=True,
            check=False,
            timeout=60,
        )

    def stays(self, *command: str) -> None:
        """A small program that stays on the display until the scene is over."""
        self.others.append(
            subprocess.Popen(self.run(*command), env=self.environment(), stdout=subprocess.PIPE)
        )

    # --- what is seen -----------------------------------------------------------------------------

    def photograph(self) -> Image.Image:
        """
        Raises:
            OSError: there is no picture.
        """
        with Image.open(io.BytesIO(self.tool("grim", "-").stdout)) as picture:
            return picture.convert("RGB")

    def breaches(self) -> list[str]:
        if self.program.poll() is not None:
            return ["the program ended"]
        try:
            now = self.photograph().crop(STILL)
        except OSError:
            return ["the paper is off the screen"]
        differs = ImageChops.difference(now, self.still).convert("L").histogram()
        whole = now.width * now.height
        return ["another window is over the paper"] if whole - differs[0] > SAME * whole else []
