"""Collecting by stick (收卷): put in, written by itself, counted, taken out.

A stick that is put in where nobody sits takes every package of this terminal that has no receipt yet, in
one bundle, on disk before it is said. Then it tells from how many of the session's seats it has one. A
stick that does not take it loses nothing: the packages stay, and another stick may be put in.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.artefacts.bundle import collected_from
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import SessionPlan
from kiosk.terminal.aside import Aside
from kiosk.terminal.ports import Ports
from kiosk.terminal.views import Collected, Notice
from kiosk.words import mark

LOOK_MS = 1_000


class Collecting:
    """Looks for a stick on behalf of the flow, beside the exam."""

    def __init__(self, ports: Ports, changed: Callable[[], None]) -> None:
        self.shown: Collected | None = None
        """What to say of the stick that is in; None without one, or where it has nothing to do."""
        self._ports = ports
        self._changed = changed
        self._aside = Aside(ports.deliver, "collecting")
        self._looked_ms: int | None = None
        self._taken: tuple[int, ...] | None = None
        """The numbers that the stick which is in has taken."""
        self._visit = 0
        """Counts the times that nobody sits: what was asked in one says nothing in the next."""

    def look(self, plan: SessionPlan) -> None:
        """Write and count, when a stick is in and that was not done yet."""
        now = self._ports.time.now_ms()
        if self._aside.busy or (self._looked_ms is not None and now - self._looked_ms < LOOK_MS):
            return
        self._looked_ms = now
        stick, outbox, taken = self._ports.stick, self._ports.outbox, self._taken
        shown, visit = self.shown, self._visit

        def work() -> tuple[tuple[int, ...] | None, Collected | None]:
            if not stick.present:
                return None, None
            waiting = tuple(line.number for line in outbox.waiting)
            if waiting == taken or not waiting:
                return waiting, shown
            stick.put(*outbox.bundle(self._ports.keys, self._ports.time.wall_s()))
            return waiting, self._counted(plan)

        def done(result: tuple[tuple[int, ...] | None, Collected | None]) -> None:
            if visit == self._visit:
                self._taken = result[0]
                self._show(result[1])

        def failed(_fault: Exception) -> None:
            if visit == self._visit:
                self._taken = None
                self._show(NOT_TAKEN)

        self._aside.ask(work, done, failed)

    def rest(self) -> None:
        """Somebody sits here: the stick is not for this seat now."""
        self.shown = self._looked_ms = self._taken = None
        self._visit += 1

    def close(self) -> None:
        self._aside.close()

    def _counted(self, plan: SessionPlan) -> Collected:
        trust = self._ports.installed.trust()
        bundles = (data for _, data in self._ports.stick.bundles())
        found = collected_from(bundles, plan.id, lambda kid: trust.signer(kid, Role.TERMINAL))
        seats = {terminal.kid for terminal in plan.terminals if terminal.seat is not None}
        here = found.keys() & {terminal.kid for terminal in plan.terminals}
        return Collected(len(here), max(len(seats), len(here)))

    def _show(self, shown: Collected | None) -> None:
        if shown != self.shown:
            self.shown = shown
            self._changed()


NOT_TAKEN = Collected(
    0,
    0,
    Notice(
        mark(
            "The stick did not take the package: it is full, cannot be written or was pulled out. "
            "Nothing is lost. Put in another stick"
        ),
        tone="warn",
    ),
)
