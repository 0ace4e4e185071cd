"""Work beside the exam: on sticks and other media that may be slow, full, or pulled out in the middle.

One thing at a time, on a thread of its own, which nothing on the candidate's way waits for. What is
asked for while it works waits; of that only the last is done. A medium that never answers leaves the
thread waiting, and the program ends without it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from kiosk.terminal.writer import Deliver

T = TypeVar("T")
_Job = tuple[Callable[[], Any], Callable[[Any], None], Callable[[Exception], None]]


class Aside:
    """Does work beside; what comes of it is brought to the flow's thread."""

    def __init__(self, deliver: Deliver, name: str) -> None:
        self._deliver = deliver
        self._changed = threading.Condition()
        self._next: _Job | None = None
        self._working = False
        self._closed = False
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def ask(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do `work` next; then `done` with its result, or `failed` with why there is none."""
        with self._changed:
            self._next = (work, done, failed)
            self._changed.notify_all()

    @property
    def busy(self) -> bool:
        """Whether something is being done or waits."""
        with self._changed:
            return self._working or self._next is not None

    def close(self) -> None:
        """Take no more work. What is being done is not waited for."""
        with self._changed:
            self._closed = True
            self._next = None
            self._changed.notify_all()

    def _run(self) -> None:
        while (job := self._taken()) is not None:
            work, done, failed = job
            try:
                result = work()
            except Exception as fault:  # noqa: BLE001 - else the next job would wait for ever
                self._tell(failed, fault)
            else:
                self._tell(done, result)

    def _taken(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next is not None)
            job, self._next = self._next, None
            self._working = job is not None
            return job

    def _tell(self, call: Callable[[Any], None], value: object) -> None:
        with self._changed:
            self._working = False
            if not self._closed:
                self._deliver(lambda: call(value))
