"""A screen of our own stays the same screen while programs come and go."""

import subprocess

from kiosk.rehearsal.xscreen import OwnScreen


def xdotool(screen: OwnScreen, *arguments: str) -> str:
    return subprocess.run(
        ["xdotool", *arguments],
        env=screen.environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_last_client_that_leaves_does_not_make_it_begin_anew() -> None:
    with OwnScreen() as screen:
        xdotool(screen, "mousemove", "5", "7")
        assert xdotool(screen, "getmouselocation").startswith("x:5 y:7 ")
