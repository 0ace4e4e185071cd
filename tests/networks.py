"""Machines for a test: network namespaces on one bridge, with nothing of them outside.

    with network("station", "scheduler", "worker-1") as machines:
        machines.address("scheduler"), machines.inside("scheduler")
        machines.pull("worker-1")         its cable

The bridge is in a namespace of its own too, so that no packet can leave or come in.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Machines:
    """Namespaces that are there; `tag` tells them from those of others."""

    def __init__(self, tag: str, names: tuple[str, ...]) -> None:
        self._tag = tag
        self._names = names

    def address(self, name: str) -> str:
        return f"10.91.0.{self._names.index(name) + 2}"

    def inside(self, name: str) -> list[str]:
        """Words before a command that has it run there."""
        return ["ip", "netns", "exec", self._space(name)]

    def pull(self, name: str) -> None:
        """Pulls a machine's cable; `plug` puts it in again."""
        self._ip("-n", self._space("hub"), "link", "set", self._port(name), "down")

    def plug(self, name: str) -> None:
        self._ip("-n", self._space("hub"), "link", "set", self._port(name), "up")

    def make(self) -> None:
        hub = self._space("hub")
        self._ip("netns", "add", hub)
        self._ip("-n", hub, "link", "add", "bridge", "type", "bridge")
        self._ip("-n", hub, "link", "set", "bridge", "up")
        for name in self._names:
            space, port = self._space(name), self._port(name)
            self._ip("netns", "add", space)
            peer = ("peer", "name", "eth0", "netns", space)
            self._ip("-n", hub, "link", "add", port, "type", "veth", *peer)
            self._ip("-n", hub, "link", "set", port, "master", "bridge", "up")
            self._ip("-n", space, "address", "add", f"{self.address(name)}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                self._ip("-n", space, "link", "set", device, "up")

    def remove(self) -> None:
        for name in (*self._names, "hub"):
            subprocess.run(["ip", "netns", "delete", self._space(name)], stderr=subprocess.DEVNULL)

    def _space(self, name: str) -> str:
        return f"{self._tag}-{name}"

    def _port(self, name: str) -> str:
        return f"port{self._names.index(name)}"

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def network(*names: str) -> Iterator[Machines]:
    """Machines with these names; skips the test where none can be made."""
    machines = Machines(f"kiosk{os.getpid()}", names)
    try:
        machines.make()
    except (OSError, subprocess.CalledProcessError) as fault:
        machines.remove()
        pytest.skip(f"no network namespaces here: {fault}")
    try:
        yield machines
    finally:
        machines.remove()
