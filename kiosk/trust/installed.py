"""What a device believes: the trust repository as last installed, usable with no repository at hand.

    folder/
      root.json         the root given at enrolment: where all trust begins
      current           link to the state in use: the TUF client's metadata
      states/N/         a state; a new one is made whole, then the link is turned; listing.cbor in it
                        says what its metadata lists
      targets/          files by digest, shared between states

`refresh` installs from a folder, every signature and digest checked, or leaves everything as it was.
All else reads what is installed and asks no clock: when the metadata has expired the session's own
window still says whether an exam may begin. Programs are listed and stay where they are: one has
hundreds of megabytes, and who exchanges it reads it there (`kiosk.trust.programs`).
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kiosk.artefacts.codec import decode
from kiosk.artefacts.trust_list import AUTHORITY_TARGET, TRUST_TARGET, Trust, read_trust_list
from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.trust.durable import storage, sync_folder, write_durable
from kiosk.trust.listing import Fetches, Listed, Listing, stored_name
from kiosk.trust.programs import PREFIX as PROGRAMS
from kiosk.words import mark

MAX_ROOT_BYTES = 512_000
"""What `tuf.ngclient` takes at most for a root."""


_DAMAGED = mark("what is installed was damaged")
_INSTALL_ANEW = mark(
    "Empty the trust folder but for root.json and install the station's files again"
)


def exams(name: str) -> bool:
    """Whether a target is something for exams: anything but a program."""
    return not name.startswith(PROGRAMS)


def lists(name: str) -> bool:
    """Whether a target is one of the two trust lists, without which there is no trust."""
    return name in (AUTHORITY_TARGET, TRUST_TARGET)


class Installed:
    """The trust that is installed in `folder`, with those targets that it `takes`."""

    def __init__(self, folder: Path, takes: Callable[[str], bool] = exams) -> None:
        self._folder = folder
        self._takes = takes
        self._read: tuple[str, Listing] | None = None

    @classmethod
    def bootstrap(
        cls, folder: Path, root_json: bytes, takes: Callable[[str], bool] = exams
    ) -> Installed:
        """Binds a device to a station by its root; once, at enrolment.

        Raises:
            InputRefused: not a root.
            NotPermitted: the device is bound to another root already.
        """
        from kiosk.trust.chain import read_root

        read_root(root_json)
        path = folder / "root.json"
        if path.exists():
            with storage(path):
                if path.read_bytes() != root_json:
                    raise NotPermitted(
                        mark("this device is bound to another station already"),
                        where=str(folder),
                        remedy=mark("Enrol it anew with an empty state folder if that is meant"),
                    )
        else:
            write_durable(path, root_json)
        return cls(folder, takes)

    def refresh(self, source: Path | Fetches, *, now: datetime | None = None) -> None:
        """Installs what the repository in `source` has, if it is whole, fresh and not older.

        Args:
            source: the repository's folder, or who fetches its files over a line.
            now: the time to judge expiry by; the device's clock if None.

        Raises:
            NotPermitted: older than what is installed, expired, or another station's.
            InputRefused: damaged, cut short, or no repository at all.
            StorageFault: this device's disk is full or refuses.
        """
        # Here, because urllib3 comes with it: a terminal starts without.
        from kiosk.trust.refresh import install_from

        with self._locked():
            number = self._number() + 1
            state = self._folder / "states" / str(number)
            with storage(self._folder):
                shutil.rmtree(state, ignore_errors=True)
                if number > 1:
                    shutil.copytree(self._current(), state, symlinks=True)
                else:
                    state.mkdir(parents=True)
            try:
                listing = install_from(
                    source,
                    state,
                    self._folder / "targets",
                    self._root(),
                    now or datetime.now(UTC),
                    self._takes,
                )
                self._trust(listing)
                self._turn_to(number)
            except BaseException:
                if self._number() != number:  # else the link was turned, and only its flush failed
                    shutil.rmtree(state, ignore_errors=True)
                raise
            self._drop_old(number)

    def trust(self) -> Trust:
        """Who may sign what, as installed.

        Raises:
            NotPermitted: nothing is installed yet.
            InputRefused: what is installed was damaged or changed.
        """
        return self._trust(self._listing())

    def targets(self, prefix: str = "") -> tuple[str, ...]:
        """The names of what is installed, in order: `sessions/R15-0301.session`."""
        return tuple(
            sorted(
                name
                for name in self._listing().targets
                if name.startswith(prefix) and self._takes(name)
            )
        )

    def programs(self) -> dict[str, Listed]:
        """The programs that the repository lists, by name; none of them is here."""
        listed = self._listing().targets
        return {name: listed[name] for name in listed if name.startswith(PROGRAMS)}

    def read(self, name: str) -> bytes:
        """The bytes of a target, length and digest checked. For a large bank use `path`.

        Raises:
            NotPermitted: it is not installed.
            InputRefused: its file was damaged or changed.
        """
        return self._bytes(name, self._listed(name))

    def path(self, name: str) -> Path:
        """The file of a target whose digest was checked when it was installed, and is not again.

        For banks: hashing 100 MB would cost a second on an old computer, and their encryption
        authenticates every byte when they are opened.

        Raises:
            NotPermitted: it is not installed.
        """
        return self._file(name, self._listed(name))

    def expires_at(self) -> int:
        """When what is installed stops being fresh, UTC epoch seconds: for a status line."""
        return self._listing().expires_at

    def _trust(self, listing: Listing) -> Trust:
        authority, delegated = (
            self._bytes(name, listing.target(name)) for name in (AUTHORITY_TARGET, TRUST_TARGET)
        )
        return Trust(
            read_trust_list(authority, "authority"), read_trust_list(delegated, "delegated")
        )

    def _listed(self, name: str) -> Listed:
        return self._listing().target(name)

    def _bytes(self, name: str, listed: Listed) -> bytes:
        path = self._file(name, listed)
        with storage(path), path.open("rb") as file:
            data = file.read(listed.length + 1)
        if not listed.is_of(data):
            raise InputRefused(
                mark("an installed file was damaged or changed"),
                where=str(path),
                remedy=mark("Install the station's files again from the stick"),
            )
        return data

    def _file(self, name: str, listed: Listed) -> Path:
        return self._folder / "targets" / stored_name(name, listed)

    def _listing(self) -> Listing:
        current = self._current()
        if self._read is None or self._read[0] != current.name:
            self._read = (current.name, _listing_of(current))
        return self._read[1]

    def _root(self) -> bytes:
        try:
            return (self._folder / "root.json").read_bytes()
        except FileNotFoundError as fault:
            raise NotPermitted(
                mark("this device is not bound to a station yet"),
                where=str(self._folder),
                remedy=mark("Enrol it with the station's root.json"),
            ) from fault
        except OSError as fault:
            raise StorageFault(
                mark("the root cannot be read"),
                where=str(self._folder),
                remedy=mark("Check owner and permissions"),
            ) from fault

    def _current(self) -> Path:
        number = self._number()
        if not number:
            raise NotPermitted(
                mark("nothing of the station is installed on this device yet"),
                where=str(self._folder),
                remedy=mark("Plug in the station's stick and install it"),
            )
        return self._folder / "states" / str(number)

    def _number(self) -> int:
        link = self._folder / "current"
        with storage(link):
            try:
                name = Path(os.readlink(link)).name
            except FileNotFoundError:
                return 0
            except OSError as fault:
                if fault.errno != errno.EINVAL:
                    raise
                # A folder: who copied the state to a stick and back copied what the link names.
                raise StorageFault(_DAMAGED, where=str(link), remedy=_INSTALL_ANEW) from fault
        return int(name) if name.isdigit() else 0

    def _turn_to(self, number: int) -> None:
        beside = self._folder / ".current.new"
        with storage(self._folder):
            beside.unlink(missing_ok=True)
            beside.symlink_to(Path("states", str(number)))
            beside.replace(self._folder / "current")
            sync_folder(self._folder)

    def _drop_old(self, number: int) -> None:
        """Keeps the state before, too: another program may still be reading it."""
        with storage(self._folder):
            kept = {str(number), str(number - 1)}
            for state in (self._folder / "states").iterdir():
                if state.name not in kept:
                    shutil.rmtree(state)
            wanted: set[str] = set()
            for name in kept:
                state = self._folder / "states" / name
                if state.is_dir():
                    wanted |= {
                        stored_name(target, listed)
                        for target, listed in _listing_of(state).targets.items()
                    }
            for file in (self._folder / "targets").iterdir():
                if file.name not in wanted:
                    file.unlink()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One installation at a time."""
        self._root()
        with storage(self._folder):
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _listing_of(state: Path) -> Listing:
    path = state / "listing.cbor"
    with storage(path):
        data = path.read_bytes()
    try:
        return decode(data, Listing, "list of installed files")
    except InputRefused as fault:
        raise InputRefused(
            _DAMAGED,
            where=str(path),
            remedy=_INSTALL_ANEW,
        ) from fault
