"""`make screens`: every screen of the terminal and the desk, and every interaction, as PNG, in both
languages and all sizes."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.proctor import gallery as desk
from tests.terminal.screens import gallery as terminal
from tests.ui import gallery as interactions


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0] if arguments else "build/screens")
    terminal.main([str(folder / "terminal")])
    desk.main(folder / "proctor")
    interactions.main([str(folder / "interactions")])
    sys.stdout.write(f"{folder}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
