"""What can be read of a computer, as values. None is what could not be read: it is never judged fine."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Process(Struct, frozen=True):
    """A running program. `name` is the kernel's, at most 15 characters; `words` its command line."""

    pid: int
    parent: int
    uid: int
    name: str
    words: tuple[str, ...] = ()


class Own(Struct, frozen=True):
    """This program. `rights` are its effective capabilities as a bit set, `account` its name and login
    shell where the system knows it, `tracer` the process that traces it (0: none), `core` the most a
    core dump of it may hold, as the kernel writes it ("0", "unlimited")."""

    pid: int
    uid: int
    rights: int
    tracer: int
    groups: tuple[str, ...] = ()
    account: tuple[str, str] | None = None
    core: str | None = None


class Hub(Struct, frozen=True):
    """A USB host. `lets_in` is its `authorized_default`: 0 nothing, 1 anything, 2 what is built in."""

    name: str
    lets_in: int


class Link(Struct, frozen=True):
    """A network interface besides the loopback."""

    name: str
    up: bool


class Network(Struct, frozen=True):
    """`ways_out` are interfaces with a default route, `ports` what listens for others."""

    links: tuple[Link, ...]
    ways_out: tuple[str, ...]
    ports: tuple[int, ...] | None = None


class Machine(Struct, frozen=True):
    """`within` names what this computer runs in, where that shows; `known` whether anything told."""

    known: bool
    within: str = ""


class Program(Struct, frozen=True):
    """The installed package, held against its manifest: its version and builder, and what is wrong."""

    built: str = ""
    wrong: str = ""


Kind = Literal["x11", "wayland", "none"]


class DisplayServer(Struct, frozen=True):
    """What the window is shown by. `host` is the computer it is on, empty for this one; `clients` counts
    the programs connected to it."""

    kind: Kind
    host: str = ""
    clients: int | None = None


class Screens(Struct, frozen=True):
    """What Qt knows: whether the window fills its screen (None: there is no window), how many screens
    there are, and the name of its platform, such as `xcb`."""

    full: bool | None = None
    count: int = 0
    platform: str = ""


class Disk(Struct, frozen=True):
    """Where the state folder lies: its file system, mount options, and what the device says of itself.
    `rotates` is None where no device stands behind it that tells."""

    system: str
    options: tuple[str, ...] = ()
    rotates: bool | None = None


class Flushes(Struct, frozen=True):
    """How long the disk took to say that a small file is safe, in µs, one for each; or why it did not."""

    took_us: tuple[int, ...] = ()
    fault: str = ""


class Facts(Struct, frozen=True):
    """One look at a computer. `variables` are names of the environment that let others into a program,
    as far as they are set; `remote` what the environment says of a session from afar. `locked`: the
    package's lock is on, and with it its firewall. `switching` is whether X lets somebody switch consoles,
    `bindings` whether the window manager has keys of its own. `program` is None until it was looked at, and
    where there is no package (`installed`)."""

    own: Own | None = None
    processes: tuple[Process, ...] | None = None
    display: DisplayServer | None = None
    screens: Screens = Screens()
    consoles: bool | None = None
    switching: bool | None = None
    bindings: bool | None = None
    sysrq: int | None = None
    ptrace: int | None = None
    variables: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    hubs: tuple[Hub, ...] | None = None
    keyboards: tuple[str, ...] | None = None
    network: Network | None = None
    radios: tuple[str, ...] | None = None
    swaps: tuple[str, ...] | None = None
    writable: tuple[str, ...] | None = None
    locked: bool = False
    machine: Machine = Machine(False)
    installed: bool = False
    program: Program | None = None
