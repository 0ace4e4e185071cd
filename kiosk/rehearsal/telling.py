"""Says how far a rehearsal is: a line a step, and a bar for what takes longer than a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


class Telling:
    """Speaks on standard error, so that results alone are on standard output."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    def step(self, line: str) -> None:
        self._console.print(f"[bold]·[/bold] {line}", highlight=False)

    def hint(self, line: str) -> None:
        """What a person playing along does next."""
        self._console.print(f"    {line}", highlight=False, style="cyan")

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar; the function it gives is told how many are done, of how many."""
        with Progress(console=self._console, transient=True) as bar:
            task = bar.add_task(what, total=None)

            def tell(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of)

            yield tell
