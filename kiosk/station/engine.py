"""Heavy work over many packages: a pure function mapped through a `concurrent.futures.Executor`.

A process pool by default, a cluster's executor where there is one (`cluster`). Results come in the order of
the jobs, whoever finished first, so that what is recorded does not depend on the machine. Whatever an
executor fails at, because a worker died, the scheduler is gone or nobody answers, is done in this process:
the function is pure, so that nothing is lost and nothing is done twice.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from kiosk.station.batches import Batch

B = TypeVar("B")

WORTH_A_POOL = 150
"""Fewer packages are examined in one process: starting the others would take longer."""

_LOOK_S = 1.0

AHEAD = 3
"""Jobs in flight for each worker: enough that none waits, few enough that memory stays small."""


def default_workers() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0))


def call(function: Callable[[Batch], B], batch: Batch) -> B:
    """`function` of `batch`."""
    return function(batch)


class Team:
    """Who works: an executor that does `size` jobs at once, or this process alone where there is none.

    Args:
        there: calls a function with a batch where the executor does it.
        patience_s: an executor that is silent for so long is taken for dead; None waits for ever.
        alive: whether it can still bring anything; asked every second that nothing comes.
    """

    def __init__(
        self,
        executor: Executor | None = None,
        size: int = 1,
        *,
        there: Callable[[Callable[[Batch], Any], Batch], Any] = call,
        patience_s: float | None = None,
        alive: Callable[[], bool] = lambda: True,
    ) -> None:
        self._executor = executor
        self._size = size
        self._there = there
        self._patience_s = patience_s
        self._alive = alive
        self.fault = ""
        """Why this process did some of the executor's work, where it did."""

    def in_order(self, function: Callable[[Batch], B], jobs: Iterable[Batch]) -> Iterator[B]:
        """`function` of each job, in their order."""
        flying: deque[tuple[Batch, Future[B] | None]] = deque()
        for job in jobs:
            flying.append((job, self._submitted(function, job)))
            if len(flying) >= AHEAD * self._size:
                yield self._landed(function, *flying.popleft())
        while flying:
            yield self._landed(function, *flying.popleft())

    def _submitted(self, function: Callable[[Batch], B], job: Batch) -> Future[B] | None:
        if self._executor is None:
            return None
        try:
            return self._executor.submit(self._there, function, job)
        except Exception as fault:  # noqa: BLE001 - each executor has its own ways to be gone
            self._lost(fault)
            return None

    def _landed(self, function: Callable[[Batch], B], job: Batch, future: Future[B] | None) -> B:
        if future is not None:
            try:
                return self._waited(future)
            except (BrokenExecutor, CancelledError, TimeoutError) as fault:
                self._lost(fault)
            except Exception as fault:  # noqa: BLE001 - what is wrong with the job shows here too
                self.fault = _told(fault)
        return function(job)

    def _waited(self, future: Future[B]) -> B:
        if self._executor is None:
            return future.result(0)
        until = None if self._patience_s is None else time.monotonic() + self._patience_s
        while True:
            try:
                return future.result(None if until is None else min(_LOOK_S, self._patience_s or 0))
            except TimeoutError:
                if until is None or time.monotonic() >= until or not self._alive():
                    raise

    def _lost(self, fault: Exception) -> None:
        """Nothing more is asked of the executor; what it has ready is taken."""
        self._executor = None
        self.fault = self.fault or _told(fault)


@contextmanager
def process_pool(workers: int) -> Iterator[Team]:
    """A pool of fresh processes: they inherit no connection, no lock and no thread of ours."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield Team(pool, workers)


def _told(fault: Exception) -> str:
    return str(fault) or type(fault).__name__
