"""A sitting under X: the package's openbox with its file, started by the package's script, and nothing else.

Xvfb stands for Xorg: it knows the same windows, keys and pixels, and has no graphics card and no consoles.
XTEST stands for the keyboard; the session's own `xorg.conf` has it switched off.
"""

from __future__ import annotations

import os
import secrets
import struct
import subprocess
import time
from pathlib import Path

from kiosk.rehearsal.xscreen import OwnScreen
from tests.escapes.sitting import PROJECT, QUESTION, QUESTIONS, RELEASED_S, Sitting
from tests.escapes.x11 import Client

X11 = PROJECT / "packaging/deb/root/usr/lib/kiosk-terminal/x11"
_SETTLES_S = 0.1
FIELD = (270, 195)
"""Where the field of the question is on the screen."""


class XSitting(Sitting):
    """
    Args:
        openbox: another file for the window manager than the package's; for tests of this test.
    """

    def __init__(self, openbox: Path = X11 / "openbox.xml") -> None:
        super().__init__()
        self.exam, self.field = f"Kiosk Exam {QUESTION} of {QUESTIONS}", FIELD
        source = (X11 / "client").read_text("utf-8")
        assert "/usr/lib/kiosk-terminal/x11/openbox.xml" in source
        self._script = self.folder / "client"
        self._script.write_text(
            source.replace("/usr/lib/kiosk-terminal/x11/openbox.xml", str(openbox))
        )
        self._cookie = self.folder / "xauth"
        self._cookie.write_bytes(_cookie())
        self._before = os.environ.get("XAUTHORITY")

    def __exit__(self, *fault: object) -> None:
        super().__exit__(*fault)
        if self._before is None:
            os.environ.pop("XAUTHORITY", None)
        else:
            os.environ["XAUTHORITY"] = self._before

    # --- the session ------------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        return {
            **self.commonly(),
            "QT_QPA_PLATFORM": "xcb",
            "DISPLAY": self.screen.display,
            "XAUTHORITY": str(self._cookie),
        }

    def start(self) -> None:
        # Who takes a photograph is a client, too.
        os.environ["XAUTHORITY"] = str(self._cookie)
        self.screen = OwnScreen("-auth", str(self._cookie))
        self.x = Client(self.screen.display)
        self.program = subprocess.Popen(
            ["sh", str(self._script), *self.command],
            env=self.environment(),
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("KIOSK_DEBUG") else subprocess.DEVNULL,
        )
        self.wait(lambda: "Unlock" in self.title(), "the program's first screen")
        self.wait(self._release, "the exam")
        self._go_to_the_question()
        self.wait(lambda: not self.breaches(), "the window")

    def stop(self) -> None:
        self.end_others()
        self.program.kill()
        self.program.wait(10)
        self.x.close()
        self.screen.close()

    def _release(self) -> bool:
        """A proctor's scan; a machine that is busy may need another."""
        self.x.type(self.code_for(self.screen.wait_for_code("C1:")) + "\n", 0.002)
        return self.until(lambda: self.title().startswith("Kiosk Exam"), RELEASED_S)

    def _go_to_the_question(self) -> None:
        for _ in range(QUESTIONS):
            title = self.title()
            if title == self.exam or not title.startswith("Kiosk Exam"):
                return
            self.x.chord("Prior" if title > self.exam else "Next")
            self.until(lambda: self.title() != title, 1)  # noqa: B023 - asked before it changes

    def come_back(self) -> None:
        self.end_others()
        if self.program.poll() is None:
            self.until(lambda: not self.breaches(), 2)
            self.x.click(*self.field)
            self._go_to_the_question()
        if self.breaches() or self.title() != self.exam:
            self.stop()
            self.start()

    # --- the candidate ----------------------------------------------------------------------------

    def type(self, words: str) -> None:
        self.x.type(words, 0.005)

    def erase(self) -> None:
        if not self.answer():
            # What was just typed is no answer yet.
            time.sleep(_SETTLES_S)
        self.x.click(*self.field)
        self.x.chord("Control_L", "a")
        self.x.chord("BackSpace")
        self.until(lambda: not self.answer(), 3)
        self.given = self.answers()

    # --- what is seen -----------------------------------------------------------------------------

    @property
    def window(self) -> int:
        """The program's window; 0 where it has none."""
        mine = (
            one
            for one in self.x.below(self.x.root)
            if self.x.process(one) == self.program.pid and self.x.title(one).startswith("Kiosk")
        )
        return next(mine, 0)

    def title(self) -> str:
        window = self.window
        return self.x.title(window) if window else ""

    def breaches(self) -> list[str]:
        if self.program.poll() is not None:
            return ["the program ended"]
        window = self.window
        box, screen = self.x.box(window) if window else None, self.x.box(self.x.root)
        assert screen is not None
        if box is None or not box.viewable:
            return ["the paper is off the screen"]
        found = []
        if box[:4] != (0, 0, screen.width, screen.height):
            found.append("the paper does not fill the screen")
        if self._covered(window):
            found.append("another window is over the paper")
        if self.x.focused() not in set(self.x.below(window)):
            found.append("keys go to another window")
        return found

    def _covered(self, window: int) -> bool:
        stack = self.x.children(self.x.root)
        at = next(n for n, top in enumerate(stack) if window in set(self.x.below(top)))
        boxes = [self.x.box(top) for top in stack[at + 1 :]]
        return any(one.viewable and one.width > 1 and one.height > 1 for one in boxes if one)


def _cookie() -> bytes:
    """An Xauthority with a key for every display, as `xauth add` writes it (Xau(3))."""
    parts = (b"", b"", b"MIT-MAGIC-COOKIE-1", secrets.token_bytes(16))
    return struct.pack(">H", 0xFFFF) + b"".join(struct.pack(">H", len(one)) + one for one in parts)
