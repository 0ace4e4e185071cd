"""A second screen on a cable, for a graphics card of QEMU's that has two outputs.

QEMU says that a screen is at an output of `virtio-vga` once somebody who looks at that output says how large a
window he has. Here he looks by VNC (RFC 6143; the messages on sizes: rfbproto, 7.4.3 and 7.8.2).
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path

_NO_SECURITY = b"\x01"
_SHARED = b"\x01"
_EXTENDED_DESKTOP_SIZE = -308


class Cable:
    """To the output that a VNC server of QEMU's at the socket `at` shows.

    Raises:
        AssertionError: no such server.
    """

    def __init__(self, at: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(at))
        self._reads = self._socket.makefile("rb")
        assert self._reads.read(12) == b"RFB 003.008\n"
        self._socket.sendall(b"RFB 003.008\n")
        (offered,) = self._reads.read(1)
        assert _NO_SECURITY in self._reads.read(offered)
        self._socket.sendall(_NO_SECURITY)
        assert self._reads.read(4) == bytes(4)
        self._socket.sendall(_SHARED)
        (named,) = struct.unpack("!20xI", self._reads.read(24))
        self._reads.read(named)
        self._socket.sendall(struct.pack("!BxHi", 2, 1, _EXTENDED_DESKTOP_SIZE))

    def plug(self, width: int, height: int) -> None:
        """Puts a screen of this many pixels at it."""
        screen = struct.pack("!IHHHHI", 0, 0, 0, width, height, 0)
        self._socket.sendall(struct.pack("!BxHHBx", 251, width, height, 1) + screen)

    def pull(self) -> None:
        """Takes the screen away."""
        self.plug(0, 0)

    def close(self) -> None:
        self._reads.close()
        self._socket.close()
