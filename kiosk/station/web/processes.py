"""The processes beside the server: it answers the world, so they hold the keys and it holds none."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor


def one_process() -> Executor:
    """A pool of one. Spawned: a fork would take the server's sockets and locks along."""
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
