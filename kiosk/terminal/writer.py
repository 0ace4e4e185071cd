"""The one thread that writes: work is done in the order it was given, each piece durable before the next.

When the disk does not take a piece, the writer stops there, says so, and keeps that piece and all
behind it; `retry` lets it try again. So nothing is lost or reordered, and whoever waits for `done`
never sees saved what is not. An answer and the end of time stand in one queue, and so in one order.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

Deliver = Callable[[Callable[[], None]], None]
"""Runs a call on the thread of the flow: by a Qt event, or by a queue that a loop empties."""


class Writer:
    """Runs pieces of work one after the other on a thread of its own."""

    def __init__(self, deliver: Deliver, on_fault: Callable[[Exception], None]) -> None:
        """
        Args:
            deliver: brings `done` and `on_fault` to the thread of the flow.
            on_fault: told each time a piece fails; the writer then waits for `retry`.
        """
        self._deliver = deliver
        self._on_fault = on_fault
        self._queue: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self._changed = threading.Condition()
        self._stalled = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="journal writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do `work` after all given before; then `done` with its result, on the flow's thread."""
        with self._changed:
            self._queue.append((work, done))
            self._changed.notify_all()

    @property
    def idle(self) -> bool:
        """Whether nothing waits; what was done may still be on its way through `deliver`."""
        with self._changed:
            return not self._queue

    def retry(self) -> None:
        """Try the failed piece again, and go on after it."""
        with self._changed:
            self._stalled = False
            self._changed.notify_all()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing waits or a piece failed; whether nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: not self._queue or self._stalled, timeout_s)
            return not self._queue

    def close(self) -> None:
        """Finish what waits, unless stalled, and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while (piece := self._next()) is not None:
            work, done = piece
            try:
                result = work()
            except Exception as fault:  # noqa: BLE001 - whatever it is, the candidate must be told
                self._stop(fault)
            else:
                self._finish(done, result)

    def _next(self) -> tuple[Callable[[], Any], Callable[[Any], None]] | None:
        with self._changed:
            while True:
                if self._queue and not self._stalled:
                    return self._queue[0]
                if self._closed:
                    return None
                self._changed.wait()

    def _stop(self, fault: Exception) -> None:
        with self._changed:
            self._stalled = True
            self._deliver(lambda: self._on_fault(fault))
            self._changed.notify_all()

    def _finish(self, done: Callable[[Any], None], result: Any) -> None:
        with self._changed:
            self._deliver(lambda: done(result))
            self._queue.popleft()
            self._changed.notify_all()
