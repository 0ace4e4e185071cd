"""Heavy work over many packages: a pure function mapped through a `concurrent.futures.Executor`.

A process pool by default; any other executor (a cluster's) may be handed in. Results come in the
order of the jobs, whoever finished first, so that what is recorded does not depend on the machine.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

BATCH = 16
"""Packages a job: enough that a kit's way to a worker is small beside them."""

WORTH_A_POOL = 150
"""Fewer packages are examined in one process: starting the others would take longer."""

AHEAD = 3
"""Jobs in flight for each worker: enough that none waits, few enough that memory stays small."""


def default_workers() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """A pool of fresh processes: they inherit no connection, no lock and no thread of ours."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield pool


def in_order(
    function: Callable[[A], B], jobs: Iterable[A], executor: Executor | None, workers: int = 1
) -> Iterator[B]:
    """`function` of each job, in their order; in this process where there is no executor.

    When a worker dies, what it had in hand and all that follows is done here: nothing is lost, and
    because `function` is pure nothing is done twice.
    """
    if executor is None:
        yield from map(function, jobs)
        return
    flying: deque[tuple[A, Future[B] | None]] = deque()
    for job in jobs:
        flying.append((job, _submitted(executor, function, job)))
        if len(flying) >= AHEAD * workers:
            yield _landed(function, *flying.popleft())
    while flying:
        yield _landed(function, *flying.popleft())


def _submitted(executor: Executor, function: Callable[[A], B], job: A) -> Future[B] | None:
    try:
        return executor.submit(function, job)
    except BrokenExecutor:
        return None


def _landed(function: Callable[[A], B], job: A, future: Future[B] | None) -> B:
    if future is not None:
        try:
            return future.result()
        except BrokenExecutor:
            pass
    return function(job)
