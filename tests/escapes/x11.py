"""A client of an X display, as any program of the same user is one: keys and pointer by XTEST, looks at
windows, keys and pixels, and requests about other clients' windows.

By ctypes over Xlib, so that the whole of a scene is one client that stays: one that came and went with
every key, as `xdotool` does, would itself be what the self-check finds.
"""

from __future__ import annotations

import ctypes
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_ushort, c_void_p
from ctypes.util import find_library
from typing import Any, NamedTuple

_ANY = 0
_VIEWABLE = 2
_Z_PIXMAP = 2
_ALL_PLANES = c_ulong(-1)
_SUBSTRUCTURE = (1 << 19) | (1 << 20)
_KEY_PRESS, _KEY_RELEASE, _CLIENT_MESSAGE = 2, 3, 33
SETTLE_S = 0.03


class _Attributes(ctypes.Structure):
    _fields_ = [
        *[(name, c_int) for name in ("x", "y", "width", "height", "border", "depth")],
        ("visual", c_void_p),
        ("root", c_ulong),
        *[(name, c_int) for name in ("c_class", "bit_gravity", "win_gravity", "backing_store")],
        ("planes", c_ulong),
        ("pixel", c_ulong),
        ("save_under", c_int),
        ("colormap", c_ulong),
        *[(name, c_int) for name in ("installed", "map_state")],
        *[(name, c_long) for name in ("all_masks", "your_mask", "no_propagate")],
        ("override_redirect", c_int),
        ("screen", c_void_p),
    ]


class _Message(ctypes.Structure):
    _fields_ = [
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("message_type", c_ulong),
        ("format", c_int),
        ("data", c_long * 5),
        ("pad", c_long * 16),
    ]


class _Key(ctypes.Structure):
    _fields_ = [
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        *[(name, c_ulong) for name in ("window", "root", "subwindow", "time")],
        *[(name, c_int) for name in ("x", "y", "x_root", "y_root")],
        *[(name, c_uint) for name in ("state", "keycode")],
        ("same_screen", c_int),
        ("pad", c_long * 16),
    ]


class _Resources(ctypes.Structure):
    _fields_ = [
        *[(name, c_ulong) for name in ("timestamp", "config_timestamp")],
        ("ncrtc", c_int),
        ("crtcs", POINTER(c_ulong)),
        ("noutput", c_int),
        ("outputs", POINTER(c_ulong)),
    ]


class _Mode(ctypes.Structure):
    _fields_ = [
        ("id", c_ulong),
        *[(name, c_uint) for name in ("width", "height")],
        ("clock", c_ulong),
        *[(name, c_uint) for name in ("hsync_start", "hsync_end", "htotal", "hskew")],
        *[(name, c_uint) for name in ("vsync_start", "vsync_end", "vtotal")],
        ("name", c_char_p),
        ("name_length", c_uint),
        ("flags", c_ulong),
    ]


class _Image(ctypes.Structure):
    _fields_ = [
        *[(name, c_int) for name in ("width", "height", "xoffset", "format")],
        ("data", c_void_p),
        *[(name, c_int) for name in ("byte_order", "unit", "bit_order", "pad", "depth", "stride")],
    ]


class _Monitor(ctypes.Structure):
    _fields_ = [
        ("name", c_ulong),
        ("primary", c_int),
        ("automatic", c_int),
        ("noutput", c_int),
        *[(name, c_int) for name in ("x", "y", "width", "height", "mwidth", "mheight")],
        ("outputs", POINTER(c_ulong)),
    ]


class Box(NamedTuple):
    """Where a window lies on the screen, in px, and whether it can be seen at all."""

    x: int
    y: int
    width: int
    height: int
    viewable: bool
    override: bool


def _library(name: str) -> ctypes.CDLL:
    return ctypes.CDLL(find_library(name) or f"lib{name}.so")


def missing() -> str:
    """The libraries this needs and this machine lacks."""
    lacks = [f"lib{name}" for name in ("X11", "Xtst", "Xrandr") if find_library(name) is None]
    return f"needs {', '.join(lacks)}" if lacks else ""


@ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
def _ignore(_display: Any, _fault: Any) -> int:
    """A window that is gone is no fault of ours: Xlib would end the program."""
    return 0


