"""A Dask cluster as the station's team: schedulers and workers are Dask's own, started by its commands.

Whoever can speak to a scheduler can have its workers run anything, and they hold the opening key. So all speak
TLS, by certificates of one authority made for this cluster alone, and plain TCP is for one machine. The page
for operators is docs/province.md.
"""

from __future__ import annotations

import ipaddress
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

import kiosk
from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.station.batches import Batch
from kiosk.station.engine import Team
from kiosk.station.settings import Cluster
from kiosk.words import mark

if TYPE_CHECKING:
    from distributed import Client

B = TypeVar("B")

KEY_FOLDER = "KIOSK_OPENING_KEY"
"""The environment variable that names, at a worker, the folder of the opening key."""

CONNECT_S = 15
SILENT_S = 120
"""A cluster that brings nothing for so long is taken for dead; a job takes less than a second."""


@contextmanager
def cluster_team(cluster: Cluster, folder: Path) -> Iterator[Team]:
    """The workers that the scheduler of `cluster` has now, and those that come to it meanwhile.

    Args:
        folder: where the names of the cluster's files begin.

    Raises:
        InputRefused: not the address of a scheduler.
        NotPermitted: another machine, and no TLS.
        StorageFault: it does not answer, does not let us in, or has no workers.
    """
    _require_private(cluster.scheduler)
    client = _connected(cluster, folder)
    try:
        size = sum(client.nthreads().values())
        if not size:
            raise _fault(cluster, mark("the cluster has no workers"))
        there = partial(_there, kiosk.__version__)
        yield Team(
            client.get_executor(pure=False),
            size,
            there=there,
            patience_s=SILENT_S,
            # Of what was on its way when the scheduler went, not every future is told (`cfexecutor`).
            alive=lambda: client.status == "running",
        )
    finally:
        # Whatever is under way there is of no use any more; and a scheduler that is gone cannot be told.
        client.close(timeout=2)


def _there(version: str, function: Callable[[Batch], B], batch: Batch) -> B:
    """Runs at a worker: with the key that lies there, and as the station's own version would."""
    if version != kiosk.__version__:
        raise NotPermitted(
            mark("a worker has version {theirs} of this program and the station {ours}"),
            remedy=mark("Install the same version everywhere"),
            theirs=kiosk.__version__,
            ours=version,
        )
    folder = os.environ.get(KEY_FOLDER)
    return function(replace(batch, opening_key=folder) if folder else batch)


def _require_private(address: str) -> None:
    scheme, _, place = address.partition("://")
    host = place.rpartition(":")[0].strip("[]")
    if scheme not in ("tls", "tcp") or not host:
        raise InputRefused(
            mark("not the address of a scheduler"),
            where=address,
            remedy=mark("Write it so: tls://HOST:8786"),
        )
    if scheme == "tcp" and not _is_this_machine(host):
        raise NotPermitted(
            mark("without TLS anybody on the way could have the workers, and so the opening key"),
            where=address,
            remedy=mark(
                "Start scheduler and workers with TLS and write tls://; see docs/province.md"
            ),
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connected(cluster: Cluster, folder: Path) -> Client:
    try:
        from distributed import Client
        from distributed.security import Security
    except ModuleNotFoundError as missing:
        raise NotPermitted(
            mark("a cluster needs {name}, which is not installed"),
            remedy=mark("Install the extra: pip install 'kiosk[cluster]'"),
            name=missing.name or "",
        ) from missing
    # What fails is said by whoever asked, in the reader's language.
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    files = {
        "tls_ca_file": cluster.authority,
        "tls_client_cert": cluster.certificate,
        "tls_client_key": cluster.key,
    }
    named = {name: str(folder / path) for name, path in files.items() if path}
    encrypted = cluster.scheduler.startswith("tls")
    try:
        return Client(
            cluster.scheduler,
            security=Security(require_encryption=encrypted, **named),
            timeout=CONNECT_S,
            set_as_default=False,
        )
    except (OSError, ValueError, TypeError) as fault:
        raise _fault(cluster, mark("the cluster does not answer ({fault})"), str(fault)) from fault


def _fault(cluster: Cluster, sentence: str, fault: str = "") -> StorageFault:
    return StorageFault(
        sentence,
        where=cluster.scheduler,
        remedy=mark("Look at scheduler and workers, or do without: --workers 2"),
        fault=fault,
    )
