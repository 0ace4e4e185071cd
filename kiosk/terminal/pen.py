"""How the flow writes: through the writer, with the trouble a disk makes and the end of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kiosk.terminal.clock import TimeSource
from kiosk.terminal.trouble import code_of
from kiosk.terminal.writer import Deliver, Writer

T = TypeVar("T")

RETRY_MS = 1_000
"""How often a disk that refused is asked again."""


class Pen:
    """Writes in order; `code` is the trouble while the disk refuses."""

    def __init__(
        self,
        deliver: Deliver,
        time: TimeSource,
        on_trouble: Callable[[], None],
        on_written: Callable[[str | None], None],
    ) -> None:
        """
        Args:
            on_trouble: the disk refused; what was given stays given.
            on_written: after each piece of work; with the code of the trouble that it ended, if any.
        """
        self.code: str | None = None
        self._time = time
        self._on_trouble = on_trouble
        self._on_written = on_written
        self._tried_ms = 0
        self._writer = Writer(deliver, self._failed)

    def write(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        """Do `work` on the writer's thread; then `done` with its result on the flow's."""

        def written(result: T) -> None:
            if done is not None:
                done(result)
            code, self.code = self.code, None
            self._on_written(code)

        self._writer.submit(work, written)

    @property
    def idle(self) -> bool:
        return self._writer.idle

    def tick(self) -> None:
        """Ask a disk that refused again, when it is time."""
        if self.code and self._time.now_ms() - self._tried_ms >= RETRY_MS:
            self.retry()

    def retry(self) -> None:
        self._tried_ms = self._time.now_ms()
        self._writer.retry()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until all is written or the disk refused; whether all is."""
        return self._writer.wait(timeout_s)

    def close(self) -> None:
        self._writer.close()

    def _failed(self, fault: Exception) -> None:
        self.code = code_of(fault)
        self._tried_ms = self._time.now_ms()
        self._on_trouble()