class Client:
    """A connection to `display`; close it."""

    def __init__(self, display: str) -> None:
        self._x, self._test, self._randr = map(_library, ("X11", "Xtst", "Xrandr"))
        x = self._x
        x.XOpenDisplay.restype = c_void_p
        for name in ("XDefaultRootWindow", "XInternAtom", "XStringToKeysym", "XGetSelectionOwner",
                     "XKeycodeToKeysym"):  # fmt: skip
            getattr(x, name).restype = c_ulong
        self._randr.XRRGetScreenResources.restype = POINTER(_Resources)
        self._randr.XRRCreateMode.restype = c_ulong
        self._modes: dict[bytes, int] = {}
        x.XGetImage.restype = POINTER(_Image)
        x.XSetErrorHandler(_ignore)
        opened = x.XOpenDisplay(display.encode())
        if not opened:
            raise PermissionError(f"{display} lets nobody in with this key")
        self._to = c_void_p(opened)
        self.root: int = x.XDefaultRootWindow(self._to)

    def close(self) -> None:
        self._x.XCloseDisplay(self._to)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    # --- keys and pointer -----------------------------------------------------------------------

    def chord(self, *names: str) -> None:
        """Keys by their X names, pressed one after the other and let go the other way round."""
        codes = [self._code(name) for name in names]
        for code in codes:
            self._key(code, down=True)
        for code in reversed(codes):
            self._key(code, down=False)
        self.sync()
        time.sleep(SETTLE_S)

    def tap(self, name: str) -> None:
        """A key as quickly as can be."""
        code = self._code(name)
        self._key(code, down=True)
        self._key(code, down=False)
        self._x.XFlush(self._to)

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """While a key is down."""
        self._key(self._code(name), down=True)
        self.sync()
        yield
        self._key(self._code(name), down=False)
        self.sync()

    def type(self, text: str, delay_s: float = 0) -> None:
        """Characters of a keyboard with an English layout."""
        shift = self._code("Shift_L")
        for one in text:
            symbol = _SYMBOLS.get(one, ord(one))
            code = self._x.XKeysymToKeycode(self._to, c_ulong(symbol))
            shifted = self._x.XKeycodeToKeysym(self._to, code, 0) != symbol
            if shifted:
                self._key(shift, down=True)
            self._key(code, down=True)
            self._key(code, down=False)
            if shifted:
                self._key(shift, down=False)
            self.sync()
            if delay_s:
                time.sleep(delay_s)

    def move(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._to, -1, x, y, c_ulong(0))
        self.sync()
        time.sleep(SETTLE_S)

    def button(self, number: int, *, down: bool) -> None:
        self._test.XTestFakeButtonEvent(self._to, c_uint(number), int(down), c_ulong(0))
        self.sync()
        time.sleep(SETTLE_S)

    def click(self, x: int, y: int, number: int = 1) -> None:
        self.move(x, y)
        self.button(number, down=True)
        self.button(number, down=False)

    def sync(self) -> None:
        self._x.XSync(self._to, 0)

    def _code(self, name: str) -> int:
        symbol = self._x.XStringToKeysym(name.encode())
        code: int = self._x.XKeysymToKeycode(self._to, c_ulong(symbol))
        if not code:
            raise ValueError(f"no key {name} on this keyboard")
        return code

    def _key(self, code: int, *, down: bool) -> None:
        self._test.XTestFakeKeyEvent(self._to, c_uint(code), int(down), c_ulong(0))

    # --- looking --------------------------------------------------------------------------------

    def children(self, window: int) -> list[int]:
        """The windows inside another, lowest first."""
        root, parent, found, count = c_ulong(), c_ulong(), POINTER(c_ulong)(), c_uint()
        told = self._x.XQueryTree(
            self._to, c_ulong(window), byref(root), byref(parent), byref(found), byref(count)
        )
        if not told or not count.value:
            return []
        children = [found[n] for n in range(count.value)]
        self._x.XFree(found)
        return children

    def below(self, window: int) -> Iterator[int]:
        """A window and all inside it."""
        yield window
        for child in self.children(window):
            yield from self.below(child)

    def box(self, window: int) -> Box | None:
        """None where there is no such window any more."""
        told = _Attributes()
        if not self._x.XGetWindowAttributes(self._to, c_ulong(window), byref(told)):
            return None
        x, y, child = c_int(), c_int(), c_ulong()
        self._x.XTranslateCoordinates(
            self._to, c_ulong(window), c_ulong(self.root), 0, 0, byref(x), byref(y), byref(child)
        )
        seen, override = told.map_state == _VIEWABLE, bool(told.override_redirect)
        return Box(x.value, y.value, told.width, told.height, seen, override)

    def title(self, window: int) -> str:
        return self._property(window, "_NET_WM_NAME").decode("utf-8", "replace")

    def process(self, window: int) -> int:
        """Which process says that a window is its; 0: none."""
        told = self._property(window, "_NET_WM_PID")
        return int(struct.unpack("=L", told[:4])[0]) if len(told) >= 4 else 0

    def focused(self) -> int:
        window, revert = c_ulong(), c_int()
        self._x.XGetInputFocus(self._to, byref(window), byref(revert))
        return window.value

    def owner(self, selection: str) -> int:
        """Whose window holds a selection such as CLIPBOARD; 0: nobody's."""
        return int(self._x.XGetSelectionOwner(self._to, self._atom(selection)))

    def keys_down(self) -> bool:
        """Whether any key is seen to be down, wherever it goes to."""
        keys = ctypes.create_string_buffer(32)
        self._x.XQueryKeymap(self._to, keys)
        return any(keys.raw)

    def photograph(self) -> bytes:
        """The pixels of the whole screen; empty where they are not given."""
        whole = self.box(self.root)
        assert whole is not None
        image = self._x.XGetImage(
            self._to, c_ulong(self.root), 0, 0, whole.width, whole.height, _ALL_PLANES, _Z_PIXMAP
        )
        if not image:
            return b""
        told = image.contents
        pixels = ctypes.string_at(told.data, told.stride * told.height)
        self._x.XFree(c_void_p(told.data))
        self._x.XFree(image)
        return pixels

    def _property(self, window: int, name: str) -> bytes:
        kind, form, count, rest = c_ulong(), c_int(), c_ulong(), c_ulong()
        found = c_void_p()
        self._x.XGetWindowProperty(
            self._to, c_ulong(window), self._atom(name), c_long(0), c_long(256), 0, c_ulong(_ANY),
            byref(kind), byref(form), byref(count), byref(rest), byref(found),
        )  # fmt: skip
        if not found.value:
            return b""
        # 32 bits of a property are a long of Xlib.
        size = ctypes.sizeof(c_long) if form.value == 32 else form.value // 8
        told = ctypes.string_at(found.value, count.value * size)
        self._x.XFree(found)
        return told

    def _atom(self, name: str) -> c_ulong:
        return c_ulong(self._x.XInternAtom(self._to, c_char_p(name.encode()), 0))

    # --- requests about other clients' windows --------------------------------------------------

    def ask_to_close(self, window: int) -> None:
        """What a taskbar's close does: the window manager sends WM_DELETE_WINDOW."""
        self._tell_manager(window, "_NET_CLOSE_WINDOW", 0, 2)

    def minimise(self, window: int) -> None:
        self._tell_manager(window, "WM_CHANGE_STATE", 3)

    def lose_full_screen(self, window: int) -> None:
        self._tell_manager(window, "_NET_WM_STATE", 0, self._atom("_NET_WM_STATE_FULLSCREEN").value)

    def activate(self, window: int) -> None:
        self._tell_manager(window, "_NET_ACTIVE_WINDOW", 2)

    def unmap(self, window: int) -> None:
        self._x.XUnmapWindow(self._to, c_ulong(window))
        self.sync()

    def kill_client(self, window: int) -> None:
        self._x.XKillClient(self._to, c_ulong(window))
        self.sync()

    def send_key(self, window: int, name: str) -> None:
        """A key that no keyboard sent, to a window."""
        for kind in (_KEY_PRESS, _KEY_RELEASE):
            told = _Key(type=kind, window=window, root=self.root, same_screen=1)
            told.keycode = self._code(name)
            mask = c_long(kind - 1)
            self._x.XSendEvent(self._to, c_ulong(window), 1, mask, byref(told))
        self.sync()

    def _tell_manager(self, window: int, what: str, *data: int) -> None:
        told = _Message(type=_CLIENT_MESSAGE, window=window, format=32)
        told.message_type = self._atom(what).value
        for at, value in enumerate(data):
            told.data[at] = value
        self._x.XSendEvent(self._to, c_ulong(self.root), 0, c_long(_SUBSTRUCTURE), byref(told))
        self.sync()

    # --- screens ----------------------------------------------------------------------------------

    def add_monitor(self, name: str, width: int, height: int) -> None:
        """A second screen beside the first, as RandR tells of one."""
        nothing = (c_ulong * 1)()
        told = _Monitor(
            name=self._atom(name).value, x=width, y=0, width=width, height=height,
            mwidth=300, mheight=200, outputs=nothing,
        )  # fmt: skip
        self._randr.XRRSetMonitor(self._to, c_ulong(self.root), byref(told))
        self.sync()

    def remove_monitor(self, name: str) -> None:
        self._randr.XRRDeleteMonitor(self._to, c_ulong(self.root), self._atom(name))
        self.sync()

    def set_resolution(self, width: int, height: int) -> None:
        """Another one, no larger than the first, as `xrandr --newmode`, `--addmode` and `--mode` do."""
        told = self._randr.XRRGetScreenResources(self._to, c_ulong(self.root))
        crtc, output = c_ulong(told.contents.crtcs[0]), told.contents.outputs[0]
        name = f"kiosk-{width}x{height}".encode()
        mode = _Mode(width=width, height=height, clock=width * height * 60, name=name)
        mode.hsync_start = mode.hsync_end = mode.htotal = width
        mode.vsync_start = mode.vsync_end = mode.vtotal = height
        mode.name_length = len(name)
        made = c_ulong(
            self._randr.XRRCreateMode(self._to, c_ulong(self.root), byref(mode))
            or self._modes[name]
        )
        self._modes[name] = made.value
        self._randr.XRRAddOutputMode(self._to, c_ulong(output), made)
        one = (c_ulong * 1)(output)
        now = c_ulong(0)
        self._randr.XRRSetCrtcConfig(self._to, told, crtc, now, 0, 0, c_ulong(0), 1, None, 0)
        self._randr.XRRSetScreenSize(self._to, c_ulong(self.root), width, height, 300, 200)
        self._randr.XRRSetCrtcConfig(self._to, told, crtc, now, 0, 0, made, c_ushort(1), one, 1)
        self.sync()


_SYMBOLS = {"\n": 0xFF0D, "\t": 0xFF09}
