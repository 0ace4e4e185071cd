"""An accessibility bus of our own, and what a screen reader knows: nothing but what comes over it.

`Buses` runs a session bus with the accessibility bus beside it, as a login session would. `Reader` is a
client of the latter that speaks the AT-SPI 2 interfaces: it reads roles, names, descriptions, states,
values and relations, keeps what was announced, and knows no Qt and no pixel. (Interfaces:
https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml)
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from jeepney import DBusAddress, MatchRule, MessageType, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_LAUNCHERS = (
    Path("/usr/libexec/at-spi-bus-launcher"),
    Path("/usr/lib/at-spi2-core/at-spi-bus-launcher"),
)
_ATSPI = "org.a11y.atspi"
_ROOT = "/org/a11y/atspi/accessible/root"
_NOTHING = "/org/a11y/atspi/null"
_EVENTS = ("object:", "window:", "focus:")
FOCUSED = "StateChanged:focused"

ROLES = {
    7: "check box", 11: "combo box", 14: "dialog", 16: "drawing area", 19: "filler", 23: "frame",
    27: "icon", 28: "image", 29: "label", 31: "list", 32: "list item", 37: "page tab",
    39: "panel", 40: "password", 42: "progress bar", 43: "button", 44: "radio button",
    48: "scroll bar", 49: "scroll pane", 51: "slider", 52: "spin button", 55: "table",
    61: "text", 62: "toggle button", 67: "unknown", 75: "application", 79: "entry",
    83: "heading", 85: "section", 98: "grouping", 101: "notification", 116: "static text",
}  # fmt: skip
"""AtspiRole, the ones that may come."""

STATES = {
    1: "active", 4: "checked", 7: "editable", 8: "enabled", 11: "focusable", 12: "focused",
    20: "pressed", 23: "selected", 24: "sensitive", 25: "showing", 30: "visible",
    41: "checkable", 43: "read only",
}  # fmt: skip
"""AtspiStateType, the ones a reader speaks of or depends on."""


def missing() -> str:
    """What a bus needs and this machine lacks, as a reason to skip; nothing when all is there."""
    lacks = [name for name in ("dbus-daemon", "Xvfb", "xdotool") if shutil.which(name) is None]
    if not any(launcher.exists() for launcher in _LAUNCHERS):
        lacks.append("at-spi-bus-launcher")
    return f"needs {', '.join(lacks)} (packages dbus, at-spi2-core, xvfb, xdotool)" if lacks else ""


_HOLD_NOTHING = frozenset({"button", "check box", "radio button", "filler"})
"""Roles that have neither text nor value but their name."""


class Buses:
    """A session bus and an accessibility bus. Use it as a context manager."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """`environment` is the screen's."""
        kept = {k: v for k, v in environment.items() if k != "AT_SPI_BUS_ADDRESS"}
        self._session = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"],
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._session.stdout is not None
        session = self._session.stdout.readline().strip()
        self.environment = {
            **kept,
            "DBUS_SESSION_BUS_ADDRESS": session,
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        launcher = next(one for one in _LAUNCHERS if one.exists())
        self._launcher = subprocess.Popen(
            [str(launcher), "--launch-immediately"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        where = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        with open_dbus_connection(session) as connection:
            self.address = _until(lambda: _called(connection, where, "GetAddress"), "the bus")[0]

    def __enter__(self) -> Buses:
        return self

    def __exit__(self, *_fault: object) -> None:
        for process in (self._launcher, self._session):
            process.terminate()
            process.wait(10)
        assert self._session.stdout is not None
        self._session.stdout.close()


class Heard(NamedTuple):
    """An event of the bus: `what` such as `StateChanged:focused`, `first` its first number, `value`
    what it carries, `path` whose it is."""

    at_s: float
    what: str
    first: int
    value: Any
    path: str


class Thing(NamedTuple):
    """One accessible as it was when it was read."""

    path: str
    role: str
    name: str
    about: str
    """Its description."""
    states: frozenset[str]
    text: str
    """What it holds, for what holds text."""
    value: float | None
    depth: int

    @property
    def said(self) -> str:
        """All its words."""
        return " ".join(filter(None, (self.name, self.about, self.text)))


class Reader:
    """A screen reader without a voice."""

    def __init__(self, address: str) -> None:
        self._bus: DBusConnection = open_dbus_connection(address)
        self.heard: list[Heard] = []
        self._queue: deque[Any] = deque()
        rule = MatchRule(type="signal")
        self._bus.filter(rule, queue=self._queue)
        for kind in ("Object", "Window", "Focus"):
            listened = MatchRule(type="signal", interface=f"{_ATSPI}.Event.{kind}")
            self._bus.send_and_get_reply(message_bus.AddMatch(listened))
        registry = DBusAddress(
            "/org/a11y/atspi/registry", f"{_ATSPI}.Registry", f"{_ATSPI}.Registry"
        )
        for event in _EVENTS:
            _until(
                lambda event=event: _called(
                    self._bus, registry, "RegisterEvent", "sass", (event, [], "")
                ),
                "the registry",
            )
        self._program = ""

    def close(self) -> None:
        self._bus.close()

    # --- reading ----------------------------------------------------------------------------------

    def find_program(self, name: str = "kiosk") -> None:
        """Wait until a program of that name is on the bus."""
        desktop = DBusAddress(_ROOT, f"{_ATSPI}.Registry", f"{_ATSPI}.Accessible")

        def seen() -> str:
            (children,) = _called(self._bus, desktop, "GetChildren") or ([],)
            for program, path in children:
                self._program = program
                if name in self.thing(path).name.lower():
                    return str(program)
            return ""

        self._program = _until(seen, f"a program {name} on the bus")

    def tree(self) -> Iterator[Thing]:
        """What is showing, in reading order, read as one asks for it."""
        return self._walk(_ROOT, 0)

    def _walk(self, path: str, depth: int) -> Iterator[Thing]:
        if depth:
            if "showing" not in self._states(path):
                return
            yield self.thing(path, depth)
        (children,) = self._call(path, "Accessible", "GetChildren") or ([],)
        for _, child in children:
            if child != _NOTHING:
                yield from self._walk(child, depth + 1)

    def thing(self, path: str, depth: int = 0) -> Thing:
        """One accessible, read now."""
        (role,) = self._call(path, "Accessible", "GetRole") or (67,)
        named = ROLES.get(role, str(role))
        (interfaces,) = (
            ([],)
            if named in _HOLD_NOTHING
            else self._call(path, "Accessible", "GetInterfaces") or ([],)
        )
        held = ""
        if f"{_ATSPI}.Text" in interfaces:
            (held,) = self._call(path, "Text", "GetText", "ii", (0, -1)) or ("",)
        value = (
            self._property(path, "Value", "CurrentValue")
            if f"{_ATSPI}.Value" in interfaces
            else None
        )
        return Thing(
            path,
            named,
            str(self._property(path, "Accessible", "Name") or ""),
            str(self._property(path, "Accessible", "Description") or ""),
            self._states(path),
            str(held),
            value,
            depth,
        )

    def _states(self, path: str) -> frozenset[str]:
        (low_high,) = self._call(path, "Accessible", "GetState") or ([0, 0],)
        bits = low_high[0] | (low_high[1] << 32)
        return frozenset(word for bit, word in STATES.items() if bits >> bit & 1)

    def focused(self) -> Thing | None:
        """What has the keyboard: of all that say so, such as a button that hands it on to its field,
        the one that was last told of."""
        has = {"focused", "focusable", "showing"}  # the inside of a text field lacks the second
        self.listen()
        told = [one.path for one in self.heard if one.what == FOCUSED and one.first]
        latest = dict.fromkeys(reversed(told[-4:]))
        path = next((path for path in latest if self._states(path) >= has), None)
        if path is not None:
            return self.thing(path)
        return next((one for one in self.tree() if one.states >= has), None)

    def relations(self, path: str) -> list[tuple[int, list[str]]]:
        """Kinds of relation (AtspiRelationType) and whom they lead to."""
        (found,) = self._call(path, "Accessible", "GetRelationSet") or ([],)
        return [(kind, [target for _, target in targets]) for kind, targets in found]

    # --- acting -----------------------------------------------------------------------------------

    def actions(self, path: str) -> list[str]:
        """The names of what can be done with it."""
        (found,) = self._call(path, "Action", "GetActions") or ([],)
        return [one[0] for one in found]

    def do(self, thing: Thing, action: str = "Press") -> bool:
        """Do one of its actions."""
        at = self.actions(thing.path).index(action)
        (done,) = self._call(thing.path, "Action", "DoAction", "i", (at,)) or (False,)
        return bool(done)

    def focus(self, thing: Thing) -> bool:
        """Give it the keyboard, as a reader does when its person goes there."""
        (done,) = self._call(thing.path, "Component", "GrabFocus") or (False,)
        return bool(done)

    # --- hearing ----------------------------------------------------------------------------------

    def listen(self, for_s: float = 0) -> list[Heard]:
        """Take in what has been said, for `for_s` seconds at least; gives what is new."""
        before, ends = len(self.heard), time.monotonic() + for_s
        while True:
            try:
                self._bus.recv_messages(timeout=max(0.001, min(0.05, ends - time.monotonic())))
            except TimeoutError:
                if time.monotonic() >= ends:
                    break
        while self._queue:
            message = self._queue.popleft()
            header = {field.name: value for field, value in message.header.fields.items()}
            if not header.get("interface", "").startswith(f"{_ATSPI}.Event.") or not message.body:
                continue
            detail, first, _, (_, value), *_ = message.body
            what = header["member"] + (f":{detail}" if detail else "")
            self.heard.append(Heard(time.monotonic(), what, first, value, header["path"]))
        return self.heard[before:]

    # --- the wire ---------------------------------------------------------------------------------

    def _property(self, path: str, interface: str, name: str) -> Any:
        asked = DBusAddress(path, self._program, "org.freedesktop.DBus.Properties")
        found = _called(self._bus, asked, "Get", "ss", (f"{_ATSPI}.{interface}", name))
        return found[0][1] if found else None

    def _call(
        self,
        path: str,
        interface: str,
        method: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
    ) -> Any:
        asked = DBusAddress(path, self._program, f"{_ATSPI}.{interface}")
        return _called(self._bus, asked, method, signature, body)


def _called(
    connection: DBusConnection,
    where: DBusAddress,
    method: str,
    signature: str = "",
    body: tuple[Any, ...] = (),
) -> Any:
    """The body of the reply; None when it is an error: what was there may be gone."""
    reply = connection.send_and_get_reply(
        new_method_call(where, method, signature or None, body), timeout=10
    )
    return None if reply.header.message_type is MessageType.error else reply.body


def _until(found: Callable[[], Any], what: str, within_s: float = 20) -> Any:
    ends = time.monotonic() + within_s
    while (seen := found()) is None or seen == "":
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} did not appear within {within_s} s")
        time.sleep(0.05)
    return seen
