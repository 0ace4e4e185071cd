"""What a station's folder says of itself: `station.toml`. Without the file all is as it was made for.

    database = "postgresql://kiosk@db.example/station"    its registry; without it the file station.db
    [retention]
    paper_years = 3                                       how long things are kept at least
    electronic_years = 5
    [cluster]                                             workers on other machines: docs/province.md
    scheduler = "tls://10.0.0.5:8786"
    authority = "tls/ca.pem"
    certificate = "tls/station.pem"
    key = "tls/station.key"

A password belongs into libpq's PGPASSFILE or service file. Where it stands here nobody else may read the
file; on a command line, where all users see it, it is refused.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.registry import database_url
from kiosk.trust.durable import SECRET_FILE, storage, write_durable
from kiosk.words import mark

FILE = "station.toml"
_LONGEST = 100_000


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """Whole years after a session's end."""

    paper_years: int = 3
    electronic_years: int = 5


class Cluster(Struct, frozen=True, forbid_unknown_fields=True):
    """A Dask scheduler's address, and the station's PEM files for it: who may be believed, and the station's
    own certificate and key. Files are named from the station's folder; Dask's own settings hold where one
    is not named."""

    scheduler: str = ""
    authority: str = ""
    certificate: str = ""
    key: str = ""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`database` is the registry's address, empty for the station's own file."""

    database: str = ""
    retention: Retention = Retention()
    cluster: Cluster = Cluster()

    def address(self, folder: Path) -> str:
        """Where the registry of the station in `folder` is."""
        return self.database or f"sqlite:///{folder / 'station.db'}"


def read_settings(folder: Path) -> Settings:
    """The settings of the station in `folder`.

    Raises:
        InputRefused: not a file of settings, or it names something unknown.
        NotPermitted: a password that others can read.
    """
    path = folder / FILE
    with storage(path):
        if not path.exists():
            return Settings()
        said = path.read_bytes()[:_LONGEST]
        secret = path.stat().st_mode & 0o077 == 0
    try:
        settings = msgspec.convert(tomllib.loads(said.decode()), Settings)
    except (ValueError, msgspec.ValidationError) as fault:
        raise InputRefused(
            mark("the station's settings cannot be read ({fault})"),
            where=str(path),
            remedy=mark("Correct that line, or remove it for what holds without it"),
            fault=str(fault),
        ) from fault
    if settings.database and database_url(settings.database).password and not secret:
        raise NotPermitted(
            mark("other users can read the password of the registry"),
            where=str(path),
            remedy=mark("Make it private (chmod 600), or keep the password in PGPASSFILE"),
        )
    return settings


def written(settings: Settings) -> bytes:
    """The file that says `settings`."""
    lines = [f"database = {_quoted(settings.database)}"]
    if settings.retention != Retention():
        kept = asdict(settings.retention)
        lines += ["[retention]", *(f"{name} = {years}" for name, years in kept.items())]
    named = {name: said for name, said in asdict(settings.cluster).items() if said}
    if named:
        lines += ["[cluster]", *(f"{name} = {_quoted(said)}" for name, said in named.items())]
    return "".join(f"{line}\n" for line in lines).encode()


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def write_database(folder: Path, address: str) -> None:
    """Says in the settings where the registry is: an address that `require_open` let pass."""
    settings = replace(read_settings(folder), database=address)
    write_durable(folder / FILE, written(settings), SECRET_FILE)


def require_open(address: str) -> None:
    """Checks an address as it stands on a command line.

    Raises:
        InputRefused: not an address.
        NotPermitted: one with a password.
    """
    if database_url(address).password:
        raise NotPermitted(
            mark("a password on a command line can be read by every user of this machine"),
            remedy=mark("Name the address without it and keep the password in PGPASSFILE"),
        )
