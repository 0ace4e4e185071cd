"""Tells systemd that the program is alive (sd_notify). Ping from a timer of the GUI thread, so that a
window that hangs is a missing ping."""

from __future__ import annotations

import os


def notify(message: str) -> None:
    """Send `message` (`READY=1`, `WATCHDOG=1`) where systemd listens; elsewhere do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        import socket

        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            speaker.sendto(message.encode(), "\0" + address[1:] if address[0] == "@" else address)
