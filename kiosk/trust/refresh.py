"""One refresh: `tuf.ngclient` over a folder, its findings in plain words.

The TUF client workflow (specification section 5) is the library's; ours is a fetcher over a folder,
the targets put under their digests, and the flush to disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tuf.api import exceptions
from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from kiosk.artefacts.codec import encode
from kiosk.artefacts.trust_list import TRUST_TARGET
from kiosk.errors import InputRefused, NotPermitted
from kiosk.trust.chain import cached, explained, read_chain
from kiosk.trust.durable import storage, sync_file, sync_folder, write_durable
from kiosk.trust.listing import Fetches, Listing, stored_name
from kiosk.words import mark

LISTING_FILE = "listing.cbor"
_CHUNK_BYTES = 1 << 20
_MOST_TIMESTAMP_BYTES = 16 * 1024
"""What `tuf.ngclient` takes at most for a timestamp."""


class FolderFetcher(FetcherInterface):
    """Gives files below one folder and nothing else; the client bounds their size."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = (self._folder / url).resolve()
        if not path.is_relative_to(self._folder):
            raise exceptions.DownloadError(f"{url} leads out of the repository")
        if not path.is_file():
            raise exceptions.DownloadHTTPError(f"no {url}", 404)
        return _chunks(path)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except OSError as fault:
        raise exceptions.DownloadError(f"{path.name}: {fault.strerror}") from fault


def install_from(
    source: Path | Fetches,
    state: Path,
    targets: Path,
    root: bytes,
    now: datetime,
    takes: Callable[[str], bool],
) -> Listing:
    """Brings `state` (a client's metadata, or empty) up to date from `source`, targets included.

    Args:
        takes: which targets are wanted, by name.

    Returns:
        what the new state lists; all of it that is wanted is in `targets`, flushed to disk.

    Raises:
        KioskError: as `Installed.refresh`; `state` is then of no use.
    """
    fetcher = FolderFetcher(source) if isinstance(source, Path) else source
    assert isinstance(fetcher, FetcherInterface)  # what tuf asks for; see `Fetches`
    where = str(source) if isinstance(source, Path) else ""
    try:
        with storage(state):
            targets.mkdir(exist_ok=True)
            updater = Updater(
                str(state),
                "metadata/",
                target_base_url="targets/",
                fetcher=fetcher,
                bootstrap=root,
            )
            # The library takes the time when it is made and has no argument for it.
            updater._trusted_set.reference_time = now
            updater.refresh()
            _require_same_timestamp(fetcher, state, where)
            updater.get_targetinfo(TRUST_TARGET)
            listing = read_chain(root, cached(state))
            for name in filter(takes, sorted(listing.targets)):
                _install(updater, name, targets / stored_name(name, listing.targets[name]))
            write_durable(state / LISTING_FILE, encode(listing))
            for path in (*state.rglob("*.json"), *targets.iterdir()):
                sync_file(path)
            for folder in (targets, state / "root_history", state, state.parent):
                sync_folder(folder)
    except (exceptions.RepositoryError, exceptions.DownloadError) as fault:
        raise explained(fault).at(where) from fault
    return listing


def _require_same_timestamp(fetcher: FetcherInterface, state: Path, where: str) -> None:
    """To TUF an equal version is the same repository, and no error. A station that was set up again
    from a backup publishes other content under a number already used: the device would keep the
    old and say nothing."""
    offered = fetcher.download_bytes("metadata/timestamp.json", _MOST_TIMESTAMP_BYTES)
    if offered != (state / "timestamp.json").read_bytes():
        raise NotPermitted(
            mark("this trust repository has the number of the one installed and another content"),
            where=where,
            remedy=mark(
                "Publish once more at the station (was it restored from a backup?) and install "
                "that; what is installed stays as it is"
            ),
        )


def _install(updater: Updater, name: str, path: Path) -> None:
    info = updater.get_targetinfo(name)
    if info is None:
        raise exceptions.RepositoryError(f"{name} is listed and not found")
    if updater.find_cached_target(info, str(path)):
        return
    beside = path.with_suffix(".new")
    try:
        _download(updater, info, beside)
        sync_file(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _download(updater: Updater, info: TargetFile, to: Path) -> None:
    try:
        updater.download_target(info, str(to))
    except (
        exceptions.LengthOrHashMismatchError,
        exceptions.DownloadLengthMismatchError,
    ) as fault:
        raise InputRefused(
            mark(
                "the file on the stick is not the one the station listed: "
                "damaged, cut short or changed"
            ),
            where=info.path,
            remedy=mark(
                "Copy the station's files onto the stick again; what is installed stays as it is"
            ),
        ) from fault
