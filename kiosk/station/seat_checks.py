"""What terminals found out about themselves while somebody sat there, and was not fine.

It stands in the journals, and so under the terminals' signatures (`artefacts.self_check`). Times are what
the terminals' clocks said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from kiosk.artefacts.chain import Admitted, Checked, Opened, TakenOver, read_entry
from kiosk.artefacts.self_check import Finding, findings, place
from kiosk.artefacts.session import SessionPlan
from kiosk.station.legs import Leg


class Seen(Struct, frozen=True):
    """A finding that was not fine, at one terminal, by its kid. `from_s` is None where it was so when the
    candidate came, `until_s` where it was so to the end; UTC epoch seconds."""

    terminal: bytes
    finding: Finding
    required: bool
    from_s: int | None = None
    until_s: int | None = None


def seen_of(legs: Sequence[Leg], plan: SessionPlan) -> tuple[Seen, ...]:
    """All that was not fine during a sitting: what was required first, then in the order of the table."""
    required = frozenset(plan.policy.required_checks)
    found = [
        Seen(leg.terminal, finding, finding.check in required, from_s, until_s)
        for leg in legs
        for finding, from_s, until_s in _during(leg)
        if not finding.ok
    ]
    return tuple(sorted(found, key=lambda one: (not one.required, place(one.finding.check))))


def _during(leg: Leg) -> Iterator[tuple[Finding, int | None, int | None]]:
    """Each finding of a leg's sitting, and from when until when it held."""
    index = -1
    standing: dict[str, tuple[Finding, int | None]] = {}
    for entry, record in zip(leg.journal, leg.records, strict=True):
        match record:
            case Admitted() | TakenOver():
                index += 1
                if index > leg.sitting:
                    break
                standing = {name: (finding, None) for name, (finding, _) in standing.items()}
            case Opened(checks=checks) | Checked(checks=checks):
                wall_s = read_entry(entry).wall_s
                for finding in findings(checks):
                    before, from_s = standing.get(finding.check, (None, None))
                    if finding == before:
                        continue
                    if before is not None and index == leg.sitting:
                        yield before, from_s, wall_s
                    standing[finding.check] = (finding, wall_s)
            case _:
                pass
    if index >= leg.sitting:
        for finding, from_s in standing.values():
            yield finding, from_s, None
