"""A USB device that QEMU has not got, given to it over usbredir: whether the computer lets it in.

A kernel asks any device who it is; one that is let in is told its configuration, and only then do drivers come. Such
a device here can no more than answer and notice that. The protocol is spice-space.org's usbredir (version
0.7), in which this is the host that has the device.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from pathlib import Path

from msgspec import Struct

_HELLO, _CONNECT, _INTERFACES, _ENDPOINTS = 0, 1, 4, 5
_SET_CONFIGURATION, _CONFIGURATION, _CONTROL = 6, 8, 100
_IN = 0x80
_GET_DESCRIPTOR = 6
_FULL_SPEED = 1
_ABLE = 1 << 4 | 1 << 5 | 1 << 6
"""The largest packets are told, numbers have 64 bits and lengths 32: QEMU's xHCI takes no other device."""
_STALL = 2


class Interface(Struct, frozen=True):
    """What an interface says it is: class, subclass and protocol as usb.org numbers them."""

    kind: int
    subclass: int
    protocol: int


KEYBOARD = Interface(3, 1, 1)
STORAGE = Interface(8, 6, 0x50)
BLUETOOTH = Interface(0xE0, 1, 1)


class UsbDevice:
    """A device with these interfaces, at a socket that QEMU's `usb-redir` is connected to."""

    def __init__(self, at: Path, *interfaces: Interface) -> None:
        self.at = at
        self.let_in = False
        """Whether the computer told it its configuration."""
        self._interfaces = interfaces
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(at))
        self._listening.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> UsbDevice:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._listening.close()

    # --- what it says of itself -------------------------------------------------------------------

    def _device(self) -> bytes:
        return struct.pack(
            "<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, 0x1209, 0x0001, 0x0100, 0, 0, 0, 1
        )

    def _configuration(self) -> bytes:
        parts = b""
        for number, one in enumerate(self._interfaces):
            parts += struct.pack("<9B", 9, 4, number, 0, 1, one.kind, one.subclass, one.protocol, 0)
            if one == KEYBOARD:
                parts += struct.pack("<BBHBBBH", 9, 0x21, 0x0111, 0, 1, 0x22, 63)
            parts += struct.pack("<BBBBHB", 7, 5, _IN | (number + 1), 3, 8, 10)
        head = struct.pack("<BBHBBBBB", 9, 2, 9 + len(parts), len(self._interfaces), 1, 0, 0x80, 50)
        return head + parts

    # --- usbredir -----------------------------------------------------------------------------------

    def _serve(self) -> None:
        with contextlib.suppress(OSError, struct.error):
            line, _ = self._listening.accept()
            with line, line.makefile("rb") as told:
                hello = b"a device".ljust(64, b"\0") + struct.pack("<I", _ABLE)
                line.sendall(struct.pack("<III", _HELLO, len(hello), 0) + hello)
                # Its own hello is of the old kind, too.
                told.read(struct.unpack("<III", told.read(12))[1])
                self._begin(line)
                while head := told.read(16):
                    kind, length, number = struct.unpack("<IIQ", head)
                    self._answer(line, kind, number, told.read(length))

    def _begin(self, line: socket.socket) -> None:
        blank = bytes(32 - len(self._interfaces))
        columns = [
            bytes(range(len(self._interfaces))),
            *(bytes(getattr(one, name) for one in self._interfaces)
              for name in ("kind", "subclass", "protocol")),
        ]  # fmt: skip
        told_of = struct.pack("<I", len(self._interfaces)) + b"".join(
            column + blank for column in columns
        )
        self._tell(line, _INTERFACES, 0, told_of)
        # By place: sixteen that go out and sixteen that come in; the first of each is the control's.
        kinds, intervals, belongs = bytearray(b"\xff" * 32), bytearray(32), bytearray(32)
        kinds[0] = kinds[16] = 0
        for number in range(len(self._interfaces)):
            kinds[17 + number], intervals[17 + number], belongs[17 + number] = 3, 10, number
        sizes = struct.pack("<32H", *(64 if kind == 0 else 8 for kind in kinds))
        self._tell(line, _ENDPOINTS, 0, bytes(kinds + intervals + belongs) + sizes)
        self._tell(line, _CONNECT, 0, struct.pack("<BBBBHH", _FULL_SPEED, 0, 0, 0, 0x1209, 0x0001))

    def _answer(self, line: socket.socket, kind: int, number: int, data: bytes) -> None:
        if kind == _SET_CONFIGURATION:
            self.let_in = True
            self._tell(line, _CONFIGURATION, number, bytes((0, data[0])))
        elif kind == _CONTROL:
            endpoint, request, to, _, value, index, length = struct.unpack("<4B3H", data[:10])
            given = b""
            if request == _GET_DESCRIPTOR:
                known = {1: self._device(), 2: self._configuration()}
                given = known.get(value >> 8, b"")[:length]
            status = 0 if given or not endpoint & _IN else _STALL
            told = len(given) if endpoint & _IN else length
            head = struct.pack("<4B3H", endpoint, request, to, status, value, index, told)
            self._tell(line, _CONTROL, number, head + given)

    def _tell(self, line: socket.socket, kind: int, number: int, data: bytes) -> None:
        line.sendall(struct.pack("<IIQ", kind, len(data), number) + data)
